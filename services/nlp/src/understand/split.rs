//! Two requests in one message (stub)
