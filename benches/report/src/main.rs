//! Tables and pictures of what was measured: see `tools/report`, which calls this,
//! and the check of instruction counts for `tools/counts`.
//!
//! `record <folder> <criterion folder> [<lines.csv>..]` writes one record of a machine
//! and a day, `show <record.csv>` makes tables and pictures from a record alone.

mod calls;
mod counts;
mod criterion;
mod limits;
mod machine;
mod pictures;
mod readme;
mod record;
mod tables;

// The look of the lessons' pictures.
#[path = "../../../examples/shared/picture.rs"]
#[allow(dead_code, unreachable_pub, reason = "lessons use the rest")]
mod picture;

use record::Record;
use std::error::Error;
use std::fs;
use std::path::Path;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const USAGE: &str = "usage: gradstep-report record <folder> <criterion folder> [<lines.csv>..] | \
                     show <record.csv> [--readme README.md] | counts <ids> <limits> [--write]";

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match &arguments[..] {
        ["record", to, folder, lines @ ..] => record(to.as_ref(), folder.as_ref(), lines),
        ["show", path] => show(path.as_ref(), None),
        ["show", path, "--readme", readme] => show(path.as_ref(), Some(readme.as_ref())),
        ["counts", ids, limits] => counts::check(ids.as_ref(), limits.as_ref()),
        ["counts", ids, limits, "--write"] => counts::write(ids.as_ref(), limits.as_ref()),
        _ => Err(USAGE.into()),
    }
}

/// Writes the record and prints its path, for the next command.
fn record(to: &Path, folder: &Path, lines: &[&str]) -> Outcome {
    let mut record = Record { facts: machine::facts()?, rows: criterion::rows(folder)? };
    for path in lines {
        let measured = Record::read(path.as_ref())?;
        record.rows.extend(measured.rows);
        // What a program knows of itself: two builds of it say the same.
        for fact in measured.facts {
            if record.facts.iter().all(|known| known.0 != fact.0) {
                record.facts.push(fact);
            }
        }
    }
    if record.rows.is_empty() {
        return Err("nothing was measured".into());
    }
    limits::fill_in(&mut record.rows);
    let path = to.join(machine::folder()).join(record.fact("date"));
    let path = path.with_extension("csv");
    fs::create_dir_all(path.parent().ok_or("no folder")?)?;
    record.write(&path)?;
    println!("{}", path.display());
    Ok(())
}

/// Everything that a reader sees of a record.
fn show(path: &Path, readme: Option<&Path>) -> Outcome {
    let record = Record::read(path)?;
    let sibling = |suffix: &str| path.with_extension(suffix);
    fs::write(sibling("limits.svg"), picture::svg(&pictures::limits(&record))?)?;
    fs::write(sibling("peers.svg"), picture::svg(&pictures::peers(&record))?)?;
    for (suffix, panels) in
        [("classes.svg", pictures::classes(&record)), ("growth.svg", pictures::growth(&record))]
    {
        if !panels.is_empty() {
            fs::write(sibling(suffix), picture::svg(&panels)?)?;
        }
    }
    fs::write(sibling("md"), tables::whole(&record, path)?)?;
    if let Some(readme) = readme {
        readme::write(readme, &record, path)?;
    }
    println!(
        "{}, its pictures{}",
        sibling("md").display(),
        match readme {
            Some(readme) => format!(", and {}", readme.display()),
            None => String::new(),
        }
    );
    Ok(())
}
