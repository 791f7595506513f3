//! The tree and the import rule, read from the sources: an operation is found by its stem
//! everywhere, `unsafe` stands in one folder, data flows one way, and a file fits in a head.

mod modules;
mod operations;
mod sources;
mod table;

pub(crate) use sources::root;

use modules::{Modules, Names};
use sources::{files, places, read, shown, words};
use std::collections::BTreeSet;
use table::{against, arrows, edges};

/// THE import rule of the kernels: a room may import from those behind its arrow. Printed in
/// `kernels/src/lib.rs` and CONTRIBUTING.
const KERNELS: &str = "\
lanes                  ->
math                   ->  lanes
inverse                ->  lanes
norm                   ->  lanes
targets                ->  lanes, math
isa                    ->  lanes
split                  ->  lanes, isa
sweep                  ->  lanes, math, isa, split
groups                 ->  lanes, norm, split, sweep
ops                    ->  lanes, math, inverse, norm, targets, isa, split, sweep, groups
ops/task               ->
ops/reduce             ->
ops/shrink             ->
ops/prox               ->  ops/task, ops/shrink
ops/activation         ->  ops/task
ops/certificate        ->  ops/reduce
ops/coordinate_descent ->  ops/reduce, ops/shrink
ops/update             ->  ops/shrink
ops/loss               ->
";

/// THE import rule of the public crate; every other file or folder is a family. Printed in
/// CONTRIBUTING.
const PUBLIC: &str = "\
error      ->
settings   ->  error
check      ->  error
execution  ->  error, settings
reduction  ->  error, check
groups     ->  error, settings, check
split      ->  execution
";

/// The room of a module of the kernels. `float.rs` is half of the vocabulary in `lanes.rs`,
/// as the trait `Kernel` in `lib.rs` is: it runs on an `Isa`, which in turn runs it.
/// `element.rs` makes the bound of their types of the list of all operations.
fn room(module: &Names) -> Option<String> {
    let name = module.first().map_or("lib", String::as_str);
    let room = match name {
        "lib" | "float" => "lanes",
        "element" => "ops",
        name => name,
    };
    Some(room.to_owned())
}

/// The file or folder of `ops` that a module belongs to. `ops/mod.rs` is the list of them.
fn room_of_ops(module: &Names) -> Option<String> {
    match module.as_slice() {
        [ops, room, ..] if ops == "ops" => Some(format!("ops/{room}")),
        _ => None,
    }
}

#[test]
fn data_flows_one_way_in_the_kernels() {
    let modules = Modules::of("kernels/src");
    let (inner, outer) = arrows(KERNELS).into_iter().partition(|(room, _)| room.contains('/'));
    let wrong =
        [against(&outer, &edges(&modules, room)), against(&inner, &edges(&modules, room_of_ops))];
    assert!(wrong.iter().all(Vec::is_empty), "{wrong:#?}");
    let rooms: BTreeSet<_> = modules.0.keys().filter_map(room).collect();
    assert_eq!(rooms, outer.into_keys().collect(), "rooms of kernels/src and of the table");
}

/// A family may import from all rooms of the table, and from no other family.
#[test]
fn data_flows_one_way_in_the_public_crate() {
    let modules = Modules::of("src");
    let room = |module: &Names| module.first().cloned();
    let shared = arrows(PUBLIC);
    let family =
        |(from, to): &(String, String)| !shared.contains_key(from) && shared.contains_key(to);
    let mut edges = edges(&modules, room);
    edges.retain(|edge, _| !family(edge));
    let wrong = against(&shared, &edges);
    assert!(wrong.is_empty(), "{wrong:#?}");

    let families = modules.0.keys().filter_map(room).filter(|room| !shared.contains_key(room));
    assert!(families.collect::<BTreeSet<_>>().len() >= 7, "families moved");
    for path in files("src").into_iter().filter(|path| !path.ends_with("src/split.rs")) {
        let rayon = places(&words(&read(&path)), &["rayon"]);
        assert!(rayon.is_empty(), "rayon in {} at {rayon:?}", shown(&path));
    }
    let check = words(&read("src/check.rs"));
    assert!(places(&check, &["gradstep_kernels"]).is_empty(), "check.rs knows operations");
}

/// What is printed for readers is what is tested.
#[test]
fn documentation_prints_the_tables() {
    let documented: String = KERNELS.lines().map(|line| format!("//! {line}\n")).collect();
    assert!(read("kernels/src/lib.rs").contains(&documented), "kernels/src/lib.rs:\n{KERNELS}");
    for table in [KERNELS, PUBLIC] {
        let block = format!("```text\n{table}```");
        assert!(read("CONTRIBUTING.md").contains(&block), "CONTRIBUTING.md:\n{table}");
    }
}

/// Where `kernels/src/ops` has loops, and why: elsewhere a formula is handed to `sweep` or
/// `groups`.
const LOOPS: [(&str, &str); 3] = [
    ("rows/", "walks over rows and their classes"),
    ("update/mod.rs", "the one walk over a list of tensors"),
    ("coordinate_descent.rs", "the walk over columns: each needs what the one before has left"),
];

/// No loop in a formula. `in` that opens no visibility belongs to a `for`.
#[test]
fn formulas_have_no_loops() {
    let mut seen = BTreeSet::<&str>::new();
    for path in files("kernels/src/ops") {
        let words = words(&read(&path));
        let mut loops = [places(&words, &["while"]), places(&words, &["loop"])].concat();
        let is_for = |pair: &&[sources::Word]| pair[1].text == "in" && pair[0].text != "(";
        loops.extend(words.windows(2).filter(is_for).map(|pair| pair[1].line));
        let shown = shown(&path);
        let below = shown.strip_prefix("kernels/src/ops/").expect("below");
        match LOOPS.iter().find(|(place, _)| below.starts_with(place)) {
            Some((place, _)) => seen.extend((!loops.is_empty()).then_some(*place)),
            None => assert!(loops.is_empty(), "a loop in {shown} at {loops:?}"),
        }
    }
    assert!(seen.len() == LOOPS.len(), "the walks moved: {seen:?}");
}

/// Formulas are written with operators.
#[test]
fn formulas_have_operators() {
    for path in files("kernels/src/ops") {
        let words = words(&read(&path));
        for method in ["add", "sub", "mul", "div", "same"] {
            let calls = places(&words, &[".", method, "("]);
            assert!(calls.is_empty(), "`.{method}(` in {} at {calls:?}", shown(&path));
        }
    }
}

/// The allocator that puts slices beside closed pages, and calls of C.
const UNSAFE: [&str; 2] = ["tests/fence.rs", "benches/peers/src/with_c.rs"];

/// What needs care stands in one folder, and in two files that no user's program has.
#[test]
fn unsafe_stands_under_isa_only() {
    let folders = [
        "src",
        "kernels",
        "check",
        "tests",
        "benches",
        "examples",
        "fuzz/src",
        "fuzz/fuzz_targets",
    ];
    let mut seen = 0;
    for path in folders.into_iter().flat_map(files) {
        if path.starts_with(root().join("kernels/src/isa")) {
            seen += 1;
            continue;
        }
        let words = words(&read(&path));
        let may = UNSAFE.iter().any(|file| path == root().join(file));
        let mut uses = if may { vec![] } else { places(&words, &["unsafe"]) };
        // Not the names of levels' conditions, `cfg!(target_feature = "..")`.
        let feature =
            |pair: &&[sources::Word]| pair[0].text == "target_feature" && pair[1].text != "=";
        uses.extend(words.windows(2).filter(feature).map(|pair| pair[0].line));
        for krate in ["core", "std"] {
            uses.extend(places(&words, &[krate, ":", ":", "arch"]));
        }
        assert!(uses.is_empty(), "unsafe, target_feature or arch: {} at {uses:?}", shown(&path));
    }
    assert!(seen >= 4, "the folder moved");
    let forbidden = ["#", "!", "[", "forbid", "(", "unsafe_code", ")", "]"];
    let list = words(&read("src/lib.rs"));
    assert!(!places(&list, &forbidden).is_empty(), "src/lib.rs no longer forbids `unsafe`");
}

/// Lines of code: a file is not too long for what it explains.
#[test]
fn a_file_fits_in_a_head() {
    for path in ["src", "kernels/src", "check/src", "benches"].into_iter().flat_map(files) {
        let source = read(&path);
        let lines = source.lines().map(str::trim).filter(|line| !line.is_empty());
        let code = lines.filter(|line| !line.starts_with("//")).count();
        assert!(code <= 300, "{} has {code} lines of code", shown(&path));
    }
}
