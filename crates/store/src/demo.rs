//! The demo company, as rows.
