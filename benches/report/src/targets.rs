//! The numbered targets of PERFORMANCE.md, each beside what was measured.

use crate::limits::OPERATIONS;
use crate::record::{On, Record, Row};

/// One line of the table of targets.
pub(crate) struct Line {
    pub(crate) number: u8,
    pub(crate) what: String,
    pub(crate) target: String,
    pub(crate) measured: String,
    /// `None`: the machine lacks what it takes, or nothing was measured.
    pub(crate) met: Option<bool>,
    /// How far from the target, where it is not met.
    pub(crate) by: String,
}

/// The two levels that have targets of their own, in the order of their figures.
const LEVELS: [&str; 2] = ["avx512", "avx2"];
/// Shares above which noise is not told from a result.
const SAME: f64 = 0.97;

pub(crate) fn lines(record: &Record) -> Vec<Line> {
    let mut lines = Vec::new();
    streams(record, 1, 16 << 20, &[1, 2], &mut lines);
    streams(record, 2, 256 << 10, &[1], &mut lines);
    in_first_cache(record, &mut lines);
    cross_entropy(record, &mut lines);
    exponentials(record, &mut lines);
    threads(record, &mut lines);
    lower_levels(record, &mut lines);
    memory(record, &mut lines);
    lines
}

/// Targets 1 and 2: 95 % of the bandwidth of the loop with the same streams.
fn streams(record: &Record, number: u8, elements: u64, threads: &[u32], lines: &mut Vec<Line>) {
    for level in LEVELS {
        for dtype in ["f32", "f64"] {
            for &threads in threads {
                let on = |row: &&Row| {
                    let on = row.level == level && row.threads == threads && row.dtype == dtype;
                    on && row.part == "suite" && row.elements() == elements
                };
                let ours = |row: &&Row| {
                    !row.op.contains("roofline") && OPERATIONS.iter().any(|each| each.0 == row.op)
                };
                let rows: Vec<&Row> = record.rows.iter().filter(on).filter(ours).collect();
                let mut below: Vec<(&str, &str, f64)> = Vec::new();
                let measured = rows.iter().filter_map(|row| Some((row, row.percent?)));
                let all = measured.clone().count();
                for (row, percent) in measured.filter(|each| each.1 < 95.0) {
                    below.push((&row.op, &row.size, percent));
                }
                if all == 0 && (threads == 2 || !record.levels().contains(&level)) {
                    continue;
                }
                below.sort_by(|a, b| a.2.total_cmp(&b.2));
                let names = below.iter().map(|(op, size, percent)| {
                    let shape = if size.contains('x') { format!(" {size}") } else { String::new() };
                    format!("`{op}`{shape} {percent:.0} %")
                });
                lines.push(Line {
                    number,
                    what: format!("{elements} elements, {dtype}, {level}, {threads} thread(s)"),
                    target: "95 % of the loop with the same streams".into(),
                    measured: format!("{} of {all} operations", all - below.len()),
                    met: (all > 0).then_some(below.is_empty()),
                    by: names.collect::<Vec<_>>().join(", "),
                });
            }
        }
    }
}

/// At most so many nanoseconds per element, on AVX-512 and on AVX2.
struct AtMost<'t> {
    number: u8,
    op: &'t str,
    size: &'t str,
    dtype: &'t str,
    nanoseconds: [f64; 2],
}

impl AtMost<'_> {
    fn check(self, record: &Record, lines: &mut Vec<Line>) {
        let Self { number, op, size, dtype, nanoseconds } = self;
        for (level, limit) in LEVELS.into_iter().zip(nanoseconds) {
            let row = record.suite(op, size, dtype, On { level, threads: 1 });
            let time = row.map(|row| row.fastest);
            lines.push(Line {
                number,
                what: format!("`{op}` {size} {dtype}, {level}"),
                target: format!("at most {limit:.3} ns"),
                measured: time.map_or("not measured".into(), |time| format!("{time:.3} ns")),
                met: time.map(|time| time <= limit),
                by: missing(time.map(|time| time / limit)),
            });
        }
    }
}

/// What is missing at a multiple above 1 of what was allowed.
fn missing(multiple: Option<f64>) -> String {
    match multiple {
        Some(multiple) if multiple > 1.0 => format!("{:.0} % slower", 100.0 * (multiple - 1.0)),
        _ => String::new(),
    }
}

fn in_first_cache(record: &Record, lines: &mut Vec<Line>) {
    // Of what the ports allow, 90 %; of a prototype, all.
    for (op, nanoseconds, share) in [
        ("soft_threshold", [0.033, 0.050], 0.9),
        ("sgd", [0.031, 0.052], 0.9),
        ("sgd_momentum", [0.050, 0.090], 0.9),
        ("mse", [0.051, 0.072], 1.0),
        ("smooth_l1", [0.086, 0.118], 1.0),
        ("adam_w", [0.31, 0.40], 1.0),
    ] {
        let nanoseconds = nanoseconds.map(|limit: f64| limit / share);
        AtMost { number: 3, op, size: "4096", dtype: "f32", nanoseconds }.check(record, lines);
    }
    averages_in_second_cache(record, lines);
    let losses = ["mse", "smooth_l1", "binary_cross_entropy_with_logits", "cross_entropy"];
    for row in record.rows.iter().filter(|row| row.part == "suite" && LEVELS.contains(&&*row.level))
    {
        let loss = losses.contains(&&*row.op) && matches!(&*row.size, "4096" | "256x1000");
        let root = row.op == "adam_w" && matches!(&*row.size, "262144" | "16777216");
        if (loss || root) && row.threads == 1 {
            lines.push(faster(3, row, if loss { 3.0 } else { 1.0 }));
        }
    }
}

/// AdamW's target reaches to 64 Ki elements, where calls of many sizes have it.
fn averages_in_second_cache(record: &Record, lines: &mut Vec<Line>) {
    for (level, limit) in LEVELS.into_iter().zip([0.31, 0.40]) {
        let row = record.rows.iter().find(|row| {
            let place = row.op == "adam_w" && row.size == "65536" && row.threads == 1;
            place && row.part == "growth" && row.level == level
        });
        lines.extend(row.map(|row| Line {
            number: 3,
            what: format!("`adam_w` 65536 f32, {level}"),
            target: format!("at most {limit:.3} ns"),
            measured: format!("{:.3} ns", row.fastest),
            met: Some(row.fastest <= limit),
            by: missing(Some(row.fastest / limit)),
        }));
    }
}

/// At least so many times as fast as the best peer.
fn faster(number: u8, row: &Row, times: f64) -> Line {
    let measured = row.times;
    Line {
        number,
        what: format!("`{}` {} {}, {}", row.op, row.size, row.dtype, row.level),
        target: format!("{times:.0}x the best peer"),
        measured: match measured {
            Some(measured) => format!("{measured:.2}x {}", row.peer),
            None => "no peer".into(),
        },
        met: measured.map(|measured| measured >= times * if times > 1.0 { 1.0 } else { SAME }),
        by: missing(measured.map(|measured| times / measured)),
    }
}

fn cross_entropy(record: &Record, lines: &mut Vec<Line>) {
    for (size, dtype, nanoseconds) in [
        ("256x1000", "f32", [0.27, 0.36]),
        ("64x32000", "f32", [0.38, 0.45]),
        ("1024x10", "f32", [0.75, 0.90]),
        ("1024x2", "f32", [1.0, 2.0]),
        ("4096x3", "f32", [1.15, 1.7]),
        ("256x1000", "f64", [0.65, 1.15]),
    ] {
        AtMost { number: 4, op: "cross_entropy", size, dtype, nanoseconds }.check(record, lines);
    }
    for level in LEVELS {
        for (size, times) in [("256x1000", 2.0), ("1024x10", 6.0)] {
            let row = record.suite("cross_entropy", size, "f32", On { level, threads: 1 });
            lines.extend(row.map(|row| faster(4, row, times)));
        }
    }
}

fn exponentials(record: &Record, lines: &mut Vec<Line>) {
    for (op, dtype, nanoseconds) in [
        ("binary_cross_entropy_with_logits", "f32", [0.50, 0.80]),
        ("binary_cross_entropy_with_logits", "f64", [1.2, 3.1]),
        ("math/exp", "f32", [0.20, 0.45]),
    ] {
        AtMost { number: 5, op, size: "4096", dtype, nanoseconds }.check(record, lines);
    }
}

/// Target 6, from calls at many sizes.
fn threads(record: &Record, lines: &mut Vec<Line>) {
    let growth = |threads| {
        record.rows.iter().filter(move |row| row.part == "growth" && row.threads == threads)
    };
    let mut operations: Vec<&str> = growth(2).map(|row| row.op.as_str()).collect();
    operations.dedup();
    for op in operations {
        let heavy = matches!(op, "binary_cross_entropy_with_logits" | "cross_entropy");
        // A million, since rows have 1000 elements.
        let from = if heavy { 1_000_000 } else { 4 << 20 };
        let mut speedups: Vec<(u64, f64)> = Vec::new();
        for two in growth(2).filter(|row| row.op == op) {
            let one = growth(1).find(|row| row.op == op && row.size == two.size);
            speedups.extend(one.map(|one| (two.elements(), one.fastest / two.fastest)));
        }
        let smallest = |speedups: &mut dyn Iterator<Item = &(u64, f64)>| {
            speedups.min_by(|a, b| a.1.total_cmp(&b.1)).copied()
        };
        let large = smallest(&mut speedups.iter().filter(|each| each.0 >= from));
        let any = smallest(&mut speedups.iter());
        for (what, target, limit, worst) in [
            (format!("from {from} elements"), "two threads 1.9x one", 1.9, large),
            ("any size".into(), "two threads never slower", SAME, any),
        ] {
            lines.push(Line {
                number: 6,
                what: format!("`{op}` f32, {what}"),
                target: target.into(),
                measured: worst.map_or("not measured".into(), |(size, speedup)| {
                    format!("{speedup:.2}x at the worst size, {size}")
                }),
                met: worst.map(|worst| worst.1 >= limit),
                by: missing(worst.map(|worst| limit / worst.1)),
            });
        }
    }
}

/// Target 7: the portable level beside `wide`'s own functions, the scalar level
/// beside plain loops, in the build that has no native instructions.
fn lower_levels(record: &Record, lines: &mut Vec<Line>) {
    let case = |level: &str, who: &str, op: &str, size: &str| {
        let find = |who: &str, level: &str| {
            record.rows.iter().find(|row| {
                let case = row.op == op && row.size == size && row.dtype == "f32";
                case && row.part == "peers"
                    && row.build == "default"
                    && row.who == who
                    && row.level == level
            })
        };
        Some(find(who, "")?.fastest / find("gradstep", level)?.fastest)
    };
    let logits = "binary_cross_entropy_with_logits";
    for (op, size) in [(logits, "4096"), ("cross_entropy", "256x1000")] {
        let times = case("portable", "wide", op, size);
        lines.push(Line {
            number: 7,
            what: format!("`{op}` {size} f32, portable"),
            target: "2x the exponential and logarithm of wide".into(),
            measured: times.map_or("not measured".into(), |times| format!("{times:.2}x")),
            met: times.map(|times| times >= 2.0),
            by: missing(times.map(|times| 2.0 / times)),
        });
    }
    for op in ["soft_threshold", "sgd", "sgd_momentum", "adam_w", "mse", "smooth_l1", logits] {
        let times = case("scalar", "plain loop", op, "4096");
        lines.push(Line {
            number: 7,
            what: format!("`{op}` 4096 f32, scalar"),
            target: "at most 1.2 times a plain loop's time".into(),
            measured: times.map_or("not measured".into(), |times| format!("{:.2}", 1.0 / times)),
            met: times.map(|times| 1.0 / times <= 1.2),
            by: missing(times.map(|times| 1.0 / times / 1.2)),
        });
    }
}

/// Target 8: the most memory that was resident is that of the slices and of the
/// program, which has a few MiB.
fn memory(record: &Record, lines: &mut Vec<Line>) {
    const PROGRAM: f64 = (16 << 20) as f64;
    let rows = record.rows.iter().filter(|row| row.part == "growth");
    let beyond = |row: &Row| Some(row.peak? - row.buffers?);
    let most = rows.filter_map(|row| Some((row, beyond(row)?))).max_by(|a, b| a.1.total_cmp(&b.1));
    lines.push(Line {
        number: 8,
        what: "peak resident memory beyond the slices".into(),
        target: "none but the program's own (below 16 MiB)".into(),
        measured: most.map_or("not measured".into(), |(row, beyond)| {
            let (op, size) = (&row.op, &row.size);
            let mebibytes = |bytes: f64| bytes / f64::from(1 << 20);
            let slices = mebibytes(row.buffers.unwrap_or_default());
            format!("{:.1} MiB beyond {slices:.0} MiB, `{op}` {size}", mebibytes(beyond))
        }),
        met: most.map(|most| most.1 < PROGRAM),
        by: String::new(),
    });
}
