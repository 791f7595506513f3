//! Tables of a record, in a file of its own.

use crate::limits::OPERATIONS;
use crate::record::{On, Record, Row, numbers, short};
use crate::{Outcome, calls};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

const TYPES: [&str; 2] = ["f32", "f64"];

/// The record as one document.
pub(crate) fn whole(record: &Record, path: &Path) -> Outcome<String> {
    let mut text = format!("# Speed on {}\n\n", record.fact("cpu"));
    text += &machine(record);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    for (name, what) in
        [("limits", "Shares of what the machine allows"), ("peers", "Beside other crates")]
    {
        write!(text, "![{what}]({stem}.{name}.svg)\n\n")?;
    }
    text += "## The best level\n\n";
    text += &best(record);
    text += "\n## Every level\n\n\
             Nanoseconds per element, the fastest sample / the median one; (GB/s of the fastest).\n\n";
    for dtype in TYPES {
        text += &levels(record, dtype);
    }
    if let Some(small) = calls::small(record) {
        write!(
            text,
            "## Small calls\n\n\
             Nanoseconds a call, the fastest sample / the median one, on one thread.\n\n\
             {small}\n"
        )?;
    }
    if let Some(classes) = calls::classes(record) {
        write!(
            text,
            "## Cross-entropy by classes\n\n\
             Loss and gradient of as many rows of each number of classes: nanoseconds per logit,\n\
             the fastest sample / the median one.\n\n\
             ![Time against classes]({stem}.classes.svg)\n\n\
             {classes}\n"
        )?;
    }
    if record.rows.iter().any(|row| row.part == "peers") {
        write!(
            text,
            "## Beside other crates\n\n\
             Nanoseconds per element, the fastest / the median of interleaved calls in one process\n\
             on one thread: {}. `native` was compiled for this processor alone. What each peer does\n\
             differently stands in `benches/peers/src`.{}\n\n",
            record.fact("peers"),
            c_loop(record),
        )?;
        text += &peers(record);
    }
    if record.rows.iter().any(|row| row.part == "growth") {
        write!(
            text,
            "## Cost as work grows\n\n\
             Nanoseconds per element, the fastest turn / the median one.\n\n\
             ![Time against size]({stem}.growth.svg)\n\n"
        )?;
        text += &growth(record);
    }
    Ok(text)
}

/// Where, when and how.
pub(crate) fn machine(record: &Record) -> String {
    let suite = || record.rows.iter().filter(|row| row.part == "suite");
    let mut spreads: Vec<f64> = suite().map(|row| row.median / row.fastest - 1.0).collect();
    spreads.sort_by(f64::total_cmp);
    let spread = 100.0 * spreads.get(spreads.len() / 2).copied().unwrap_or_default();
    let [cpu, cores, rustc, date, commit] =
        ["cpu", "cores", "rustc", "date", "commit"].map(|name| record.fact(name));
    format!(
        "{cpu}, {cores} cores, {rustc}, {date}, commit {commit}, by `tools/report`: the fastest of\n\
         at least 10 samples; the median sample is {spread:.0} % slower, typically.\n\n"
    )
}

/// What its peers' program said of the loop that is compiled by another compiler.
fn c_loop(record: &Record) -> String {
    let fact = record.facts.iter().find(|fact| fact.0 == "C loop");
    fact.map(|fact| format!(" The C loop: {}.", fact.1)).unwrap_or_default()
}

/// The best level alone.
fn best(record: &Record) -> String {
    let best = record.levels().first().copied().unwrap_or_default();
    let mut text = format!(
        "One call of the main method (loss and gradient to a separate slice; steps and\n\
         soft-threshold in place) on `{best}`, one thread: nanoseconds per element of the fastest\n\
         sample / the median one (GB/s of the fastest); *limit*: the share of the bandwidth of a loop\n\
         that only moves the same streams; *peer*: the time of the fastest other crate or plain loop,\n\
         compiled for this very processor or not, in ours.\n\n\
         | operation | size |"
    );
    for dtype in TYPES {
        text += &format!(" {dtype} | limit | peer |");
    }
    text += "\n|---|---|---|---|---|---|---|---|\n";
    let on = On { level: best, threads: 1 };
    for (op, size) in places(record) {
        if numbers(&size) == [64] || op.starts_with("math/") {
            continue;
        }
        let _ = write!(text, "| `{op}` | {} |", short(&size));
        for dtype in TYPES {
            let row = record.suite(op, &size, dtype, on);
            let percent = row.and_then(|row| row.percent);
            let percent = percent.map(|percent| format!("{percent:.0} %")).unwrap_or_default();
            let times = row.and_then(|row| Some(format!("{:.1}x {}", row.ratio?, row.peer)));
            let _ = write!(text, " {} | {percent} | {} |", cell(row), times.unwrap_or_default());
        }
        text += "\n";
    }
    text
}

fn cell(row: Option<&Row>) -> String {
    row.map(|row| format!("{} ({:.0})", row.times(), row.bandwidth())).unwrap_or_default()
}

/// Operations and sizes of the suite, in the order of the tables.
fn places(record: &Record) -> Vec<(&'static str, String)> {
    let mut places = Vec::new();
    for (op, _) in OPERATIONS {
        let rows = record.rows.iter().filter(|row| row.part == "suite" && row.op == *op);
        let rows = rows.filter(|row| !calls::is_few(&row.size));
        let sizes: BTreeSet<(u64, &str)> = rows.map(|row| (row.elements(), &*row.size)).collect();
        places.extend(sizes.into_iter().map(|(_, size)| (*op, size.to_owned())));
    }
    places
}

fn levels(record: &Record, dtype: &str) -> String {
    let levels = record.levels();
    let mut text = format!("| {dtype} | size |");
    for level in &levels {
        let _ = write!(text, " {level} | limit |");
    }
    text += " 2 threads | limit |\n|---|---|";
    text += &"---|".repeat(2 * levels.len() + 2);
    text += "\n";
    for (op, size) in places(record) {
        let _ = write!(text, "| `{op}` | {} |", short(&size));
        let one = levels.iter().map(|level| On { level, threads: 1 });
        let two = levels.first().map(|level| On { level, threads: 2 });
        for on in one.chain(two) {
            let row = record.suite(op, &size, dtype, on);
            let percent = row.and_then(|row| row.percent);
            let percent = percent.map(|percent| format!("{percent:.0} %")).unwrap_or_default();
            let _ = write!(text, " {} | {percent} |", cell(row));
        }
        text += "\n";
    }
    text + "\n"
}

fn peers(record: &Record) -> String {
    let rows = || record.rows.iter().filter(|row| row.part == "peers");
    let name = |row: &Row| match (&*row.level, &*row.build) {
        ("", build) => format!("{} {build}", row.who),
        (level, build) => format!("ours {level} {build}"),
    };
    let mut names: Vec<String> = Vec::new();
    for row in rows() {
        if !names.contains(&name(row)) {
            names.push(name(row));
        }
    }
    let mut places: Vec<(&str, &str, &str)> = Vec::new();
    for row in rows() {
        let place = (&*row.op, &*row.dtype, &*row.size);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let mut text = format!("| | | size | {} |\n|---|---|---|", names.join(" | "));
    text += &"---|".repeat(names.len());
    text += "\n";
    for place in places {
        let (op, dtype, size) = place;
        let _ = write!(text, "| `{op}` | {dtype} | {} |", short(size));
        for each in &names {
            let row = rows()
                .find(|row| (&*row.op, &*row.dtype, &*row.size) == place && name(row) == *each);
            let _ = match row {
                Some(row) => write!(text, " {} |", row.times()),
                None => write!(text, " |"),
            };
        }
        text += "\n";
    }
    text + "\n"
}

fn growth(record: &Record) -> String {
    let rows = || record.rows.iter().filter(|row| row.part == "growth");
    let mut text =
        "| `f32` | size | ns, 1 thread | ns, 2 threads | speed-up of the fastest | slices, MiB | \
                    peak beyond, MiB |\n|---|---|---|---|---|---|---|\n"
            .to_owned();
    for one in rows().filter(|row| row.threads == 1) {
        let same = |row: &&Row| row.threads == 2 && row.op == one.op && row.size == one.size;
        let two = rows().find(same);
        let mebibytes = |bytes: f64| format!("{:.1}", bytes / f64::from(1 << 20));
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} | {} | {} |",
            one.op,
            short(&one.size),
            one.times(),
            two.map(Row::times).unwrap_or_default(),
            two.map(|two| format!("{:.2}x", one.fastest / two.fastest)).unwrap_or_default(),
            one.buffers.map(mebibytes).unwrap_or_default(),
            one.peak.zip(one.buffers).map(|(peak, all)| mebibytes(peak - all)).unwrap_or_default(),
        );
    }
    text
}
