//! A record: what was measured on one machine on one day, as comma-separated lines
//! under a heading, with facts about the machine in front.

use crate::Outcome;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// One measurement; times are nanoseconds per element.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    /// `suite`: one call of ours alone; `peers`: interleaved with other crates;
    /// `growth`: many sizes and memory.
    pub(crate) part: String,
    pub(crate) op: String,
    /// Elements, or rows x classes.
    pub(crate) size: String,
    /// Empty for a peer, which chooses its own.
    pub(crate) level: String,
    pub(crate) dtype: String,
    pub(crate) threads: u32,
    /// `gradstep` or a peer.
    pub(crate) who: String,
    /// `default` or `native`.
    pub(crate) build: String,
    pub(crate) median: f64,
    pub(crate) fastest: f64,
    /// Each slice once per read and once per write.
    pub(crate) bytes: f64,
    /// Of the calling process, where memory was measured: all slices, and the
    /// most that was resident.
    pub(crate) buffers: Option<f64>,
    pub(crate) peak: Option<f64>,
    /// The loop with the same streams, and the share of its bandwidth.
    pub(crate) limit: String,
    pub(crate) percent: Option<f64>,
    /// The fastest peer, and how many times its time is ours.
    pub(crate) peer: String,
    pub(crate) ratio: Option<f64>,
}

const HEADING: &str = "part,op,size,level,dtype,threads,who,build,median_ns,fastest_ns,\
                       bytes_per_element,buffer_bytes,peak_bytes,gb_per_s,limit,limit_percent,\
                       best_peer,times_faster_than_peer";

impl Row {
    pub(crate) fn elements(&self) -> u64 {
        elements(&self.size)
    }

    /// Of the fastest sample and of the median one.
    pub(crate) fn times(&self) -> String {
        format!("{:.3} / {:.3}", self.fastest, self.median)
    }

    /// Gigabytes per second of the fastest sample.
    pub(crate) fn bandwidth(&self) -> f64 {
        self.bytes / self.fastest
    }

    fn line(&self) -> String {
        let optional =
            |x: Option<f64>, digits: usize| x.map(|x| format!("{x:.digits$}")).unwrap_or_default();
        let Row { part, op, size, level, dtype, threads, who, build, .. } = self;
        let mut line = format!("{part},{op},{size},{level},{dtype},{threads},{who},{build}");
        let _ = write!(line, ",{:.5},{:.5},{}", self.median, self.fastest, self.bytes);
        let _ = write!(line, ",{},{}", optional(self.buffers, 0), optional(self.peak, 0));
        let _ = write!(line, ",{:.2},{}", self.bandwidth(), self.limit);
        let _ = write!(line, ",{},{}", optional(self.percent, 1), self.peer);
        line + "," + &optional(self.ratio, 2)
    }

    /// Fields by the names in the heading, so that lines may lack some.
    fn parse(names: &[&str], line: &str) -> Outcome<Self> {
        let mut row = Row::default();
        for (name, field) in names.iter().zip(line.split(',')) {
            let number = || field.parse::<f64>().map_err(|e| format!("{name}: {field:?}: {e}"));
            let optional = || if field.is_empty() { Ok(None) } else { number().map(Some) };
            match *name {
                "part" => row.part = field.into(),
                "op" => row.op = field.into(),
                "size" => row.size = field.into(),
                "level" => row.level = field.into(),
                "dtype" => row.dtype = field.into(),
                "threads" => row.threads = field.parse()?,
                "who" => row.who = field.into(),
                "build" => row.build = field.into(),
                "median_ns" => row.median = number()?,
                "fastest_ns" => row.fastest = number()?,
                "bytes_per_element" => row.bytes = number()?,
                "buffer_bytes" => row.buffers = optional()?,
                "peak_bytes" => row.peak = optional()?,
                "gb_per_s" => {} // of the others
                "limit" => row.limit = field.into(),
                "limit_percent" => row.percent = optional()?,
                "best_peer" => row.peer = field.into(),
                "times_faster_than_peer" => row.ratio = optional()?,
                _ => return Err(format!("no field {name:?}").into()),
            }
        }
        Ok(row)
    }
}

/// Rows, and facts about the machine and the run.
pub(crate) struct Record {
    pub(crate) facts: Vec<(String, String)>,
    pub(crate) rows: Vec<Row>,
}

impl Record {
    pub(crate) fn read(path: &Path) -> Outcome<Self> {
        let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let facts = text.lines().filter_map(|line| line.strip_prefix("# ")?.split_once(": "));
        let facts = facts.map(|(name, fact)| (name.into(), fact.into())).collect();
        let mut lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let names: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
        let rows = lines.map(|line| Row::parse(&names, line)).collect::<Outcome<_>>()?;
        Ok(Self { facts, rows })
    }

    pub(crate) fn write(&self, path: &Path) -> Outcome {
        let mut text = String::new();
        for (name, fact) in &self.facts {
            writeln!(text, "# {name}: {fact}")?;
        }
        text = text + HEADING + "\n";
        for row in &self.rows {
            text = text + &row.line() + "\n";
        }
        Ok(fs::write(path, text)?)
    }

    pub(crate) fn fact(&self, name: &str) -> &str {
        let fact = self.facts.iter().find(|fact| fact.0 == name);
        fact.map_or("unknown", |fact| fact.1.as_str())
    }

    /// Ours, alone, on one level.
    pub(crate) fn suite(&self, op: &str, size: &str, dtype: &str, on: On) -> Option<&Row> {
        self.rows.iter().find(|row| {
            let place = row.op == op && row.size == size && row.dtype == dtype;
            place && row.part == "suite" && on.is(row)
        })
    }

    /// Levels of the suite, best first.
    pub(crate) fn levels(&self) -> Vec<&str> {
        let mut levels: Vec<&str> = Vec::new();
        for row in self.rows.iter().filter(|row| row.part == "suite") {
            if !levels.contains(&row.level.as_str()) {
                levels.push(&row.level);
            }
        }
        levels.sort_by_key(|level| rank(level));
        levels
    }
}

/// Where a row of ours ran.
#[derive(Clone, Copy)]
pub(crate) struct On<'l> {
    pub(crate) level: &'l str,
    pub(crate) threads: u32,
}

impl On<'_> {
    fn is(self, row: &Row) -> bool {
        row.level == self.level && row.threads == self.threads
    }
}

/// Smaller for better levels; one that is new here is better than the portable one.
pub(crate) fn rank(level: &str) -> usize {
    match level {
        "avx512" => 0,
        "avx2" => 1,
        "portable" => 3,
        "scalar" => 4,
        _ => 2,
    }
}

/// Elements, or rows and columns, of a size.
pub(crate) fn numbers(size: &str) -> Vec<u64> {
    size.split('x').filter_map(|n| n.parse().ok()).collect()
}

pub(crate) fn elements(size: &str) -> u64 {
    numbers(size).iter().product()
}

/// `4 Ki` for 4096.
pub(crate) fn short(size: &str) -> String {
    match *numbers(size) {
        [n] if n >= 1 << 20 => format!("{} Mi", n >> 20),
        [n] if n >= 1 << 10 => format!("{} Ki", n >> 10),
        _ => size.replace('x', " x "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_was_written() {
        let row = Row {
            op: "sgd".into(),
            size: "1024x10".into(),
            threads: 2,
            median: 0.25,
            fastest: 0.125,
            bytes: 12.0,
            peak: Some(4096.0),
            percent: Some(97.5),
            ratio: None,
            ..Row::default()
        };
        let names: Vec<&str> = HEADING.split(',').collect();
        let line = row.line();
        assert_eq!(line.split(',').count(), names.len());
        let read = Row::parse(&names, &line).expect("its own line");
        assert_eq!(read.line(), line);
        assert_eq!((read.elements(), read.bandwidth()), (10240, 96.0));
        assert!(Row::parse(&["fastest_ns"], "fast").is_err());
        assert!(Row::parse(&["colour"], "red").is_err());
    }

    #[test]
    fn an_unknown_level_is_better_than_the_portable_one() {
        let mut levels = ["scalar", "neon", "portable", "avx2"];
        levels.sort_by_key(|level| rank(level));
        assert_eq!(levels, ["avx2", "neon", "portable", "scalar"]);
    }
}
