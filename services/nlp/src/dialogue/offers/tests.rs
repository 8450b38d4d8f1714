//! What takes up an offer, and what does not.
