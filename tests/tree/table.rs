//! Tables of rooms and arrows as text, the form in which documentation prints them.

use super::modules::{Modules, Names};
use super::sources::shown;
use std::collections::{BTreeMap, BTreeSet};

/// Rooms, each with those that it may import from.
pub(crate) type Arrows = BTreeMap<String, BTreeSet<String>>;

/// Reads lines of `room -> room, room`. A room has arrows to lines above it alone, so that
/// no table holds a circle.
pub(crate) fn arrows(table: &str) -> Arrows {
    let mut arrows = Arrows::new();
    for line in table.lines() {
        let (room, to) = line.split_once("->").expect("an arrow");
        let names = to.split(',').map(str::trim).filter(|name| !name.is_empty());
        let to: BTreeSet<String> = names.map(str::to_owned).collect();
        for name in &to {
            assert!(arrows.contains_key(name), "`{name}` is not above `{room}`: no circles");
        }
        let before = arrows.insert(room.trim().to_owned(), to);
        assert!(before.is_none(), "two lines for {room}");
    }
    arrows
}

/// Imports between rooms: from, to, and where.
pub(crate) fn edges(
    modules: &Modules,
    room: impl Fn(&Names) -> Option<String>,
) -> BTreeMap<(String, String), String> {
    let mut edges = BTreeMap::new();
    for (name, module) in &modules.0 {
        // The root is a list of names for the outside.
        let Some(from) = room(name).filter(|_| !name.is_empty()) else { continue };
        for path in modules.imports(name) {
            if let Some(to) = room(&path).filter(|to| *to != from) {
                let place = format!("{} -> `{}`", shown(&module.file), path.join("::"));
                edges.insert((from.clone(), to), place);
            }
        }
    }
    edges
}

/// Imports that the table has no arrow for, and arrows of rooms that nothing needs.
pub(crate) fn against(table: &Arrows, edges: &BTreeMap<(String, String), String>) -> Vec<String> {
    let allowed = |from: &str, to: &str| table.get(from).is_some_and(|all| all.contains(to));
    let mut wrong: Vec<String> = edges
        .iter()
        .filter(|((from, to), _)| !allowed(from, to))
        .map(|((from, to), place)| format!("no arrow {from} -> {to}: {place}"))
        .collect();
    for (from, all) in table {
        let needed = |to: &&String| edges.contains_key(&(from.clone(), (*to).clone()));
        let unused = all.iter().filter(|to| !needed(to));
        wrong.extend(unused.map(|to| format!("nothing needs the arrow {from} -> {to}")));
    }
    wrong
}

#[test]
fn tables_are_read() {
    let table = arrows("a ->\nb -> a\nc -> a, b");
    assert_eq!(table["c"].iter().collect::<Vec<_>>(), ["a", "b"]);
    assert!(std::panic::catch_unwind(|| arrows("a -> b\nb ->")).is_err(), "a circle");
}
