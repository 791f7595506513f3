//! The tree and the import rule of the design, read from the sources: an
//! operation is found by its stem everywhere, `unsafe` stands in one folder, data
//! flows one way, and a file fits in a head.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a folder above the tests")
}

/// Files of Rust under a folder of the repository, sorted.
fn files(folder: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.expect("readable folder").path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(&root().join(folder), &mut files);
    files.sort();
    files
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Path below the repository, for messages.
fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// Identifiers and single signs of Rust source, without comments and without the
/// contents of strings and characters.
fn tokens(source: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let len = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if first == '"' {
            quoted(rest, 0)
        } else if let Some(hashes) = raw_string(rest) {
            quoted(rest, hashes)
        } else if first == '\'' {
            character(rest)
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
            let word = &rest[..end.unwrap_or(rest.len())];
            tokens.push(word.to_owned());
            word.len()
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[len..];
    }
    tokens
}

/// Length of a comment that may hold others.
fn block_comment(source: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    loop {
        let rest = &source[at..];
        if rest.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += rest.chars().next().expect("an end of the comment").len_utf8();
        }
        if depth == 0 {
            return at;
        }
    }
}

/// The number of `#` of a raw string that starts here.
fn raw_string(source: &str) -> Option<usize> {
    let rest = source.strip_prefix("br").or_else(|| source.strip_prefix('r'))?;
    let quote = rest.trim_start_matches('#');
    quote.starts_with('"').then_some(rest.len() - quote.len() + 1)
}

/// Length of a string; `hashes` is one more than those of a raw one, or 0.
fn quoted(source: &str, hashes: usize) -> usize {
    let open = source.find('"').expect("a quote") + 1;
    if hashes > 0 {
        let close = format!("\"{}", "#".repeat(hashes - 1));
        return open + source[open..].find(&close).expect("an end of the string") + close.len();
    }
    let mut escaped = false;
    for (at, c) in source[open..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return open + at + 1,
            _ => {}
        }
    }
    source.len()
}

/// Length of a character, or 1 for the sign of a lifetime.
fn character(source: &str) -> usize {
    let mut chars = source.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => 2 + source[3..].find('\'').expect("an end of the character") + 2,
        Some(_) if chars.next().is_some_and(|(_, c)| c == '\'') => {
            1 + source[1..].find('\'').expect("just seen") + 1
        }
        _ => 1,
    }
}

/// What stands after `crate::` anywhere: modules and items of the crate.
fn imports(source: &str) -> BTreeSet<String> {
    let tokens = tokens(source);
    let mut names = BTreeSet::new();
    for (at, window) in tokens.windows(4).enumerate() {
        if window[0] != "crate" || window[1] != ":" || window[2] != ":" {
            continue;
        }
        if window[3] != "{" {
            names.insert(window[3].clone());
            continue;
        }
        let mut depth = 0;
        let mut start = true;
        for token in &tokens[at + 3..] {
            match token.as_str() {
                "{" => (depth, start) = (depth + 1, depth == 0),
                "}" => depth -= 1,
                "," => start = depth == 1,
                name if start && depth == 1 => {
                    names.insert(name.to_owned());
                    start = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    names
}

#[test]
fn tokens_are_told_from_comments_and_text() {
    let source = r##"
        //! unsafe in documentation
        /* unsafe /* nested */ unsafe */
        fn f<'a>(x: &'a str) -> char { "unsafe \" unsafe"; r#"unsafe " "#; b"\\"; '\''; '"'; 'u' }
        use crate::{a::b, C, d::{self, e}, f}; crate::g::h(); unsafe_code
    "##;
    let tokens = tokens(source);
    assert!(!tokens.iter().any(|token| token == "unsafe"), "{tokens:?}");
    assert!(tokens.ends_with(&["unsafe_code".to_owned()]), "{tokens:?}");
    let names: Vec<_> = imports(source).into_iter().collect();
    assert_eq!(names, ["C", "a", "d", "f", "g"]);
    assert!(super::tree::tokens("unsafe {}").contains(&"unsafe".to_owned()));
}

/// What under `kernels/src/ops` is no operation: what several share.
const SHARED: [&str; 4] = ["pointwise", "proximal", "reduce", "update"];

/// Operations with slices of their own, but no public method: the functions of
/// `kernels::math`.
const KERNELS_ONLY: [&str; 1] = ["math"];

fn stem(path: &Path) -> String {
    path.file_stem().expect("a name").to_string_lossy().into_owned()
}

/// Stems of the operations.
fn operations() -> Vec<String> {
    let folder = fs::read_dir(root().join("kernels/src/ops")).expect("operations");
    let stems = folder.map(|entry| stem(&entry.expect("readable folder").path()));
    let shared = |stem: &String| stem != "mod" && !SHARED.contains(&stem.as_str());
    let stems: BTreeSet<_> = stems.filter(shared).collect();
    stems.into_iter().collect()
}

/// A module of one file or one folder, told to the compiler by `list`.
fn has_module(folder: &str, operation: &str, list: &str) -> bool {
    let folder = root().join(folder);
    let module = folder.join(format!("{operation}.rs")).exists()
        || folder.join(operation).join("mod.rs").exists();
    let listed = tokens(&read(&root().join(list)));
    module && listed.windows(2).any(|pair| pair[0] == "mod" && pair[1] == operation)
}

#[test]
fn every_operation_has_its_test() {
    let without = |operation: &String| !has_module("tests", operation, "tests/main.rs");
    let missing: Vec<_> = operations().into_iter().filter(without).collect();
    assert!(missing.is_empty(), "no tests/<operation>.rs in tests/main.rs: {missing:?}");
}

#[test]
fn every_operation_has_its_bench() {
    let without = |operation: &String| !has_module("benches/ops", operation, "benches/ops/mod.rs");
    let missing: Vec<_> = operations().into_iter().filter(without).collect();
    assert!(missing.is_empty(), "no benches/ops/<operation>.rs in its mod.rs: {missing:?}");
}

#[test]
fn every_operation_has_its_fuzz_target() {
    let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap_or_default();
    let without = |operation: &String| {
        let path = format!("fuzz_targets/{operation}.rs");
        !root().join("fuzz").join(&path).exists() || !manifest.contains(&format!("\"{path}\""))
    };
    let missing: Vec<_> = operations().into_iter().filter(without).collect();
    assert!(missing.is_empty(), "no fuzz/fuzz_targets/<operation>.rs in Cargo.toml: {missing:?}");
}

#[test]
fn every_operation_has_its_public_file() {
    let public: BTreeSet<_> = files("src").iter().map(|path| stem(path)).collect();
    let without = |operation: &String| {
        !public.contains(operation) && !KERNELS_ONLY.contains(&operation.as_str())
    };
    let missing: Vec<_> = operations().into_iter().filter(without).collect();
    assert!(missing.is_empty(), "no src/<family>/<operation>.rs: {missing:?}");
    assert!(operations().len() >= 13, "{:?}", operations());
}

/// What needs care stands in one folder.
#[test]
fn unsafe_stands_under_isa_only() {
    let folders = ["src", "kernels/src", "tests", "benches", "examples", "fuzz/fuzz_targets"];
    let mut seen = 0;
    for path in folders.into_iter().flat_map(files) {
        if path.starts_with(root().join("kernels/src/isa")) {
            seen += 1;
            continue;
        }
        let tokens = tokens(&read(&path));
        for word in ["unsafe", "target_feature"] {
            // Not the names of levels' conditions, `cfg!(target_feature = "..")`.
            let mut uses = tokens.windows(2).filter(|pair| pair[0] == word && pair[1] != "=");
            assert!(uses.next().is_none(), "`{word}` in {}", shown(&path));
        }
        let arch = tokens.windows(4).any(|path| {
            (path[0] == "core" || path[0] == "std") && path[1..3] == [":", ":"] && path[3] == "arch"
        });
        assert!(!arch, "`core::arch` in {}", shown(&path));
    }
    assert!(seen >= 4, "the folder moved");
    for list in ["src/lib.rs", "tests/main.rs"] {
        let source = read(&root().join(list));
        let forbidden = tokens(&source).join(" ").contains("forbid ( unsafe_code )");
        assert!(forbidden || list != "src/lib.rs", "{list} no longer forbids `unsafe`");
    }
}

/// Nothing under `folder` (or the one file) names what it may not.
fn never_imports(place: &str, forbidden: &[&str]) {
    let file = root().join(place);
    let paths = if file.is_file() { vec![file] } else { files(place) };
    assert!(!paths.is_empty(), "{place} moved");
    for path in paths {
        let names = imports(&read(&path));
        let wrong: Vec<_> = forbidden.iter().filter(|name| names.contains(**name)).collect();
        assert!(wrong.is_empty(), "{} imports {wrong:?}", shown(&path));
    }
}

/// `ops -> sweep, math, lanes`; `math -> lanes`; `sweep -> lanes`; `isa -> lanes`.
#[test]
fn data_flows_one_way_in_the_kernels() {
    let upper = ["split", "Split", "element", "Element", "Runs", "targets", "Target", "Targets"];
    let never = |place, names: &[&str]| never_imports(place, &[names, &upper].concat());
    never("kernels/src/isa", &["ops", "math", "sweep"]);
    never("kernels/src/math", &["ops", "sweep", "isa", "Kernel", "Level"]);
    for place in ["kernels/src/sweep.rs", "kernels/src/sweep"] {
        if root().join(place).exists() {
            never(place, &["ops", "math", "isa", "Kernel", "Level"]);
        }
    }
    never("kernels/src/lanes.rs", &["ops", "math", "sweep", "isa", "Kernel", "Level"]);
    never_imports("kernels/src/ops", &["isa"]);
}

/// `<family>/<op> -> check, split, error, kernels`; families do not know each
/// other, and what they share knows no operation.
#[test]
fn data_flows_one_way_in_the_public_crate() {
    let src = root().join("src");
    let folders = fs::read_dir(&src).expect("sources").map(|entry| entry.expect("entry").path());
    let families: Vec<String> = folders.filter(|path| path.is_dir()).map(|p| stem(&p)).collect();
    assert!(families.len() >= 3, "{families:?}");
    for family in &families {
        let others = families.iter().filter(|other| *other != family).map(String::as_str);
        never_imports(&format!("src/{family}"), &others.collect::<Vec<_>>());
    }
    let families: Vec<&str> = families.iter().map(String::as_str).collect();
    for shared in ["check", "error", "execution", "reduction", "split"] {
        never_imports(&format!("src/{shared}.rs"), &families);
    }
    never_imports("src/check.rs", &["split", "reduction", "execution"]);
    never_imports("src/error.rs", &["check", "split", "reduction", "execution"]);
    for path in files("src").into_iter().filter(|path| *path != src.join("split.rs")) {
        let rayon = tokens(&read(&path)).iter().any(|token| token == "rayon");
        assert!(!rayon, "rayon in {}", shown(&path));
    }
    let check = tokens(&read(&src.join("check.rs")));
    assert!(!check.iter().any(|token| token == "gradstep_kernels"), "check.rs knows operations");
}

#[test]
fn a_file_fits_in_a_head() {
    for path in ["src", "kernels/src", "benches"].into_iter().flat_map(files) {
        let lines = read(&path).lines().count();
        assert!(lines < 350, "{} has {lines} lines", shown(&path));
    }
}
