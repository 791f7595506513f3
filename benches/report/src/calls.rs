//! Tables of their own: calls on few elements, and cross-entropy by its number of classes.

use crate::limits::OPERATIONS;
use crate::record::{On, Record, Row, elements, numbers};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Up to so many elements a call is little but what it costs before it begins.
const SMALL: u64 = 64;

/// Softmax cross-entropy of as many rows of each number of classes.
pub(crate) const CLASSES: &str = "cross_entropy/classes";

/// Whether a size has a place in the table of small calls alone.
pub(crate) fn is_few(size: &str) -> bool {
    elements(size) < SMALL
}

/// Operations that were called on fewer elements than others, each on all small sizes.
pub(crate) fn small(record: &Record) -> Option<String> {
    let levels = record.levels();
    let columns: Vec<(&str, &str)> =
        ["f32", "f64"].iter().flat_map(|dtype| levels.iter().map(|on| (*dtype, *on))).collect();
    let mut text = heading(&["operation", "size"], columns.iter().copied());
    let mut any = false;
    for (op, _) in OPERATIONS {
        let rows = record.rows.iter().filter(|row| row.part == "suite" && row.op == *op);
        let sizes: BTreeSet<(u64, &str)> = rows
            .filter(|row| row.elements() <= SMALL)
            .map(|row| (row.elements(), row.size.as_str()))
            .collect();
        if !sizes.iter().any(|(_, size)| is_few(size)) {
            continue;
        }
        any = true;
        for (_, size) in sizes {
            let _ = write!(text, "| `{op}` | {} |", size.replace('x', " x "));
            for (dtype, level) in &columns {
                let row = record.suite(op, size, dtype, On { level, threads: 1 });
                let time = row.map(|row| {
                    let call = row.elements() as f64;
                    format!("{:.1} / {:.1}", row.fastest * call, row.median * call)
                });
                let _ = write!(text, " {} |", time.unwrap_or_default());
            }
            text += "\n";
        }
    }
    any.then_some(text)
}

/// Rows of cross-entropy by their number of classes, on one level, fewest first.
pub(crate) fn by_classes<'r>(record: &'r Record, level: &str) -> Vec<(u64, &'r Row)> {
    let rows = record.rows.iter().filter(|row| row.part == "suite" && row.op == CLASSES);
    let rows = rows.filter(|row| row.level == level && row.threads == 1);
    let mut rows: Vec<_> =
        rows.filter_map(|row| Some((*numbers(&row.size).get(1)?, row))).collect();
    rows.sort_by_key(|(classes, _)| *classes);
    rows
}

/// Time of a logit against classes.
pub(crate) fn classes(record: &Record) -> Option<String> {
    let levels = record.levels();
    let columns: Vec<Vec<(u64, &Row)>> =
        levels.iter().map(|level| by_classes(record, level)).collect();
    let all: BTreeSet<u64> = columns.iter().flatten().map(|(classes, _)| *classes).collect();
    let mut text = heading(&["classes"], levels.iter().map(|level| ("f32", *level)));
    for classes in &all {
        let _ = write!(text, "| {classes} |");
        for column in &columns {
            let row = column.iter().find(|row| row.0 == *classes);
            let _ = write!(text, " {} |", row.map(|row| row.1.times()).unwrap_or_default());
        }
        text += "\n";
    }
    (!all.is_empty()).then_some(text)
}

fn heading<'l>(first: &[&str], columns: impl Iterator<Item = (&'l str, &'l str)>) -> String {
    let columns: Vec<String> =
        columns.map(|(dtype, level)| format!(" {dtype} {level} |")).collect();
    let rule = "---|".repeat(first.len() + columns.len());
    format!("| {} |{}\n|{rule}\n", first.join(" | "), columns.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(cases: &[(&str, &str, f64)]) -> Record {
        let row = |(op, size, fastest): &(&str, &str, f64)| Row {
            part: "suite".into(),
            op: (*op).into(),
            size: (*size).into(),
            level: "avx2".into(),
            dtype: "f32".into(),
            threads: 1,
            fastest: *fastest,
            median: 2.0 * fastest,
            ..Row::default()
        };
        Record { facts: Vec::new(), rows: cases.iter().map(row).collect() }
    }

    #[test]
    fn a_small_call_is_told_as_a_whole() {
        let cases =
            [("mse", "64", 0.25), ("mse", "8", 1.0), ("mse", "4096", 0.1), ("l1", "64", 1.0)];
        let table = small(&record(&cases)).expect("a call on few elements");
        let lines: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(lines, ["| `mse` | 8 | 8.0 / 16.0 |  |", "| `mse` | 64 | 16.0 / 32.0 |  |"]);
        assert_eq!(small(&record(&cases[2..])), None);
    }

    #[test]
    fn classes_stand_in_their_order() {
        let cases = [(CLASSES, "1024x10", 0.5), (CLASSES, "1024x2", 1.0), ("mse", "64", 1.0)];
        let table = classes(&record(&cases)).expect("classes");
        let lines: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(lines, ["| 2 | 1.000 / 2.000 |", "| 10 | 0.500 / 1.000 |"]);
        assert_eq!(classes(&record(&cases[2..])), None);
    }
}
