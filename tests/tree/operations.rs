//! An operation has a file in the kernels, a line in THE list, and a file by its stem wherever
//! it is shown or tested.

use super::modules::Modules;
use super::sources::{Word, files, places, read, root, shown, stem, words};
use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{GenericArgument, Item, PathArguments, Token, Type};

/// Files of operations that several share.
const SHARED: [&str; 10] = [
    "mod",
    "loss",
    "blocks",
    "pointwise",
    "grad_hess",
    "wanted",
    "prox",
    "proximal",
    "update",
    "group_soft_threshold/short",
];

/// Operations of the list that stand in the file of another one: in tests and benches, or as
/// public methods of what uses them.
const WITHIN: [(&str, &str); 2] =
    [("log_softmax", "softmax"), ("softmax_grad_hess", "cross_entropy")];

/// Operations without a public method and so without a test of their own: sums that checks,
/// penalties and norms need.
const KERNELS_ONLY: [&str; 1] = ["reduce"];

/// Operations that no list of kernels names: functions of lanes, over slices for their own
/// sake.
const UNLISTED: [&str; 1] = ["math"];

/// THE list, of which each family has its part, as types.
fn list() -> Vec<Type> {
    let items = files("kernels/src/ops").into_iter().flat_map(|path| {
        let file = syn::parse_file(&read(path)).expect("Rust");
        file.items
    });
    let parts = items.filter_map(|item| match item {
        Item::Macro(item) => after_head(item.mac.tokens),
        _ => None,
    });
    let types = |part| Punctuated::<Type, Token![,]>::parse_terminated.parse2(part);
    parts.flat_map(|part| types(part).expect("types")).collect()
}

/// What follows `$($head)*`, with `$E` as a name.
fn after_head(tokens: TokenStream) -> Option<TokenStream> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let texts: Vec<String> =
        tokens.iter().take(3).map(|t| t.to_string().replace(' ', "")).collect();
    if texts == ["$", "($head)", "*"] {
        let names = tokens.into_iter().skip(3).filter(|token| token.to_string() != "$");
        return Some(names.collect());
    }
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Group(group) => after_head(group.stream()),
        _ => None,
    })
}

/// The formula of a kernel: its first type that is not the element, or the kernel itself.
fn formula(kernel: &Type) -> Vec<String> {
    let Type::Path(kernel) = kernel else { panic!("a kernel is a path") };
    let last = kernel.path.segments.last().expect("a name");
    if let PathArguments::AngleBracketed(arguments) = &last.arguments {
        for argument in &arguments.args {
            match argument {
                GenericArgument::Type(Type::Path(path)) if !path.path.is_ident("E") => {
                    return path.path.segments.iter().map(|part| part.ident.to_string()).collect();
                }
                _ => {}
            }
        }
    }
    vec![last.ident.to_string()]
}

/// Stems of the operations: of the files that have what THE list names.
fn operations() -> BTreeSet<String> {
    let modules = Modules::of("kernels/src");
    let stem_of = |kernel: &Type| {
        let home = modules.home(&[vec!["ops".to_owned()], formula(kernel)].concat());
        assert!(home.len() >= 2, "{:?} is in no file of ops", formula(kernel));
        stem(&modules.0[&home].file)
    };
    let mut stems: BTreeSet<_> = list().iter().map(stem_of).collect();
    stems.extend(UNLISTED.map(str::to_owned));
    assert!(stems.len() >= 28, "{stems:?}");
    stems
}

/// A formula that the list does not name would be compiled by every user.
#[test]
fn every_formula_is_in_the_list() {
    let operations = operations();
    for family in ["loss", "prox", "update"] {
        let folder = root().join("kernels/src/ops").join(family);
        for path in files(&format!("kernels/src/ops/{family}")) {
            let below = path.strip_prefix(&folder).expect("below").with_extension("");
            let name = below.display().to_string();
            let known = operations.contains(&name) || SHARED.contains(&name.as_str());
            assert!(known, "{family}/{name}.rs has no line in {family}/mod.rs");
        }
    }
}

/// Operations that have no file where another one of the folder does.
fn missing(has: impl Fn(&str) -> bool) -> Vec<String> {
    let name = |stem: &str| WITHIN.iter().find(|pair| pair.0 == stem).map(|pair| pair.1);
    operations().into_iter().filter(|stem| !has(name(stem).unwrap_or(stem))).collect()
}

/// A module of one file or one folder, told to the compiler by `list`.
fn has_module(folder: &str, operation: &str, list: &str) -> bool {
    let folder = root().join(folder);
    let module = folder.join(format!("{operation}.rs")).exists()
        || folder.join(operation).join("mod.rs").exists();
    module && !places(&words(&read(list)), &["mod", operation, ";"]).is_empty()
}

/// Whether the catalogue has it, which tests, benches and fuzz targets read: a file, and a
/// line in the list.
fn is_listed(stem: &str) -> bool {
    let line = |entry: &[Word]| entry[0].text == stem && entry[2].text == "[";
    let has_line = |list: &str| words(&read(list)).windows(3).any(line);
    has_module("check/src/catalogue", stem, "check/src/catalogue/mod.rs")
        && ["check/src/catalogue/mod.rs", "check/src/catalogue/update.rs"].into_iter().any(has_line)
}

#[test]
fn every_operation_has_its_test() {
    let missing = missing(|stem| {
        let used = KERNELS_ONLY.contains(&stem);
        used || is_listed(stem) || has_module("tests", stem, "tests/main.rs")
    });
    assert!(missing.is_empty(), "no tests/<operation>.rs in tests/main.rs: {missing:?}");
}

#[test]
fn every_operation_has_its_bench() {
    let named = words(&read("benches/ops/mod.rs"));
    let has_bench = |stem: &str| {
        let file = root().join(format!("benches/ops/{stem}.rs"));
        file.is_file() && !places(&named, &[stem]).is_empty()
    };
    let missing = missing(|stem| is_listed(stem) || has_bench(stem));
    assert!(missing.is_empty(), "no benches/ops/<operation>.rs in its mod.rs: {missing:?}");
}

#[test]
fn every_operation_has_its_fuzz_target() {
    let manifest = read("fuzz/Cargo.toml");
    let targets = files("fuzz/fuzz_targets").into_iter();
    let built = |path: &PathBuf| manifest.contains(&format!("\"fuzz_targets/{}.rs\"", stem(path)));
    let targets: Vec<_> = targets.filter(built).map(|path| words(&read(path))).collect();
    let missing = missing(|stem| {
        let named = |words: &Vec<Word>| !places(words, &[":", ":", stem]).is_empty();
        is_listed(stem) || targets.iter().any(named)
    });
    assert!(missing.is_empty(), "no target in fuzz/fuzz_targets names {missing:?}");
}

/// Losses and proximal operators of single elements are told once, in the catalogue.
#[test]
fn every_loss_and_operator_of_elements_has_its_entry() {
    let modules = Modules::of("kernels/src");
    let of_elements = |kernel: &&Type| {
        let Type::Path(kernel) = kernel else { panic!("a kernel is a path") };
        let last = &kernel.path.segments.last().expect("a name").ident;
        last == "Evaluate" || last == "ApplyProx"
    };
    let kernels = list();
    let stems = kernels.iter().filter(of_elements).map(|kernel| {
        let home = modules.home(&[vec!["ops".to_owned()], formula(kernel)].concat());
        stem(&modules.0[&home].file)
    });
    let stems: BTreeSet<_> = stems.collect();
    assert!(stems.len() >= 12, "{stems:?}");
    let missing: Vec<_> = stems.iter().filter(|stem| !is_listed(stem)).collect();
    assert!(missing.is_empty(), "no entry in check/src/catalogue/mod.rs: {missing:?}");
}

/// Whether a file calls a function or method of this name, or hands it over.
fn calls(path: &Path, name: &str) -> bool {
    let words = words(&read(path));
    let method = [".", ":"].iter().any(|before| !places(&words, &[before, name]).is_empty());
    let is_call =
        |three: &[Word]| three[0].text != "fn" && three[1].text == name && three[2].text == "(";
    method || words.windows(3).any(is_call)
}

/// Names of the public functions of a file, and of the options that `options!` writes.
fn public_functions(path: &Path) -> BTreeSet<String> {
    let words = words(&read(path));
    let named = words.windows(3).filter(|three| three[0].text == "pub" && three[1].text == "fn");
    let mut names: BTreeSet<_> = named.map(|three| three[2].text.clone()).collect();
    let is_call =
        |three: &[Word]| ["options", "!", "("].iter().zip(three).all(|(a, b)| b.text == *a);
    for (start, _) in words.windows(3).enumerate().filter(|(_, three)| is_call(three)) {
        let arguments = words[start..].iter().take_while(|word| word.text != ")");
        let told: Vec<_> = arguments.map(|word| word.text.as_str()).collect();
        let options = told.rsplit(|text| *text == ":").next().unwrap_or_default();
        for option in options.split(|text| *text == ",") {
            match option {
                ["beta1" | "beta2"] => names.insert("betas".to_owned()),
                // One that has another form, or is set by `new`.
                [name] if !name.starts_with('"') => names.insert((*name).to_owned()),
                _ => continue,
            };
        }
    }
    names.remove("$");
    names
}

/// A method or an option that no law, no entry of the catalogue and no test of the operation
/// calls.
#[test]
fn every_public_method_is_called_by_a_check() {
    let shared = [
        files("check/src/laws"),
        files("check/src/catalogue"),
        files("tests/bits"),
        files("tests/threads"),
        files("tests/refusals"),
        // Lists of tensors, rows of tables, options of all updates and of all values, backward
        // passes of rows.
        ["tensors.rs", "tables.rs", "hyper_parameters.rs", "settings.rs", "softmax.rs"]
            .map(|file| root().join("tests").join(file))
            .into(),
    ]
    .concat();
    let tests = files("tests");
    let mut missing = Vec::new();
    let mut seen = 0;
    for path in files("src") {
        let stem = stem(&path);
        let of_its_own = |path: &&PathBuf| {
            let mut parts = path.iter().map(|part| part.to_string_lossy().into_owned());
            parts.any(|part| part == stem || part == format!("{stem}.rs"))
        };
        let own: Vec<_> = tests.iter().filter(of_its_own).collect();
        for name in public_functions(&path) {
            seen += 1;
            // What several operations share has no test of its own.
            let all: Vec<&PathBuf> = if own.is_empty() {
                tests.iter().chain(&shared).collect()
            } else {
                own.iter().copied().chain(&shared).collect()
            };
            if !all.iter().any(|path| calls(path, &name)) {
                missing.push(format!("{} of {}", name, shown(&path)));
            }
        }
    }
    assert!(seen > 100, "public functions moved: {seen}");
    assert!(missing.is_empty(), "no check calls {missing:#?}");
}

#[test]
fn every_operation_has_its_public_file() {
    let public: BTreeSet<_> = files("src").iter().map(|path| stem(path)).collect();
    let has = |stem: &str| public.contains(stem) || KERNELS_ONLY.contains(&stem) || stem == "math";
    let missing = missing(has);
    assert!(missing.is_empty(), "no src/<family>/<operation>.rs: {missing:?}");
}
