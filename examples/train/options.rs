//! The command line.

use gradstep::Level;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::str::FromStr;

pub(crate) const HELP: &str = "\
Trains softmax regression with an L1 penalty on a CSV file and reports how well
it does on a fifth of the rows that it has not seen.

Usage: train [OPTIONS] [PATH]

  PATH          a header line, columns of numbers, the label last
                (default: the handwritten digits of this repository)

Options:
  --lr X        learning rate, above 0 and finite (default: 1/L, which never raises
                loss and penalty)
  --l1 X        L1 penalty on the weights, not on the intercepts, from 0 and finite
                (default: 0.001)
  --l2 X        L2 penalty, likewise (default: 0)
  --epochs N    steps, each over all rows, 1 to 4294967295 (default: 3000)
  --threads N   threads, 1 to 1024 (default: one for every CPU)
  --level NAME  instruction set of the kernels: scalar, portable, avx2 or avx512,
                where the CPU has it (default: the best here)
  --f64         double precision (default: single)
  --seed N      decides which rows are held out, 0 to 18446744073709551615
                (default: 0)
  --help        this text
";

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    pub(crate) path: PathBuf,
    /// `None`: from the data.
    pub(crate) learning_rate: Option<f64>,
    pub(crate) l1: f64,
    pub(crate) l2: f64,
    pub(crate) epochs: u32,
    /// `None`: rayon decides.
    pub(crate) threads: Option<usize>,
    pub(crate) level: Level,
    pub(crate) double: bool,
    pub(crate) seed: u64,
}

impl Options {
    /// Reads the arguments; `None` if they ask for help.
    pub(crate) fn parse(
        args: impl IntoIterator<Item = OsString>,
    ) -> Result<Option<Self>, lexopt::Error> {
        // Above `examples/train`.
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
        let repository = repository.expect("two folders above the example");
        let mut options = Self {
            path: repository.join("data/digits.csv"),
            learning_rate: None,
            l1: 1e-3,
            l2: 0.0,
            epochs: 3000,
            threads: None,
            level: Level::best(),
            double: false,
            seed: 0,
        };
        let mut path_given = false;
        let mut parser = lexopt::Parser::from_args(args);
        while let Some(argument) = parser.next()? {
            use lexopt::Arg::{Long, Short, Value};
            match argument {
                Long("lr") => {
                    options.learning_rate =
                        Some(value(&mut parser, "--lr", |x: f64| x > 0.0 && x.is_finite())?)
                }
                Long("l1") => {
                    options.l1 = value(&mut parser, "--l1", |x: f64| x >= 0.0 && x.is_finite())?
                }
                Long("l2") => {
                    options.l2 = value(&mut parser, "--l2", |x: f64| x >= 0.0 && x.is_finite())?
                }
                Long("epochs") => options.epochs = value(&mut parser, "--epochs", |n| n > 0)?,
                Long("threads") => {
                    let count = value(&mut parser, "--threads", |n| (1..=1024).contains(&n))?;
                    options.threads = Some(count);
                }
                Long("level") => options.level = level(&parser.value()?)?,
                Long("f64") => options.double = true,
                Long("seed") => options.seed = value(&mut parser, "--seed", |_| true)?,
                Long("help") | Short('h') => return Ok(None),
                Value(path) if !path_given => {
                    options.path = path.into();
                    path_given = true;
                }
                _ => return Err(argument.unexpected()),
            }
        }
        Ok(Some(options))
    }
}

fn value<T: FromStr + Copy>(
    parser: &mut lexopt::Parser,
    option: &str,
    admissible: impl Fn(T) -> bool,
) -> Result<T, lexopt::Error> {
    let text = parser.value()?;
    let value = text.to_str().and_then(|text| text.parse().ok());
    let refusal = || format!("{option}: {text:?} is not an admissible value; see --help").into();
    value.filter(|&value| admissible(value)).ok_or_else(refusal)
}

fn level(name: &OsString) -> Result<Level, lexopt::Error> {
    if let Some(level) = Level::available().find(|level| name == level.name()) {
        return Ok(level);
    }
    let available: Vec<_> = Level::available().map(|level| level.name()).collect();
    let available = available.join(", ");
    Err(format!("--level: no {name:?} on this machine; there are {available}").into())
}
