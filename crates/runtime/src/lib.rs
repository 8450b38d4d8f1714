//! What every service has: configuration, telemetry, lifecycle, admin HTTP, metrics, backoff.
