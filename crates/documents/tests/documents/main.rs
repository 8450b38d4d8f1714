//! What the files hold, read back by other programs' libraries.
#![cfg(test)]

mod csv_text;
mod sample;
