//! Words replies for the user's persona and sends them through Twilio.
