//! Tells the program how it is compiled: no `cfg` says that on every processor.

fn main() {
    let flags = std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let build = if flags.contains("target-cpu=native") { "native" } else { "default" };
    println!("cargo::rustc-env=PEERS_BUILD={build}");
    println!("cargo::rerun-if-changed=build.rs");
}
