//! The pictures of a record: shares of the limit, times beside peers, growth.

use crate::calls::by_classes;
use crate::picture::{BLACK_LINE, Panel};
use crate::record::{Record, Row};

/// Panels of the limits: operations, of which each is compared with the loop that only moves
/// its streams.
const PANELS: &[(&str, &[&str])] = &[
    (
        "proximal operators, in place",
        &[
            "soft_threshold",
            "nonnegative_soft_threshold",
            "weighted_soft_threshold",
            "elastic_net",
            "box_constraint",
            "hard_threshold",
            "clip_grad",
            "dropout",
        ],
    ),
    (
        "updates",
        &[
            "sgd",
            "sgd_momentum",
            "prox_sgd",
            "prox_momentum",
            "lion",
            "adam",
            "adam/amsgrad",
            "adam_w",
            "prox_adam_w",
        ],
    ),
    (
        "losses with gradients, activations",
        &[
            "mse",
            "l1",
            "smooth_l1",
            "huber",
            "binary_cross_entropy",
            "binary_cross_entropy_with_logits",
            "activation/relu",
            "activation/tanh",
            "activation/sigmoid",
            "activation/softplus",
        ],
    ),
];
/// The one that is shown on every level, and the loop that has its streams.
const EXAMPLE: (&str, &str) = ("smooth_l1", "roofline/triad");
const SIZES: [(&str, &str); 4] =
    [("64", "64"), ("4096", "4 Ki"), ("262144", "256 Ki"), ("16777216", "16 Mi")];

/// What a reader calls an operation.
fn name(op: &str) -> String {
    let name = op.rsplit('/').next().unwrap_or(op).replace('_', " ");
    name.replace("binary cross entropy", "BCE").replace("soft threshold", "soft")
}

/// Names from the top down, each with a line of dots for each series.
struct Lines {
    panel: Panel,
    count: f64,
    /// So many series share the height of a name.
    series: usize,
    drawn: usize,
    largest: f64,
}

impl Lines {
    fn new(title: &str, x: &str, names: &[String], series: usize) -> Self {
        let count = names.len() as f64;
        let panel = Panel::new(title, x, "")
            .y_names(names.iter().rev().cloned())
            .y_range(-0.6, count - 0.4);
        Self { panel, count, series, drawn: 0, largest: 0.0 }
    }

    /// Dots of the next series, by the numbers of their names.
    fn dots(mut self, name: &str, points: impl Iterator<Item = (usize, f64)>) -> Self {
        let shift = 0.7 * ((self.drawn as f64 + 0.5) / self.series as f64 - 0.5);
        let height = |at: usize| self.count - 1.0 - at as f64 - shift;
        let points: Vec<(f64, f64)> = points.map(|(at, x)| (x, height(at))).collect();
        self.largest = points.iter().map(|point| point.0).fold(self.largest, f64::max);
        self.panel = self.panel.dots(name, points).colour(self.drawn);
        self.drawn += 1;
        self
    }

    /// What all dots are compared with.
    fn mark(mut self, name: &str, x: f64) -> Panel {
        let line = [(x, -0.6), (x, self.count - 0.4)];
        self.panel = self.panel.line(name, line).colour(BLACK_LINE);
        self.panel
    }
}

/// How much of the machine's limit each operation reaches, for each size.
pub(crate) fn limits(record: &Record) -> Vec<Panel> {
    let levels = record.levels();
    let best = levels.first().copied().unwrap_or_default();
    let rows = |op: &str, level: &str| {
        let of_op = |row: &&Row| row.part == "suite" && row.op == op && !row.size.contains('x');
        let rows: Vec<&Row> = record.rows.iter().filter(of_op).collect();
        let here = |row: &&&Row| row.level == level && row.dtype == "f32" && row.threads == 1;
        rows.iter().filter(here).copied().collect::<Vec<&Row>>()
    };
    let mut panels = Vec::new();
    for (title, operations) in PANELS {
        let names: Vec<String> = operations.iter().map(|op| name(op)).collect();
        let title = format!("{title}, f32 on {best}");
        let mut lines = Lines::new(&title, "percent of the limit", &names, SIZES.len());
        for (size, shown) in SIZES {
            let points = operations.iter().enumerate().filter_map(|(at, op)| {
                let rows = rows(op, best);
                Some((at, rows.iter().find(|row| row.size == size)?.percent?))
            });
            lines = lines.dots(shown, points);
        }
        let end = 1.05 * lines.largest.max(100.0);
        panels.push(lines.mark("limit", 100.0).x_range(0.0, end));
    }
    let curve = |op: &str, level: &str| {
        let rows = rows(op, level);
        let rows = rows.iter().filter(|row| SIZES.iter().any(|size| size.0 == row.size));
        rows.map(|row| (row.elements() as f64, row.bandwidth())).collect::<Vec<_>>()
    };
    let (op, limit) = EXAMPLE;
    let title = format!("{}, f32 on every level", name(op));
    let mut panel = Panel::new(&title, "elements", "GB/s").log_x().log_y();
    panel = panel.line("limit", curve(limit, best)).colour(BLACK_LINE);
    for (i, level) in levels.iter().enumerate() {
        panel = panel.line(level, curve(op, level)).colour(i);
    }
    panels.push(panel);
    panels
}

/// How many times our time each peer takes, one panel for each size.
pub(crate) fn peers(record: &Record) -> Vec<Panel> {
    let pointwise = [
        "soft_threshold",
        "sgd",
        "sgd_momentum",
        "adam_w",
        "mse",
        "smooth_l1",
        "binary_cross_entropy_with_logits",
    ];
    let mut panels = Vec::new();
    for (size, title) in &SIZES[1..] {
        let cases = pointwise.map(|op| (op, *size, name(op)));
        panels.extend(dots(record, &format!("{title} elements, f32"), &cases));
    }
    let rows = ["1024x2", "1024x10", "4096x3", "256x1000", "64x32000", "8x128256"];
    let cases = rows.map(|size| ("cross_entropy", size, size.replace('x', " x ")));
    panels.extend(dots(record, "softmax cross-entropy, f32, rows x classes", &cases));
    panels
}

const LOOP: &str = "plain loop";
const C_LOOP: &str = "C loop";

/// The loop with several sums is a plain loop, too; the faster one is shown.
fn kind(who: &str) -> &str {
    if who == "chunked loop" { LOOP } else { who }
}

/// A dot of each peer for each operation, size and name; where one is left of 1, it is faster.
fn dots(record: &Record, title: &str, cases: &[(&str, &str, String)]) -> Option<Panel> {
    let best = record.levels().first().copied()?;
    let find = |op: &str, size: &str, who: &str, build: &str| {
        let level = if who == "gradstep" { best } else { "" };
        let rows = record.rows.iter().filter(|row| {
            let case = row.part == "peers" && row.op == op && row.size == size;
            let by = kind(&row.who) == who && row.build == build && row.level == level;
            case && by && row.dtype == "f32"
        });
        rows.map(|row| row.fastest).min_by(f64::total_cmp)
    };
    // In one order for all panels, so that a peer has one colour.
    let mut peers: Vec<(&str, &str)> = Vec::new();
    for row in record.rows.iter().filter(|row| row.part == "peers" && row.level.is_empty()) {
        let peer = (kind(&row.who), row.build.as_str());
        if row.dtype == "f32" && !peers.contains(&peer) {
            peers.push(peer);
        }
    }
    peers.retain(|(who, build)| {
        cases.iter().any(|(op, size, _)| find(op, size, who, build).is_some())
    });
    // Only code that the compiler vectorises changes with the build.
    peers.retain(|(who, build)| *build == "default" || [LOOP, C_LOOP].contains(who));
    let names: Vec<String> = cases.iter().map(|case| case.2.clone()).collect();
    let mut lines = Lines::new(title, "times our time", &names, peers.len());
    let mut any = false;
    for (who, build) in peers {
        let points = cases.iter().enumerate().filter_map(|(at, (op, size, _))| {
            Some((at, find(op, size, who, build)? / find(op, size, "gradstep", build)?))
        });
        let points: Vec<(usize, f64)> = points.collect();
        any |= !points.is_empty();
        let name = if build == "default" { who.into() } else { format!("{who}, {build}") };
        lines = lines.dots(&name, points.into_iter());
    }
    any.then(|| lines.mark("gradstep", 1.0).log_x())
}

/// Time per logit of a cross-entropy against its classes: every level, and the best two alone.
pub(crate) fn classes(record: &Record) -> Vec<Panel> {
    let levels = record.levels();
    let curve = |level: &str| {
        let rows = by_classes(record, level);
        rows.into_iter().map(|(classes, row)| (classes as f64, row.fastest)).collect::<Vec<_>>()
    };
    if levels.iter().all(|level| curve(level).is_empty()) {
        return Vec::new();
    }
    let new = |title| Panel::new(title, "classes", "ns per logit").log_x();
    let mut all = new("softmax cross-entropy, f32").log_y();
    let (mut best, mut largest) = (new("the best levels"), 0.0f64);
    for (i, level) in levels.iter().enumerate() {
        let points = curve(level);
        if i < 2 {
            largest = points.iter().map(|point| point.1).fold(largest, f64::max);
            best = best.line(level, points.clone()).colour(i);
        }
        all = all.line(level, points).colour(i);
    }
    vec![all, best.y_range(0.0, 1.05 * largest)]
}

/// Time per element against size, on one thread and on two.
pub(crate) fn growth(record: &Record) -> Vec<Panel> {
    let rows = || record.rows.iter().filter(|row| row.part == "growth");
    let mut operations: Vec<&str> = rows().map(|row| row.op.as_str()).collect();
    operations.dedup();
    operations.sort_unstable();
    operations.dedup();
    if operations.is_empty() {
        return Vec::new();
    }
    let title = "cost per element, f32; dashes: 2 threads";
    let mut time = Panel::new(title, "elements", "ns per element").log_x().log_y();
    time = time.y_range(0.01, 1.0);
    let mut memory = Vec::new();
    for (i, op) in operations.iter().enumerate() {
        let curve = |threads: u32| {
            let rows = rows().filter(move |row| row.op == *op && row.threads == threads);
            rows.map(|row| (row.elements() as f64, row.fastest))
        };
        let name = op.replace('_', " ").replace("binary cross entropy", "BCE");
        time = time.line(&name, curve(1)).colour(i);
        time = time.dashes("", curve(2)).colour(i);
        let of_op = rows().filter(|row| row.op == *op && row.threads == 1);
        memory.extend(of_op.filter_map(|row| Some((row.buffers?, row.peak?))));
    }
    memory.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mebi = |x: f64| x / f64::from(1 << 20);
    let most = memory.last().map_or(1.0, |last| mebi(last.0)).max(1.0);
    let space = Panel::new("peak resident memory", "slices, MiB", "resident, MiB")
        .line("slices alone", [(0.0, 0.0), (most, most)])
        .colour(BLACK_LINE)
        .dots("measured", memory.into_iter().map(|(all, peak)| (mebi(all), mebi(peak))));
    vec![time, space]
}
