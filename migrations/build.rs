//! The schemas are compiled in, and cargo does not see by itself that a file was added to a folder.

fn main() {
    println!("cargo:rerun-if-changed=sqlite");
    println!("cargo:rerun-if-changed=postgres");
}
