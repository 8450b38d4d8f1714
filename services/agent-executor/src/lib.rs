//! Runs the background agents against the company's data.
