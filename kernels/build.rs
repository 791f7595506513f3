//! Decides where kernels are compiled: see `src/element.rs`.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(compiled_once)");
    let is_debug = std::env::var("PROFILE").is_ok_and(|profile| profile == "debug");
    let is_asked_for = std::env::var_os("CARGO_FEATURE_COMPILED_ONCE").is_some();
    if is_debug || is_asked_for {
        println!("cargo::rustc-cfg=compiled_once");
    }
}
