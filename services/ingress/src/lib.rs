//! Checks Twilio's signed webhooks and publishes them to RabbitMQ.
