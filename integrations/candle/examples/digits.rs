//! A network of two layers on the handwritten digits, trained twice with candle's layers: by
//! candle's loss and AdamW, and by gradstep's. Same losses; what a step costs, and where.
//!
//! `cargo run --release --example digits [path to digits.csv] [hidden units] [f32|f64]`

use candle_core::backprop::GradStore;
use candle_core::{D, DType, Device, Result, Tensor, Var};
use candle_nn::{AdamW as CandleAdamW, Linear, Module, Optimizer, ParamsAdamW, loss as candle};
use gradstep_candle::{AdamW, adam_w};
use std::time::{Duration, Instant};

const CPU: Device = Device::Cpu;
const EPOCHS: usize = 30;
const BATCH: usize = 128;
/// The first rows are for training, the others are held out.
const TRAINING: usize = 1437;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments
        .next()
        .unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/digits.csv").into());
    let hidden =
        arguments.next().map_or(Ok(128), |n| n.parse()).map_err(candle_core::Error::wrap)?;
    let dtype = match arguments.next().as_deref() {
        Some("f64") => DType::F64,
        _ => DType::F32,
    };
    let data = Data::read(&path, dtype)?;
    let params = ParamsAdamW { lr: 2e-3, ..ParamsAdamW::default() };

    // Once each without looking at the clock's result, then in turns.
    let alone = || -> Result<Run> {
        let model = Model::new(hidden, dtype)?;
        let adam = CandleAdamW::new(model.vars.clone(), params.clone())?;
        train(&data, model, adam, candle::cross_entropy)
    };
    let with_gradstep = || -> Result<Run> {
        let model = Model::new(hidden, dtype)?;
        let adam = AdamW::new(model.vars.clone(), adam_w(&params)?)?;
        train(&data, model, adam, gradstep_candle::cross_entropy)
    };
    let (mut theirs, mut ours) = (alone()?, with_gradstep()?);
    for _ in 0..2 {
        theirs.times = theirs.times.min(&alone()?.times);
        ours.times = ours.times.min(&with_gradstep()?.times);
    }

    println!("64 - {hidden} - 10, {dtype:?}, {} steps of {BATCH} rows", ours.losses.len());
    println!("| step | candle's loss | gradstep's |\n|---|---|---|");
    for step in [1, 2, 11, 110, ours.losses.len()] {
        println!("| {step} | {:.8} | {:.8} |", theirs.losses[step - 1], ours.losses[step - 1]);
    }
    let apart = theirs.losses.iter().zip(&ours.losses).map(|(a, b)| (a - b).abs() / b);
    println!("furthest apart: {:.1e} of the loss", apart.fold(0.0, f64::max));
    println!("held out: candle {:.2} % right, gradstep {:.2} %\n", theirs.right, ours.right);
    println!(
        "| µs per step | forward | loss | backward | update | all |\n|---|---|---|---|---|---|"
    );
    for (name, run) in [("candle alone", &theirs), ("loss and AdamW of gradstep", &ours)] {
        let [forward, loss, backward, update] =
            run.times.0.map(|time| time.as_secs_f64() * 1e6 / run.losses.len() as f64);
        let all = forward + loss + backward + update;
        println!("| {name} | {forward:.1} | {loss:.1} | {backward:.1} | {update:.1} | {all:.1} |");
    }
    let digits = if dtype == DType::F64 { 1e-6 } else { 1e-3 };
    let apart = theirs.losses.iter().zip(&ours.losses).map(|(a, b)| (a - b).abs() / b);
    assert!(apart.fold(0.0, f64::max) < digits, "the losses differ");
    Ok(())
}

struct Data {
    x: Tensor,
    y: Tensor,
}

impl Data {
    fn read(path: &str, dtype: DType) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(candle_core::Error::wrap)?;
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for line in text.lines().skip(1) {
            let row = line.split(',').map(str::parse).collect::<std::result::Result<Vec<f32>, _>>();
            let row = row.map_err(candle_core::Error::wrap)?;
            x.extend(row[..64].iter().map(|x| x / 16.0));
            y.push(row[64] as u32);
        }
        let rows = y.len();
        let x = Tensor::from_vec(x, (rows, 64), &CPU)?.to_dtype(dtype)?;
        Ok(Self { x, y: Tensor::from_vec(y, rows, &CPU)? })
    }
}

struct Model {
    layers: [Linear; 2],
    vars: Vec<Var>,
}

impl Model {
    /// The same numbers in every run.
    fn new(hidden: usize, dtype: DType) -> Result<Self> {
        let mut state = 1u64;
        let mut layer = |inputs: usize, outputs: usize| -> Result<(Var, Var)> {
            let bound = 1.0 / (inputs as f64).sqrt();
            let mut number = || {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                ((state >> 40) as f64 / (1u64 << 23) as f64 - 1.0) * bound
            };
            let w: Vec<f64> = (0..inputs * outputs).map(|_| number()).collect();
            let w = Tensor::from_vec(w, (outputs, inputs), &CPU)?.to_dtype(dtype)?;
            Ok((Var::from_tensor(&w)?, Var::zeros(outputs, dtype, &CPU)?))
        };
        let (w1, b1) = layer(64, hidden)?;
        let (w2, b2) = layer(hidden, 10)?;
        let linear =
            |w: &Var, b: &Var| Linear::new(w.as_tensor().clone(), Some(b.as_tensor().clone()));
        Ok(Self { layers: [linear(&w1, &b1), linear(&w2, &b2)], vars: vec![w1, b1, w2, b2] })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.layers[1].forward(&self.layers[0].forward(x)?.relu()?)
    }
}

struct Run {
    losses: Vec<f64>,
    times: Times,
    /// Percent of the held-out rows.
    right: f64,
}

/// Forward pass, loss, backward pass, update.
struct Times([Duration; 4]);

impl Times {
    /// The quicker of two runs.
    fn min(&self, other: &Self) -> Self {
        let all = |times: &Self| times.0.iter().sum::<Duration>();
        Self(if all(self) <= all(other) { self.0 } else { other.0 })
    }
}

fn train(
    data: &Data,
    model: Model,
    mut optimizer: impl Optimizer,
    loss: impl Fn(&Tensor, &Tensor) -> Result<Tensor>,
) -> Result<Run> {
    let (mut losses, mut times) = (Vec::new(), [Duration::ZERO; 4]);
    let mut timed = |i: usize, start: Instant| times[i] += start.elapsed();
    for _ in 0..EPOCHS {
        for first in (0..TRAINING - BATCH + 1).step_by(BATCH) {
            let (x, y) = (data.x.narrow(0, first, BATCH)?, data.y.narrow(0, first, BATCH)?);
            let start = Instant::now();
            let logits = model.forward(&x)?;
            timed(0, start);
            let start = Instant::now();
            let loss = loss(&logits, &y)?;
            timed(1, start);
            let start = Instant::now();
            let grads: GradStore = loss.backward()?;
            timed(2, start);
            let start = Instant::now();
            optimizer.step(&grads)?;
            timed(3, start);
            losses.push(loss.to_dtype(DType::F64)?.to_scalar()?);
        }
    }
    let rows = data.y.dim(0)? - TRAINING;
    let logits = model.forward(&data.x.narrow(0, TRAINING, rows)?)?;
    let hits = logits.argmax(D::Minus1)?.eq(&data.y.narrow(0, TRAINING, rows)?)?;
    let hits = hits.to_dtype(DType::F64)?.sum_all()?.to_scalar::<f64>()?;
    Ok(Run { losses, times: Times(times), right: 100.0 * hits / rows as f64 })
}
