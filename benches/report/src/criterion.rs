//! What criterion measured, from the files that it leaves.

use crate::Outcome;
use crate::record::{Row, numbers, rank};
use std::fs;
use std::path::Path;

/// Every measurement below a folder, in the order of their names.
pub(crate) fn rows(folder: &Path) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    collect(folder, &mut rows)?;
    // `2-threads` is the best level of those that were measured.
    const TWO: &str = "2-threads";
    let levels = rows.iter().map(|row| row.level.as_str()).filter(|level| *level != TWO);
    let best = levels.min_by_key(|level| rank(level)).unwrap_or_default().to_owned();
    for row in rows.iter_mut().filter(|row| row.level == TWO) {
        (row.level, row.threads) = (best.clone(), 2);
    }
    rows.sort_by_cached_key(|row| {
        let on = (rank(&row.level), row.threads);
        (row.op.clone(), row.dtype.clone(), row.elements(), numbers(&row.size), on)
    });
    Ok(rows)
}

fn collect(folder: &Path, rows: &mut Vec<Row>) -> Outcome {
    let entries = fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.join("new/benchmark.json").is_file() {
            let benchmark = fs::read_to_string(path.join("new/benchmark.json"))?;
            let sample = fs::read_to_string(path.join("new/sample.json"))?;
            let row = measurement(&benchmark, &sample);
            rows.push(row.ok_or_else(|| format!("unknown fields in {}", path.display()))?);
        } else if path.is_dir() {
            collect(&path, rows)?;
        }
    }
    Ok(())
}

/// What stands in criterion's JSON after `key`, up to `end`.
fn field<'t>(json: &'t str, key: &str, end: char) -> Option<&'t str> {
    let (_, rest) = json.split_once(key)?;
    Some(rest.split_once(end)?.0)
}

fn measurement(benchmark: &str, sample: &str) -> Option<Row> {
    let (dtype, level) = field(benchmark, r#""function_id":""#, '"')?.split_once('/')?;
    let size = field(benchmark, r#""value_str":""#, '"')?;
    let bytes: f64 = field(benchmark, r#""Bytes":"#, '}')?.parse().ok()?;
    let list = |key| {
        let list = field(sample, key, ']')?.split(',');
        list.map(|x| x.trim().parse::<f64>().ok()).collect::<Option<Vec<_>>>()
    };
    let mut row = Row {
        part: "suite".into(),
        op: field(benchmark, r#""group_id":""#, '"')?.into(),
        size: size.into(),
        level: level.into(),
        dtype: dtype.into(),
        threads: 1,
        who: "gradstep".into(),
        build: "default".into(),
        ..Row::default()
    };
    let elements = row.elements() as f64;
    let (times, iterations) = (list(r#""times":["#)?, list(r#""iters":["#)?);
    let mut times: Vec<f64> =
        times.iter().zip(&iterations).map(|(t, n)| t / n / elements).collect();
    times.sort_by(f64::total_cmp);
    (row.fastest, row.median) = (*times.first()?, times[times.len() / 2]);
    row.bytes = bytes / elements;
    Some(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_per_element_of_the_fastest_and_the_median_sample() {
        let benchmark = r#"{"group_id":"adam/amsgrad","function_id":"f64/avx2",
            "value_str":"64","throughput":{"Bytes":4608},"full_id":"x"}"#;
        let sample = r#"{"sampling_mode":"Flat","iters":[10.0,10.0,10.0],
            "times":[1920.0,640.0,1280.0]}"#;
        let row = measurement(benchmark, sample).expect("what criterion writes");
        assert_eq!((&*row.op, &*row.dtype, &*row.level), ("adam/amsgrad", "f64", "avx2"));
        assert_eq!((row.fastest, row.median, row.bytes), (1.0, 2.0, 72.0));
        assert!(measurement("{}", sample).is_none());
    }
}
