//! README's section on speed: one sentence, one table, and where others are faster.

use crate::Outcome;
use crate::record::{Record, Row, short};
use crate::tables;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const MARKERS: [&str; 2] = ["<!-- speed:begin -->\n", "<!-- speed:end -->"];

/// What the table shows: operation, size, and its name there.
const SHOWN: [(&str, &str, &str); 8] = [
    ("mse", "4096", "mean squared error"),
    ("binary_cross_entropy_with_logits", "4096", "binary cross-entropy on logits"),
    ("cross_entropy", "1024x10", "cross-entropy, 10 classes"),
    ("cross_entropy", "256x1000", "cross-entropy, 1000 classes"),
    ("cross_entropy", "64x32000", "cross-entropy, 32000 classes"),
    ("soft_threshold", "4096", "soft-threshold in place"),
    ("sgd_momentum", "4096", "momentum step with decay"),
    ("adam_w", "4096", "AdamW step"),
];

/// Ratios above this are no difference.
const SAME: f64 = 0.97;

/// Puts the section between README's markers.
pub(crate) fn write(readme: &Path, record: &Record, path: &Path) -> Outcome {
    let text = fs::read_to_string(readme)?;
    let [begin, end] = MARKERS.map(|marker| text.find(marker).ok_or("no speed markers"));
    let (begin, end) = (begin? + MARKERS[0].len(), end?);
    let section = section(record, path)?;
    Ok(fs::write(readme, format!("{}{section}{}", &text[..begin], &text[end..]))?)
}

fn section(record: &Record, path: &Path) -> Outcome<String> {
    let level = record.levels().first().copied().unwrap_or_default();
    let places = places(record, level);
    let crates: Vec<f64> = places
        .iter()
        .filter_map(|place| place.times(|row| is_crate(row) && is_default(row)))
        .collect();
    let mean = geometric_mean(&crates).ok_or("no other crate was measured")?;
    let mut text = format!(
        "**{mean:.1} times as fast as the fastest other crate**: the geometric mean over {} operations\n\
         and sizes of `f32`, all by a plain `cargo build --release`, on one thread ({}).\n\
         Nanoseconds per element, loss and gradient together:\n\n\
         | | elements | gradstep | fastest other crate | plain loop, built for this CPU |\n\
         |---|---|---|---|---|\n",
        crates.len(),
        record.fact("peers"),
    );
    for (op, size, name) in SHOWN {
        let Some(place) = places.iter().find(|place| (place.op, place.size) == (op, size)) else {
            continue;
        };
        writeln!(
            text,
            "| {name} | {} | {:.3} | {} | {} |",
            short(size),
            place.ours,
            place.cell(|row| is_crate(row) && is_default(row), true),
            place.cell(|row| is_loop(row) && !is_default(row), false),
        )?;
    }
    let picture = path.with_extension("peers.svg");
    let whole = path.with_extension("md");
    write!(
        text,
        "\n![Beside other crates]({})\n\n{}\n{}The [whole record]({}) has every\n\
         operation, level, size and peer ([CSV]({})).\n",
        picture.display(),
        slower(&places),
        tables::machine(record),
        whole.display(),
        path.display(),
    )?;
    Ok(text)
}

/// An operation at a size, ours and all others, in the same run.
struct Place<'r> {
    op: &'r str,
    size: &'r str,
    ours: f64,
    others: Vec<&'r Row>,
}

impl Place<'_> {
    /// The fastest of some others.
    fn fastest(&self, of: impl Fn(&Row) -> bool) -> Option<&Row> {
        let some = self.others.iter().copied().filter(|row| of(row));
        some.min_by(|a, b| a.fastest.total_cmp(&b.fastest))
    }

    /// How many times our time it takes.
    fn times(&self, of: impl Fn(&Row) -> bool) -> Option<f64> {
        self.fastest(of).map(|row| row.fastest / self.ours)
    }

    fn cell(&self, of: impl Fn(&Row) -> bool, named: bool) -> String {
        let Some(row) = self.fastest(of) else { return String::new() };
        // Of the loops it is the one in another language.
        let named = named || row.who == "C loop";
        let name = if named { format!(", {}", row.who) } else { String::new() };
        format!("{:.3} ({:.1}x{name})", row.fastest, row.fastest / self.ours)
    }
}

fn is_default(row: &Row) -> bool {
    row.build == "default"
}

fn is_loop(row: &Row) -> bool {
    row.who.ends_with("loop")
}

fn is_crate(row: &Row) -> bool {
    !is_loop(row) && row.who != "gradstep" && row.who != "std"
}

/// All places of `f32` that peers were measured at; ours by a plain build, on one level.
fn places<'r>(record: &'r Record, level: &str) -> Vec<Place<'r>> {
    let rows = || record.rows.iter().filter(|row| row.part == "peers" && row.dtype == "f32");
    let ours = rows().filter(|row| row.who == "gradstep" && row.level == level && is_default(row));
    ours.map(|row| {
        let same = |other: &&Row| other.op == row.op && other.size == row.size;
        let others = rows().filter(same).filter(|row| is_crate(row) || is_loop(row)).collect();
        Place { op: &row.op, size: &row.size, ours: row.fastest, others }
    })
    .collect()
}

fn geometric_mean(ratios: &[f64]) -> Option<f64> {
    let logarithms: f64 = ratios.iter().map(|ratio| ratio.ln()).sum();
    #[allow(clippy::cast_precision_loss)] // few
    (!ratios.is_empty()).then(|| (logarithms / ratios.len() as f64).exp())
}

/// Where another takes less time, whatever it was built for.
fn slower(places: &[Place<'_>]) -> String {
    let mut all = Vec::new();
    for place in places {
        let Some(row) = place.fastest(|_| true) else { continue };
        let ratio = row.fastest / place.ours;
        if ratio < SAME {
            let native = if is_default(row) { "" } else { " built for this CPU" };
            all.push(format!(
                "`{}` {} ({ratio:.2}, {}{native})",
                place.op,
                short(place.size),
                row.who
            ));
        }
    }
    match all.len() {
        0 => "No other crate and no plain loop took less time, at any size.\n".to_owned(),
        _ => format!("Others take less time, as a share of ours, at\n{}.\n", all.join(",\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(who: &str, build: &str, fastest: f64) -> Row {
        let level = if who == "gradstep" { "avx2" } else { "" };
        Row {
            part: "peers".into(),
            op: "mse".into(),
            size: "4096".into(),
            level: level.into(),
            dtype: "f32".into(),
            who: who.into(),
            build: build.into(),
            fastest,
            ..Row::default()
        }
    }

    #[test]
    fn the_fastest_of_each_kind_is_shown_beside_ours() -> Outcome {
        let rows = vec![
            row("gradstep", "default", 0.5),
            row("candle", "default", 2.0),
            row("ndarray", "default", 3.0),
            row("ndarray", "native", 0.1),
            row("plain loop", "default", 1.0),
            row("C loop", "default", 0.75),
            row("chunked loop", "native", 0.25),
        ];
        let mut suite = row("gradstep", "default", 0.5);
        suite.part = "suite".into();
        let record = Record { facts: Vec::new(), rows: [rows, vec![suite]].concat() };
        let text = section(&record, Path::new("a.csv"))?;
        assert!(text.starts_with("**4.0 times as fast"), "{text}");
        let line = "| mean squared error | 4 Ki | 0.500 | 2.000 (4.0x, candle) | 0.250 (0.5x) |";
        assert!(text.contains(line), "{text}");
        let faster = "time, as a share of ours, at\n`mse` 4 Ki (0.20, ndarray built for this CPU).";
        assert!(text.contains(faster), "{text}");
        Ok(())
    }

    #[test]
    fn nobody_is_slower_than_nobody() {
        assert!(slower(&[]).starts_with("No other"));
        assert_eq!(geometric_mean(&[]), None);
        assert_eq!(geometric_mean(&[2.0, 8.0]).map(f64::round), Some(4.0));
    }
}
