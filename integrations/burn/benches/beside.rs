//! Loss and backward pass by burn's own losses and by these, in turns: `cargo bench`. The fastest
//! call of each, µs, which other programs disturb least.

use burn::nn::loss::{
    BinaryCrossEntropyLossConfig, CrossEntropyLossConfig, HuberLossConfig, Reduction,
};
use burn::tensor::{Device, Distribution, Int, Tensor, TensorData};
use gradstep_burn::{CrossEntropy, Pointwise};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// For one pair.
const BUDGET: Duration = Duration::from_millis(1500);

fn beside<const D: usize>(
    name: &str,
    x: &Tensor<D>,
    ours: impl Fn(Tensor<D>) -> Tensor<1>,
    theirs: impl Fn(Tensor<D>) -> Tensor<1>,
) {
    let calls: [&dyn Fn(Tensor<D>) -> Tensor<1>; 2] = [&ours, &theirs];
    let mut times = [Vec::new(), Vec::new()];
    let start = Instant::now();
    while times[1].len() < 5 || start.elapsed() < BUDGET {
        for (times, call) in times.iter_mut().zip(calls) {
            let start = Instant::now();
            black_box(call(x.clone()).backward());
            times.push(start.elapsed().as_secs_f64() * 1e6);
        }
    }
    let [ours, theirs] = times.map(|times| times.into_iter().fold(f64::INFINITY, f64::min));
    println!("| {name} | {ours:.1} | {theirs:.1} ({:.1}x) |", theirs / ours);
}

fn main() {
    let device = Device::flex().autodiff();
    println!("| loss and backward, f32 | gradstep, µs | burn, µs |");
    println!("|---|---|---|");
    for n in [4096, 1 << 20] {
        let normal = || Tensor::<1>::random([n], Distribution::Normal(0.0, 2.0), &device);
        let (x, y) = (normal().require_grad(), normal());
        let huber = HuberLossConfig::new(1.0).init();
        beside(
            &format!("Huber, {n}"),
            &x,
            |x| Pointwise::Huber { delta: 1.0 }.forward(x, y.clone()).expect("not refused"),
            |x| huber.forward(x, y.clone(), Reduction::Mean),
        );
        let (labels, classes) =
            (y.clone().greater_elem(0.0).float(), y.clone().greater_elem(0.0).int());
        let bce = BinaryCrossEntropyLossConfig::new().with_logits(true).init(&device);
        let ours = Pointwise::BinaryCrossEntropyWithLogits { pos_weight: 1.0 };
        beside(
            &format!("binary cross-entropy of logits, {n}"),
            &x,
            |x| ours.forward(x, labels.clone()).expect("not refused"),
            |x| bce.forward(x, classes.clone()),
        );
    }
    for (rows, classes) in [(1024, 10), (256, 1000)] {
        let x = Tensor::<2>::random([rows, classes], Distribution::Normal(0.0, 2.0), &device);
        let y: Vec<i64> = (0..rows).map(|r| (r * 31 % classes) as i64).collect();
        let y = Tensor::<1, Int>::from_data(TensorData::new(y, [rows]), &device);
        let theirs = CrossEntropyLossConfig::new().init(&device);
        beside(
            &format!("cross-entropy, {rows} x {classes}"),
            &x.require_grad(),
            |x| CrossEntropy::default().forward(x, y.clone()).expect("not refused"),
            |x| theirs.forward(x, y.clone()),
        );
    }
}
