//! Softmax regression on the handwritten digits, by all ranks together.
//!
//! `mpirun -n 4 --oversubscribe target/release/train [--steps n] [--patience seconds]
//! [--die rank] [--hang rank]`: the last two let a rank end or stop halfway, to see what becomes
//! of the others.

use gradstep::Reduction;
use gradstep::loss::{CrossEntropy, Logits, LossSum, Outputs};
use gradstep::update::ProxSgd;
use gradstep_mpi::Ranks;
use std::process::ExitCode;
use std::time::{Duration, Instant};

const INPUTS: usize = 65;
const CLASSES: usize = 10;
const DIGITS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/digits.csv");

struct Arguments {
    steps: usize,
    patience: f64,
    die: Option<usize>,
    hang: Option<usize>,
}

fn main() -> ExitCode {
    let Some(universe) = mpi::initialize() else {
        eprintln!("MPI was there before");
        return ExitCode::FAILURE;
    };
    // Every rank finds the same, so that one may speak for all.
    match run(universe.world()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            use mpi::traits::Communicator;
            if universe.world().rank() == 0 {
                eprintln!("{why}");
            }
            ExitCode::from(2)
        }
    }
}

fn arguments() -> Result<Arguments, String> {
    let mut arguments = Arguments { steps: 200, patience: 10.0, die: None, hang: None };
    let mut words = std::env::args().skip(1);
    while let Some(name) = words.next() {
        let value = words.next().ok_or(format!("{name} wants a number"))?;
        let number = || value.parse::<usize>().map_err(|error| format!("{name} {value}: {error}"));
        match name.as_str() {
            "--steps" => arguments.steps = number()?,
            "--patience" => arguments.patience = number()? as f64,
            "--die" => arguments.die = Some(number()?),
            "--hang" => arguments.hang = Some(number()?),
            _ => return Err(format!("{name} is not known")),
        }
    }
    Ok(arguments)
}

/// Rows of 64 pixels in 0..=1 and a 1, and the digits.
fn digits() -> Result<(Vec<f64>, Vec<u8>), String> {
    let text = std::fs::read_to_string(DIGITS).map_err(|error| format!("{DIGITS}: {error}"))?;
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for line in text.lines().skip(1) {
        let row = line.split(',').map(str::parse).collect::<Result<Vec<f64>, _>>();
        let row = row.map_err(|error| format!("{DIGITS}: {error}"))?;
        x.extend(row[..64].iter().map(|x| x / 16.0).chain([1.0]));
        y.push(row[64] as u8);
    }
    Ok((x, y))
}

/// The gradient of the sum of the rows' losses, and behind it that sum taken apart.
fn block(x: &[f64], y: &[u8], w: &[f64]) -> Result<Vec<f64>, gradstep::Error> {
    let mut z = vec![0.0; y.len() * CLASSES];
    for (z, x) in z.chunks_exact_mut(CLASSES).zip(x.chunks_exact(INPUTS)) {
        for (x, w) in x.iter().zip(w.chunks_exact(CLASSES)) {
            z.iter_mut().zip(w).for_each(|(z, w)| *z += x * w);
        }
    }
    let loss = CrossEntropy::new(CLASSES)?.reduction(Reduction::Sum);
    let outputs = Outputs { count_correct: true, ..Outputs::default() };
    let sum = loss.evaluate(Logits::InPlace(&mut z), y, outputs)?;
    let mut all = vec![0.0; INPUTS * CLASSES];
    for (z, x) in z.chunks_exact(CLASSES).zip(x.chunks_exact(INPUTS)) {
        for (x, g) in x.iter().zip(all.chunks_exact_mut(CLASSES)) {
            g.iter_mut().zip(z).for_each(|(g, z)| *g += x * z);
        }
    }
    let ([loss, denominator], [rows, correct]) = sum.to_parts();
    // Counts of rows are exact in f64.
    all.extend([loss, denominator, rows as f64, correct as f64]);
    Ok(all)
}

fn run(world: mpi::topology::SimpleCommunicator) -> Result<(), String> {
    let Arguments { steps, patience, die, hang } = arguments()?;
    let ranks = Ranks::new(world, Duration::from_secs_f64(patience))?;
    let (x, y) = digits()?;
    let refused = |error: gradstep::Error| error.to_string();
    let update = ProxSgd::new(0.5).and_then(|update| update.l1(1e-3)).map_err(refused)?;
    let mut w = vec![0.0; INPUTS * CLASSES];
    let (start, mut waiting) = (Instant::now(), Duration::ZERO);
    for step in 0..=steps {
        if step == steps / 2 && die == Some(ranks.rank()) {
            std::process::abort();
        }
        if step == steps / 2 && hang == Some(ranks.rank()) {
            std::thread::sleep(Duration::from_secs(3600));
        }
        let blocks = ranks.blocks(y.len());
        let parts =
            blocks.map(|rows| block(&x[rows.start * INPUTS..rows.end * INPUTS], &y[rows], &w));
        let parts = parts.collect::<Result<Vec<_>, _>>().map_err(refused)?;
        let begin = Instant::now();
        let sums = ranks.sum(parts);
        waiting += begin.elapsed();
        let (gradient, parts) = sums.split_at(w.len());
        let all = LossSum::from_parts([parts[0], parts[1]], [parts[2] as u64, parts[3] as u64]);
        if ranks.rank() == 0 && (step % 50 == 0 || step == steps) {
            let (loss, correct) = (all.mean(), all.correct());
            println!("step {step:4}  loss {loss:.17}  {correct} of {} right", all.rows());
        }
        // The mean's gradient: the sums', divided in the same pass.
        let update = update.grad_scale(all.denominator().recip()).map_err(refused)?;
        update.step(&mut w, gradient).map_err(refused)?;
    }
    if ranks.rank() == 0 {
        let zeros = w.iter().filter(|&&w| w == 0.0).count();
        let bits = w.iter().fold(0xcbf2_9ce4_8422_2325u64, |hash, w| {
            (hash ^ w.to_bits()).wrapping_mul(0x0100_0000_01b3)
        });
        println!("weights {bits:016x}, {zeros} of {} are 0", w.len());
        let [all, waiting] =
            [start.elapsed(), waiting].map(|t| t.as_secs_f64() * 1e6 / (steps + 1) as f64);
        eprintln!("{} ranks: {all:.0} us a step, {waiting:.0} of it to gather", ranks.count());
    }
    Ok(())
}
