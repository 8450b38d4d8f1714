//! Operator's command line: migrate, topology, signature, demo, parse.
