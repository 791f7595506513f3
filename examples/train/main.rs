//! Real training on real data: sparse softmax regression on handwritten digits.
//!
//! ```text
//! cargo run --release --example train
//! cargo run --release --example train -- --l1 0.01 --level scalar data/wine.csv
//! ```
//!
//! `model.rs` has the training step; the rest reads, splits, shows and reports.

mod csv;
mod data;
mod model;
mod options;
mod products;
mod progress;

use data::{Part, Real};
use gradstep::Execution;
use model::{Settings, Times, Training};
use options::{HELP, Options};
use progress::{Progress, Reading, short};
use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let outcome = Options::parse(std::env::args_os().skip(1)).map_err(Failure::input);
    match outcome.and_then(|options| match options {
        Some(options) => in_pool(&options),
        None => print(HELP),
    }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { code, text }) => {
            // A closed stderr is no reason to panic.
            let _ = writeln!(io::stderr(), "error: {text}");
            ExitCode::from(code)
        }
    }
}

/// Why there is no result.
struct Failure {
    /// Exit code: 2 if the command line or the file is wrong, else 1.
    code: u8,
    text: String,
}

impl Failure {
    fn input(error: impl ToString) -> Self {
        Self { code: 2, text: error.to_string() }
    }

    fn other(error: impl ToString) -> Self {
        Self { code: 1, text: error.to_string() }
    }
}

/// Runs in a rayon pool of as many threads as asked for, products and gradstep alike.
fn in_pool(options: &Options) -> Result<(), Failure> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads.unwrap_or(0));
    let pool = pool.build().map_err(Failure::other)?;
    pool.install(|| if options.double { run::<f64>(options) } else { run::<f32>(options) })
}

fn run<E: Real>(options: &Options) -> Result<(), Failure> {
    let mut reading = Reading::new();
    let table = csv::read(&options.path, &mut |share| reading.tell(share));
    reading.end();
    let table = table.map_err(Failure::input)?;
    let (train_rows, held_out_rows) = data::split(&table.labels, options.seed);
    let scalings = data::scalings(&table, &train_rows);
    let train = data::part::<E>(&table, &train_rows, &scalings);
    let held_out = data::part::<E>(&table, &held_out_rows, &scalings);

    let threads = rayon::current_num_threads();
    let learning_rate = options.learning_rate;
    let learning_rate = learning_rate.unwrap_or_else(|| model::safe_learning_rate(&train));
    let settings = Settings {
        learning_rate,
        l1: options.l1,
        l2: options.l2,
        execution: Execution::new().level(options.level),
    };
    let mut training =
        Training::new(&train, table.classes.len(), &settings).map_err(Failure::input)?;

    print(&format!(
        "{}: {} rows, {} features, {} classes\n\
         training on {} rows, holding {} out; \
         learning rate {}, L1 {:?}, L2 {:?}, {} epochs\n",
        options.path.display(),
        table.labels.len(),
        table.names.len(),
        table.classes.len(),
        train.labels.len(),
        held_out.labels.len(),
        short(learning_rate),
        options.l1,
        options.l2,
        options.epochs,
    ))?;
    train_all(&mut training, &train, options.epochs, learning_rate)?;
    print(&format!(
        "held-out accuracy   {}\n\
         training accuracy   {}\n\
         weights exactly 0   {}\n\
         level               {}, {}\n\
         threads             {threads}\n\
         time per step       {}\n",
        score(&training, &held_out)?,
        score(&training, &train)?,
        zeros(training.weights()),
        options.level.name(),
        E::NAME,
        times(&training.times, options.epochs),
    ))
}

fn score<E: Real>(training: &Training<'_, E>, part: &Part<E>) -> Result<String, Failure> {
    let (loss, hits) = training.evaluate(part).map_err(Failure::other)?;
    let rows = part.labels.len();
    let percent = 100.0 * hits as f64 / rows as f64;
    let loss = short(loss);
    Ok(format!("{percent:.2} % ({hits} of {rows}), loss {loss}"))
}

fn zeros<E: Real>(weights: &[E]) -> String {
    let zeros = weights.iter().filter(|&&w| w == E::default()).count();
    let all = weights.len();
    let percent = 100.0 * zeros as f64 / all as f64;
    format!("{zeros} of {all} ({percent:.1} %)")
}

fn times(times: &Times, epochs: u32) -> String {
    let Times { products, loss, update } = times;
    let [products, loss, update] =
        [products, loss, update].map(|time| 1e6 * time.as_secs_f64() / f64::from(epochs));
    let sum = products + loss + update;
    format!(
        "{sum:.1} us = products (ndarray) {products:.1} + loss and gradient {loss:.1} + update {update:.1}"
    )
}

/// More than rounding may raise the objective in a step, as a share of it.
const GROWTH: f64 = 1e-3;

/// Takes all steps, or stops where the loss leaves the finite numbers. Says once that the
/// objective, loss and penalty, has grown, which a safe learning rate never makes it do.
fn train_all<E: Real>(
    training: &mut Training<'_, E>,
    part: &Part<E>,
    epochs: u32,
    learning_rate: f64,
) -> Result<(), Failure> {
    let mut progress = Progress::new(epochs);
    let (mut before, mut warned) = (f64::INFINITY, false);
    for epoch in 1..=epochs {
        let penalty = training.penalty();
        let loss = training.step().map_err(Failure::other)?;
        if !loss.is_finite() {
            progress.end();
            return Err(Failure::other(format!(
                "the loss is {loss} in epoch {epoch}: the learning rate {} is too \
                 large; without --lr a safe one is chosen",
                short(learning_rate)
            )));
        }
        let objective = loss + penalty;
        if !warned && objective > before * (1.0 + GROWTH) {
            warned = true;
            progress.warn(&format!(
                "loss and penalty grew from {} to {} in epoch {}: the learning rate {} may be \
                 too large; without --lr a safe one is chosen",
                short(before),
                short(objective),
                epoch - 1,
                short(learning_rate)
            ));
        }
        before = objective;
        if progress.due(epoch) {
            let (loss, hits) = training.evaluate(part).map_err(Failure::other)?;
            progress.show(epoch, loss, hits as f64 / part.labels.len() as f64);
        }
    }
    progress.end();
    Ok(())
}

/// Writes to stdout. A reader that has gone away, as in `train | head -1`, has
/// read what it wanted.
fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::other(error)),
        _ => Ok(()),
    }
}
