//! Embedded migrations are read by a macro, which does not see new folders: this tells cargo.

fn main() {
    let path = "../../migrations";
    // Cargo reads these lines from standard output.
    #[expect(clippy::print_stdout, reason = "the way build scripts speak to cargo")]
    {
        println!("cargo::rerun-if-changed={path}");
    }
}
