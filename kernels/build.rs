//! Decides where kernels are compiled, see `src/element.rs`, and for which instruction sets.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(compiled_once, avx512)");
    let is_debug = std::env::var("PROFILE").is_ok_and(|profile| profile == "debug");
    let has = |feature: &str| std::env::var_os(feature).is_some();
    if is_debug || has("CARGO_FEATURE_COMPILED_ONCE") {
        println!("cargo::rustc-cfg=compiled_once");
    }
    // A debug build compiles all kernels: without the level that is only faster than another
    // with the same results, a quarter less.
    let is_x86_64 = std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "x86_64");
    if is_x86_64 && (!is_debug || has("CARGO_FEATURE_DEBUG_AVX512")) {
        println!("cargo::rustc-cfg=avx512");
    }
}
