//! Each operation beside candle's own, taking turns: `cargo bench`. Medians, as a table.

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::{AdamW as CandleAdamW, Optimizer, ParamsAdamW, SGD, loss as candle};
use gradstep_candle::{AdamW, Sgd, adam_w, update};
use std::hint::black_box;
use std::time::{Duration, Instant};

const CPU: Device = Device::Cpu;
/// For one pair.
const BUDGET: Duration = Duration::from_millis(1500);

fn numbers(shape: &[usize]) -> Result<Var> {
    let x = |i: usize| ((i * 7919 % 1009) as f32 / 1009.0 - 0.5) * 6.0;
    let x: Vec<f32> = (0..shape.iter().product()).map(x).collect();
    Var::from_tensor(&Tensor::from_vec(x, shape, &CPU)?)
}

/// Times both in turn and prints a line of the table.
fn beside(
    name: &str,
    mut ours: impl FnMut() -> Result<()>,
    mut theirs: impl FnMut() -> Result<()>,
) -> Result<()> {
    let mut times = [Vec::new(), Vec::new()];
    let start = Instant::now();
    while times[1].len() < 5 || start.elapsed() < BUDGET {
        for (i, call) in
            [&mut ours as &mut dyn FnMut() -> Result<()>, &mut theirs].into_iter().enumerate()
        {
            let start = Instant::now();
            call()?;
            times[i].push(start.elapsed().as_secs_f64() * 1e6);
        }
    }
    let [ours, theirs] = times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    });
    println!("| {name} | {ours:.1} | {theirs:.1} | {:.1} |", theirs / ours);
    Ok(())
}

fn forward_and_backward(
    name: &str,
    x: &Var,
    ours: impl Fn(&Tensor) -> Result<Tensor>,
    theirs: impl Fn(&Tensor) -> Result<Tensor>,
) -> Result<()> {
    beside(
        name,
        || ours(x)?.backward().map(|grads| drop(black_box(grads))),
        || theirs(x)?.backward().map(|grads| drop(black_box(grads))),
    )
}

fn steps<A: Optimizer, B: Optimizer>(
    name: &str,
    [ours, theirs]: [Vec<Var>; 2],
    new: impl FnOnce(Vec<Var>) -> Result<A>,
    candle: impl FnOnce(Vec<Var>) -> Result<B>,
) -> Result<()> {
    let sum = |vars: &[Var]| -> Result<Tensor> {
        let sums = vars.iter().map(|v| v.sqr()?.sum_all()).collect::<Result<Vec<_>>>()?;
        Tensor::stack(&sums, 0)?.sum_all()
    };
    let (a, b) = (sum(&ours)?.backward()?, sum(&theirs)?.backward()?);
    let (mut ours, mut theirs) = (new(ours)?, candle(theirs)?);
    beside(name, || ours.step(&a), || theirs.step(&b))
}

fn main() -> Result<()> {
    println!("| f32 | here, µs | candle, µs | times |\n|---|---|---|---|");
    for (rows, classes) in [(128, 10), (1024, 10), (256, 1000), (64, 32000)] {
        let x = numbers(&[rows, classes])?;
        let y = Tensor::from_vec((0..rows).map(|i| (i % classes) as u32).collect(), rows, &CPU)?;
        forward_and_backward(
            &format!("cross-entropy {rows} x {classes}, loss and backward"),
            &x,
            |x| gradstep_candle::cross_entropy(x, &y),
            |x| candle::cross_entropy(x, &y),
        )?;
    }
    for n in [4096, 1 << 20] {
        let (x, y) = (numbers(&[n])?, numbers(&[n])?.sqr()?.detach());
        forward_and_backward(
            &format!("mse {n}, loss and backward"),
            &x,
            |x| gradstep_candle::mse(x, &y),
            |x| candle::mse(x, &y),
        )?;
        forward_and_backward(
            &format!("huber {n}, loss and backward"),
            &x,
            |x| gradstep_candle::huber(x, &y, 1.0),
            |x| candle::huber(x, &y, 1.0),
        )?;
        let y = y.lt(1.0)?.to_dtype(DType::F32)?;
        forward_and_backward(
            &format!("binary cross-entropy {n}, loss and backward"),
            &x,
            |x| gradstep_candle::binary_cross_entropy_with_logit(x, &y),
            |x| candle::binary_cross_entropy_with_logit(x, &y),
        )?;
        let by_parts = |x: &Tensor| (x.abs()? - 0.5)?.relu()? * x.sign()?;
        beside(
            &format!("soft-threshold {n}"),
            || gradstep_candle::soft_threshold(&x.detach(), 0.5).map(|y| drop(black_box(y))),
            || by_parts(&x.detach()).map(|y| drop(black_box(y))),
        )?;
    }
    // 784 - 256 - 10: 203,530 parameters in 4 variables; then one large one.
    let layers = || [&[256, 784][..], &[256], &[10, 256], &[10]].map(numbers).into_iter().collect();
    let large = || [numbers(&[1 << 22])].into_iter().collect();
    let update = adam_w(&ParamsAdamW::default())?;
    for (name, vars) in
        [("203,530 in 4", &layers as &dyn Fn() -> Result<Vec<Var>>), ("4 Mi", &large)]
    {
        steps(
            &format!("AdamW step, {name}"),
            [vars()?, vars()?],
            |vars| AdamW::new(vars, update),
            |vars| CandleAdamW::new(vars, ParamsAdamW::default()),
        )?;
        steps(
            &format!("SGD step, {name}"),
            [vars()?, vars()?],
            |vars| Sgd::new(vars, update::Sgd::new(0.0).expect("a rate of 0")),
            |vars| SGD::new(vars, 0.0),
        )?;
    }
    Ok(())
}
