//! Tests of the catalogue: what is found, what is asked, what is never accepted.

mod accuracy;
mod generator;
