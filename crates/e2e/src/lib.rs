//! The whole stack started in a namespace of its own, and the end-to-end tests.
