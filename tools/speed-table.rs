//! Writes the speeds that criterion measured into README.md: see `speed-table`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::{env, error::Error, fs};

/// Groups in the order of the table, each with the loop of the roofline that has
/// its streams.
const ROWS: &[(&str, &str)] = &[
    ("roofline/read", "roofline/read"),
    ("roofline/scale", "roofline/scale"),
    ("roofline/update", "roofline/update"),
    ("roofline/copy", "roofline/copy"),
    ("roofline/triad", "roofline/triad"),
    ("soft_threshold", "roofline/scale"),
    ("weighted_soft_threshold", "roofline/update"),
    ("nonnegative_soft_threshold", "roofline/scale"),
    ("elastic_net", "roofline/scale"),
    ("box_constraint", "roofline/scale"),
    ("hard_threshold", "roofline/scale"),
    ("group_soft_threshold", "roofline/scale"),
    ("penalty", "roofline/update"),
    ("sgd", "roofline/update"),
    ("sgd_momentum", "roofline/update"),
    ("prox_sgd", "roofline/update"),
    ("prox_momentum", "roofline/update"),
    ("lion", "roofline/update"),
    ("adam", "roofline/update"),
    ("adam_w", "roofline/update"),
    ("prox_adam_w", "roofline/update"),
    ("mse", "roofline/triad"),
    ("l1", "roofline/triad"),
    ("smooth_l1", "roofline/triad"),
    ("huber", "roofline/triad"),
    ("binary_cross_entropy", "roofline/triad"),
    ("binary_cross_entropy_with_logits", "roofline/triad"),
    ("cross_entropy", "roofline/copy"),
    ("logsumexp", "roofline/read"),
    ("softmax", "roofline/copy"),
    ("activation/sigmoid", "roofline/scale"),
    ("activation/tanh", "roofline/scale"),
    ("activation/relu", "roofline/scale"),
    ("dropout", "roofline/scale"),
];
const TYPES: [&str; 2] = ["f32", "f64"];
const LEVELS: [&str; 5] = ["avx512", "avx2", "portable", "scalar", "2-threads"];
const MARKERS: [&str; 2] = ["<!-- speed:begin -->\n", "<!-- speed:end -->"];

/// Group, type, level, size.
type Id = (String, String, String, String);

#[derive(Clone, Copy)]
struct Speed {
    /// Nanoseconds per element, in the fastest sample.
    time: f64,
    /// Gigabytes per second, likewise.
    bandwidth: f64,
    /// The median sample's time as a multiple of the fastest's.
    spread: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [criterion, readme] = &arguments[..] else {
        return Err("usage: speed-table <target/criterion> <README.md>".into());
    };
    let mut speeds = BTreeMap::new();
    collect(criterion.as_ref(), &mut speeds)?;
    let table = table(&speeds)?;
    let text = fs::read_to_string(readme)?;
    let [begin, end] = MARKERS.map(|marker| text.find(marker).ok_or("no speed markers"));
    let (begin, end) = (begin? + MARKERS[0].len(), end?);
    fs::write(readme, format!("{}{table}{}", &text[..begin], &text[end..]))?;
    print!("{table}");
    Ok(())
}

/// Reads every measurement below a folder.
fn collect(folder: &Path, speeds: &mut BTreeMap<Id, Speed>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.join("new/benchmark.json").is_file() {
            let benchmark = fs::read_to_string(path.join("new/benchmark.json"))?;
            let sample = fs::read_to_string(path.join("new/sample.json"))?;
            if let Some((id, speed)) = measurement(&benchmark, &sample) {
                speeds.insert(id, speed);
            }
        } else if path.is_dir() {
            collect(&path, speeds)?;
        }
    }
    Ok(())
}

/// What stands in criterion's JSON after `key`, up to `end`.
fn field<'t>(json: &'t str, key: &str, end: char) -> Option<&'t str> {
    let (_, rest) = json.split_once(key)?;
    Some(rest.split_once(end)?.0)
}

fn measurement(benchmark: &str, sample: &str) -> Option<(Id, Speed)> {
    let group = field(benchmark, r#""group_id":""#, '"')?;
    let (float, level) = field(benchmark, r#""function_id":""#, '"')?.split_once('/')?;
    let size = field(benchmark, r#""value_str":""#, '"')?;
    let bytes: f64 = field(benchmark, r#""Bytes":"#, '}')?.parse().ok()?;
    let elements: f64 = size.split('x').map(|n| n.parse::<f64>().ok()).product::<Option<f64>>()?;

    let numbers = |key| {
        let list = field(sample, key, ']')?.split(',');
        list.map(|x| x.trim().parse::<f64>().ok()).collect::<Option<Vec<_>>>()
    };
    let (times, iterations) = (numbers(r#""times":["#)?, numbers(r#""iters":["#)?);
    let mut times: Vec<f64> = times.iter().zip(&iterations).map(|(t, n)| t / n).collect();
    times.sort_by(f64::total_cmp);
    let (fastest, median) = (*times.first()?, times[times.len() / 2]);
    let id = [group, float, level, size].map(str::to_owned);
    let speed =
        Speed { time: fastest / elements, bandwidth: bytes / fastest, spread: median / fastest };
    Some((id.into(), speed))
}

/// Elements or rows x columns of a size, for its order.
fn numbers(size: &str) -> Vec<u64> {
    size.split('x').filter_map(|n| n.parse().ok()).collect()
}

/// `4 Ki` for 4096.
fn short(size: &str) -> String {
    match *numbers(size) {
        [n] if n >= 1 << 20 => format!("{} Mi", n >> 20),
        [n] if n >= 1 << 10 => format!("{} Ki", n >> 10),
        _ => size.replace('x', " x "),
    }
}

fn table(speeds: &BTreeMap<Id, Speed>) -> Result<String, Box<dyn Error>> {
    let levels = LEVELS.iter().filter(|level| speeds.keys().any(|id| id.2 == **level));
    let levels: Vec<&str> = levels.copied().collect();
    let best = *levels.first().ok_or("nothing measured")?;

    let mut table = heading(speeds)?;
    table += "| operation | size |";
    for float in TYPES {
        for level in &levels {
            table += &format!(" {float} {level} |");
        }
        table += " of the limit |";
    }
    table += "\n|---|---|";
    table += &"---|".repeat(TYPES.len() * (levels.len() + 1));
    table += "\n";
    for (group, limit) in ROWS {
        let sizes: BTreeSet<Vec<u64>> =
            speeds.keys().filter(|id| id.0 == *group).map(|id| numbers(&id.3)).collect();
        for size in sizes {
            let size = size.iter().map(u64::to_string).collect::<Vec<_>>().join("x");
            let row = Row { speeds, group, limit, size: &size };
            table += &row.text(&levels, best);
        }
    }
    Ok(table)
}

/// One operation at one size.
struct Row<'t> {
    speeds: &'t BTreeMap<Id, Speed>,
    group: &'t str,
    limit: &'t str,
    size: &'t str,
}

impl Row<'_> {
    fn speed(&self, group: &str, float: &str, level: &str) -> Option<Speed> {
        let id = [group, float, level, self.size].map(str::to_owned);
        self.speeds.get(&id.into()).copied()
    }

    fn text(&self, levels: &[&str], best: &str) -> String {
        let mut text = format!("| `{}` | {} |", self.group, short(self.size));
        for float in TYPES {
            for level in levels {
                text += &match self.speed(self.group, float, level) {
                    Some(Speed { time, bandwidth, .. }) => format!(" {time:.3} ({bandwidth:.0}) |"),
                    None => " |".to_owned(),
                };
            }
            let limit = self.speed(self.limit, float, best).filter(|_| self.group != self.limit);
            text += &match self.speed(self.group, float, best).zip(limit) {
                Some((speed, limit)) => {
                    format!(" {:.0} % |", 100.0 * speed.bandwidth / limit.bandwidth)
                }
                None => " |".to_owned(),
            };
        }
        text + "\n"
    }
}

fn heading(speeds: &BTreeMap<Id, Speed>) -> Result<String, Box<dyn Error>> {
    let mut spreads: Vec<f64> = speeds.values().map(|speed| speed.spread).collect();
    spreads.sort_by(f64::total_cmp);
    let spread = 100.0 * (spreads[spreads.len() / 2] - 1.0);
    let output = |program: &str, argument: &str| -> Result<String, Box<dyn Error>> {
        let output = Command::new(program).arg(argument).output()?;
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    };
    let (rustc, date) = (output("rustc", "--version")?, output("date", "+%F")?);
    Ok(format!(
        "Nanoseconds per element (and GB/s), one call of the main method (loss and gradient to a\n\
         separate slice; steps and soft-threshold in place), on one thread where the column does\n\
         not say otherwise. The `roofline` rows are loops that only move data, with the same\n\
         streams as: `scale` soft-threshold, `update` steps, `triad` losses, `copy` softmax\n\
         cross-entropy; *of the limit* compares the best level's bandwidth with them.\n\n\
         {}, {rustc}, {date}, by `tools/speed-table run`: the fastest of 20 samples; the median\n\
         sample is {spread:.0} % slower, typically.\n\n",
        processor()
    ))
}

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let value = |key| {
        let line = info.lines().find(|line| line.split(':').next().unwrap_or("").trim() == key);
        line.and_then(|line| Some(line.split_once(':')?.1.trim().to_owned()))
    };
    let [name, family, model] = ["model name", "cpu family", "model"]
        .map(|key| value(key).unwrap_or_else(|| "unknown".to_owned()));
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    format!("{name} (family {family}, model {model}, {cores} cores)")
}
