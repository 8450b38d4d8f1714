//! Tests of the catalogue: what is found, what is asked, what is never accepted, how long it takes.

mod accuracy;
mod bounds;
mod cases;
mod codes;
mod generator;
