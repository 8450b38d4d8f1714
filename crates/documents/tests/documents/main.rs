//! What the files hold, read back by other libraries.
#![cfg(test)]

mod csv_text;
mod pdf_pages;
mod properties;
mod read;
mod sample;
mod samples;
mod xlsx_sheets;
