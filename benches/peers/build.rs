//! Tells the program how it is compiled, as no `cfg` says that on every processor, and
//! compiles the loops in C if there is a compiler.

fn main() {
    let flags = std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let native = flags.contains("target-cpu=native");
    println!("cargo::rustc-env=PEERS_BUILD={}", if native { "native" } else { "default" });
    println!("cargo::rustc-check-cfg=cfg(c_loop)");
    let c_loop = match c_loop(native) {
        Ok(compiler) => {
            println!("cargo::rustc-cfg=c_loop");
            format!("compiled by {compiler} with -O3 -ffast-math")
        }
        Err(error) => {
            // The other peers need no C.
            println!("cargo::warning=no C loop: {error}");
            "left out, as no C compiler worked".to_owned()
        }
    };
    println!("cargo::rustc-env=PEERS_C_LOOP={c_loop}");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={LOOPS}");
}

const LOOPS: &str = "src/loops.c";

/// Compiles and names the compiler.
fn c_loop(native: bool) -> Result<String, cc::Error> {
    let mut build = cc::Build::new();
    build.file(LOOPS).opt_level(3).flag_if_supported("-ffast-math");
    if native {
        build.flag_if_supported("-march=native");
    }
    let compiler = build.try_get_compiler()?;
    build.try_compile("c_loops")?;
    if std::env::var_os("CARGO_CFG_UNIX").is_some() {
        // After the loops, which call it; glibc's has exponentials of vectors behind it.
        println!("cargo::rustc-link-lib=m");
    }
    let version = compiler.to_command().arg("--version").output();
    let version = version.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let first = version.ok().and_then(|text| text.lines().next().map(str::to_owned));
    Ok(first.unwrap_or_else(|| compiler.path().display().to_string()))
}
