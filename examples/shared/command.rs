//! The command line of every lesson: `--out`, `--help`, and what went wrong.

use super::picture::{self, Panel};
use indicatif::{ProgressBar, ProgressStyle};
use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// What a lesson gives back or fails with.
pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// What a lesson has found.
pub struct Report {
    /// The conclusion, in words and numbers.
    pub text: String,
    pub panels: Vec<Panel>,
}

/// Runs the lesson of this name, prints its conclusion and writes its picture.
pub fn run(name: &str, about: &str, lesson: impl FnOnce() -> Outcome<Report>) -> ExitCode {
    let folder = match options() {
        Ok(Some(folder)) => folder,
        Ok(None) => {
            let usage = "Options:\n  --out DIR  where the picture goes (default: pictures)\n  \
                         --help     this text\n";
            return code(print(&format!("{about}\n\n{usage}")).map_err(Into::into), 1);
        }
        Err(error) => return code(Err(error.into()), 2),
    };
    let outcome = lesson().and_then(|report| {
        std::fs::create_dir_all(&folder)?;
        let file = folder.join(name).with_extension("svg");
        std::fs::write(&file, picture::svg(&report.panels)?)?;
        Ok(print(&format!("{}\npicture: {}\n", report.text.trim_end(), file.display()))?)
    });
    code(outcome, 1)
}

/// A bar on stderr, for what takes longer than a second; nothing without a terminal.
pub fn progress(steps: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {msg}");
    let bar = ProgressBar::new(steps);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

/// Where the picture goes; `None` if help is asked for.
fn options() -> Result<Option<PathBuf>, lexopt::Error> {
    use lexopt::Arg::{Long, Short};
    let mut folder = PathBuf::from("pictures");
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("out") => folder = parser.value()?.into(),
            Long("help") | Short('h') => return Ok(None),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Some(folder))
}

/// A reader that has gone away, as in `.. | head -1`, has read what it wanted.
fn print(text: &str) -> io::Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}

fn code(outcome: Outcome<()>, failure: u8) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed stderr is no reason to panic.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::from(failure)
        }
    }
}
