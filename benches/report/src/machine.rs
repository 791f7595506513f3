//! What a record says about its machine.

use crate::Outcome;
use std::fs;
use std::process::Command;

/// Facts in the order in which they are written.
pub(crate) fn facts() -> Outcome<Vec<(String, String)>> {
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    let facts = [
        ("cpu", processor()),
        ("cores", cores.to_string()),
        ("architecture", format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS)),
        ("rustc", compiler()?),
        ("date", output("date", &["+%F"])?),
        ("commit", commit()),
        ("peers", peers()),
    ];
    Ok(facts.map(|(name, fact)| (name.to_owned(), fact)).into())
}

/// Versions of the other crates.
fn peers() -> String {
    let lock = fs::read_to_string("Cargo.lock").unwrap_or_default();
    let version = |name: &str| {
        let (_, package) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
        Some(format!("{name} {}", package.split_once('"')?.0))
    };
    let names = ["candle-core", "ndarray", "rten-vecmath", "wide"];
    names.into_iter().filter_map(version).collect::<Vec<_>>().join("; ")
}

/// The processor's name as a folder's.
pub(crate) fn folder() -> String {
    let name = processor().to_lowercase();
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// Name, family and model, as far as the system tells them.
fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let value = |key: &str| {
        let line = info.lines().find(|line| line.split(':').next().unwrap_or("").trim() == key);
        line.and_then(|line| Some(line.split_once(':')?.1.trim().to_owned()))
    };
    if let Some(name) = value("model name") {
        // A virtual machine's name may be no more than the vendor's.
        return match (value("cpu family"), value("model")) {
            (Some(family), Some(model)) => format!("{name} (family {family}, model {model})"),
            _ => name,
        };
    }
    if let (Some(maker), Some(part)) = (value("CPU implementer"), value("CPU part")) {
        return format!("{} {maker} {part}", std::env::consts::ARCH);
    }
    output("sysctl", &["-n", "machdep.cpu.brand_string"])
        .unwrap_or_else(|_| std::env::consts::ARCH.to_owned())
}

pub(crate) fn compiler() -> Outcome<String> {
    output("rustc", &["--version"])
}

fn commit() -> String {
    let commit = output("git", &["rev-parse", "--short", "HEAD"]);
    // The record itself does not make the sources another state.
    let sources = ["status", "--porcelain", "--", "src", "kernels", "benches/ops"];
    let changed = output("git", &sources).is_ok_and(|changed| !changed.is_empty());
    let commit = commit.unwrap_or_else(|_| "unknown".to_owned());
    if changed { commit + ", changed" } else { commit }
}

fn output(program: &str, arguments: &[&str]) -> Outcome<String> {
    let output = Command::new(program).args(arguments).output()?;
    if !output.status.success() {
        return Err(format!("{program} {arguments:?}: {}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
