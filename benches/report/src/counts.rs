//! Instructions of each call beside their limits.
//!
//! Callgrind leaves one dump for each call, numbered as the lines of the file of
//! ids beside it; limits are a file of the repository.

use crate::{Outcome, machine};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What may change without a reason, such as another place of a constant.
const TOLERANCE: f64 = 0.02;
const HEADING: &str = "architecture,operation,size,type,level,instructions";

/// Instructions by architecture and id.
type Counts = BTreeMap<String, u64>;

/// Fails if a call takes more than its limit allows, or has none.
pub(crate) fn check(ids: &Path, limits_path: &Path) -> Outcome {
    let (counts, limits) = (counted(ids)?, read(limits_path)?);
    let mut failures = 0;
    let mut fewer = 0;
    for (id, count) in &counts {
        let Some(limit) = limits.get(id) else {
            println!("{id}: {count} instructions, and no limit");
            failures += 1;
            continue;
        };
        let (now, then) = (*count as f64, *limit as f64);
        if now > then * (1.0 + TOLERANCE) {
            let change = 100.0 * (now / then - 1.0);
            println!("{id}: {count} instructions, limit {limit}: {change:+.1} %");
            failures += 1;
        } else if now < then * (1.0 - TOLERANCE) {
            fewer += 1;
        }
    }
    let (now, then) = (machine::compiler()?, compiler(limits_path)?);
    if now != then {
        println!("the limits are those of {then}, and this is {now}");
    }
    println!("{} calls counted, {failures} above their limits, {fewer} well below", counts.len());
    match failures {
        0 => Ok(()),
        _ => Err("intended? then: tools/counts --write".into()),
    }
}

/// Makes the counts the limits; those of other architectures and calls stay.
pub(crate) fn write(ids: &Path, limits: &Path) -> Outcome {
    let counts = counted(ids)?;
    let mut all = if limits.exists() { read(limits)? } else { Counts::new() };
    println!("{} limits written to {}", counts.len(), limits.display());
    all.extend(counts);
    let lines = all.iter().map(|(id, count)| format!("{id},{count}\n"));
    let heading = format!("# {}\n{HEADING}\n", machine::compiler()?);
    Ok(fs::write(limits, heading + &lines.collect::<String>())?)
}

/// Whose code the limits are of: another compiler makes another.
fn compiler(limits: &Path) -> Outcome<String> {
    let text = fs::read_to_string(limits)?;
    Ok(text.lines().next().unwrap_or_default().trim_start_matches("# ").to_owned())
}

fn read(limits: &Path) -> Outcome<Counts> {
    let text = fs::read_to_string(limits).map_err(|e| format!("{}: {e}", limits.display()))?;
    let line = |line: &str| {
        let (id, count) = line.rsplit_once(',')?;
        Some((id.to_owned(), count.parse().ok()?))
    };
    let lines = text.lines().skip(2).map(|text| line(text).ok_or(format!("no limit: {text:?}")));
    Ok(lines.collect::<Result<_, _>>()?)
}

fn counted(ids: &Path) -> Outcome<Counts> {
    let text = fs::read_to_string(ids)?;
    let mut counts = Counts::new();
    for (i, id) in text.lines().enumerate() {
        let dump = ids.with_extension(format!("out.{}", i + 1));
        let dump = fs::read_to_string(&dump).map_err(|e| format!("{}: {e}", dump.display()))?;
        let total = dump.lines().find_map(|line| line.strip_prefix("totals: "));
        let total = total.ok_or("a dump without a total")?.trim().parse()?;
        counts.insert(format!("{},{id}", std::env::consts::ARCH), total);
    }
    if counts.is_empty() { Err("nothing was counted".into()) } else { Ok(counts) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_percent_more_are_allowed_and_no_more() {
        let folder = std::env::temp_dir().join(format!("counts-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let (ids, limits) = (folder.join("ids.txt"), folder.join("limits.csv"));
        let dump = |count: u32| {
            fs::write(folder.join("ids.out.1"), format!("events: Ir\ntotals: {count}\n"))
        };
        fs::write(&ids, "sgd,64,f32,scalar\n").expect("ids");
        dump(1000).expect("a dump");
        write(&ids, &limits).expect("limits");
        for (count, allowed) in [(1000, true), (1020, true), (1021, false), (900, true)] {
            dump(count).expect("a dump");
            assert_eq!(check(&ids, &limits).is_ok(), allowed, "{count}");
        }
        fs::write(&ids, "lion,64,f32,scalar\n").expect("ids");
        assert!(check(&ids, &limits).is_err(), "a call without a limit");
        fs::remove_dir_all(folder).expect("the folder of before");
    }
}
