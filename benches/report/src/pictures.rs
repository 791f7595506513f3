//! The pictures of a record: the roofline, bars beside peers, growth.

use crate::picture::{BLACK_LINE, Corner, Panel};
use crate::record::Record;

/// Colours of curves before they come again, as dashes.
const COLOURS: usize = 6;

/// Panels of the roofline: operations with the same streams.
const PANELS: &[(&str, &str, &[&str])] = &[
    (
        "in place",
        "scale",
        &[
            "soft_threshold",
            "nonnegative_soft_threshold",
            "elastic_net",
            "box_constraint",
            "hard_threshold",
            "clip_grad",
            "dropout",
        ],
    ),
    (
        "one gradient",
        "update",
        &["sgd", "sgd_momentum", "prox_sgd", "prox_momentum", "weighted_soft_threshold", "penalty"],
    ),
    ("averages", "update", &["lion", "adam", "adam/amsgrad", "adam_w", "prox_adam_w"]),
    (
        "losses with gradients",
        "triad",
        &[
            "mse",
            "l1",
            "smooth_l1",
            "huber",
            "binary_cross_entropy",
            "binary_cross_entropy_with_logits",
        ],
    ),
    (
        "activations",
        "copy",
        &["activation/relu", "activation/tanh", "activation/sigmoid", "activation/softplus"],
    ),
];
/// The one that is shown on every level.
const EXAMPLE: (&str, &str) = ("smooth_l1", "triad");

/// Gigabytes per second against size, below the loop that only moves the streams.
pub(crate) fn limits(record: &Record) -> Vec<Panel> {
    let levels = record.levels();
    let best = levels.first().copied().unwrap_or_default();
    let curve = |op: &str, level: &str| -> Vec<(f64, f64)> {
        let rows = record.rows.iter().filter(|row| {
            let place = row.op == op && row.dtype == "f32" && !row.size.contains('x');
            place && row.part == "suite" && row.level == level && row.threads == 1
        });
        rows.map(|row| (row.elements() as f64, row.bandwidth())).collect()
    };
    let panel = |title: &str, stream: &str| {
        let panel = Panel::new(title, "elements", "GB/s").log_x().log_y();
        // Room for the legend below the slowest.
        let panel = panel.y_range(0.005, 1000.0).legend(Corner::LowerRight);
        let limit = curve(&format!("roofline/{stream}"), best);
        panel.line(&format!("limit: {stream}"), limit).colour(BLACK_LINE)
    };
    let mut panels = Vec::new();
    for (title, stream, operations) in PANELS {
        let mut panel = panel(&format!("{title}, f32 on {best}"), stream);
        for (i, op) in operations.iter().enumerate() {
            let name = op.rsplit('/').next().unwrap_or(op).replace('_', " ");
            let name =
                name.replace("binary cross entropy", "BCE").replace("soft threshold", "soft");
            let points = curve(op, best);
            let drawn =
                if i < COLOURS { panel.line(&name, points) } else { panel.dashes(&name, points) };
            panel = drawn.colour(i % COLOURS);
        }
        panels.push(panel);
    }
    let (op, stream) = EXAMPLE;
    let mut panel = panel(&format!("{}, f32 on every level", op.replace('_', " ")), stream);
    for (i, level) in levels.iter().enumerate() {
        panel = panel.line(level, curve(op, level)).colour(i);
    }
    panels.push(panel);
    panels
}

/// How many times our time each peer takes, one panel for each size.
pub(crate) fn peers(record: &Record) -> Vec<Panel> {
    let pointwise = [
        ("soft_threshold", "soft"),
        ("sgd", "SGD"),
        ("sgd_momentum", "moment."),
        ("adam_w", "AdamW"),
        ("mse", "MSE"),
        ("smooth_l1", "smooth"),
        ("binary_cross_entropy_with_logits", "BCE"),
    ];
    let mut panels = Vec::new();
    for (size, title) in [("4096", "4 Ki"), ("262144", "256 Ki"), ("16777216", "16 Mi")] {
        let cases = pointwise.map(|(op, name)| (op, size, name.to_owned()));
        panels.extend(bars(record, &format!("{title} elements, f32"), &cases));
    }
    let rows = ["1024x2", "1024x10", "4096x3", "256x1000", "64x32000", "8x128256"];
    let cases = rows.map(|size| {
        ("cross_entropy", size, size.replace("32000", "32k").replace("128256", "128k"))
    });
    panels.extend(bars(record, "softmax cross-entropy, f32", &cases));
    panels
}

const LOOP: &str = "plain loop";

/// The loop with several sums is a plain loop, too; the faster one is shown.
fn kind(who: &str) -> &str {
    if who == "chunked loop" { LOOP } else { who }
}

/// Groups of bars, one group for each operation, size and name.
fn bars(record: &Record, title: &str, cases: &[(&str, &str, String)]) -> Option<Panel> {
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
    let mut peers: Vec<(&str, &str)> = Vec::new();
    for row in record.rows.iter().filter(|row| row.part == "peers" && row.level.is_empty()) {
        let here = cases.iter().any(|case| case.0 == row.op && case.1 == row.size);
        let peer = (kind(&row.who), row.build.as_str());
        if here && row.dtype == "f32" && !peers.contains(&peer) {
            peers.push(peer);
        }
    }
    // Only code that the compiler vectorises changes with the build.
    peers.retain(|(who, build)| *build == "default" || *who == LOOP);
    let width = 0.8 / peers.len().max(1) as f64;
    let names = cases.iter().map(|case| case.2.clone());
    let mut panel = Panel::new(title, "", "times our time").log_y().x_names(names);
    panel = panel.x_range(-0.5, cases.len() as f64 - 0.5).y_range(0.3, 100_000.0);
    let mut any = false;
    for (i, (who, build)) in peers.iter().enumerate() {
        let points = cases.iter().enumerate().filter_map(|(at, (op, size, _))| {
            let ours = find(op, size, "gradstep", build)?;
            let times = find(op, size, who, build)? / ours;
            Some((at as f64 + (i as f64 + 0.5) * width - 0.4, times))
        });
        let points: Vec<(f64, f64)> = points.collect();
        any |= !points.is_empty();
        let name = if *build == "default" { (*who).into() } else { format!("{who}, {build}") };
        panel = panel.columns(&name, width, points).colour(i);
    }
    any.then_some(panel)
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
    let panel = |title: &str| {
        let panel = Panel::new(title, "elements", "ns per element").log_x().log_y();
        panel.y_range(0.003, 10.0).legend(Corner::LowerRight)
    };
    let (mut time, mut memory) = (panel("cost per element, f32; dashes: 2 threads"), Vec::new());
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
        .dots("measured", memory.into_iter().map(|(all, peak)| (mebi(all), mebi(peak))))
        .legend(Corner::UpperLeft);
    vec![time, space]
}
