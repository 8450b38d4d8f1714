//! Embedded migrations are read by a macro, which does not see new folders: this tells cargo.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
