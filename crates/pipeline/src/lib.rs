//! The run loop that every worker shares: decode, handle, commit, publish, settle.
