//! Gradient boosting of stumps: trees of one question, each fitted to the gradient and, by
//! Newton's method, to the curvature of the losses.

use crate::shared::random::Random;
use crate::shared::table::Table;
use gradstep::loss::BinaryCrossEntropyWithLogits;
use gradstep::{Error, Execution};
use std::time::{Duration, Instant};

/// Values of a feature are sorted into so many bins.
const BINS: usize = 64;

/// What a leaf's curvature is increased by, so that leaves of few rows stay small.
const L2: f64 = 1.0;

/// What a leaf divides the sum of its gradients by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Leaf {
    /// The sum of second derivatives: a step of Newton's method.
    Newton,
    /// The number of rows: a step along the gradient.
    Gradient,
}

/// A question and its two answers, in logits.
#[derive(Clone, Copy, Debug)]
struct Stump {
    feature: usize,
    /// Bins up to this one go left.
    bin: u8,
    answers: [f64; 2],
}

/// Rows of a table in bins.
pub struct Data {
    /// `[features, rows]`
    bins: Vec<u8>,
    labels: Vec<f32>,
}

impl Data {
    /// 569 tumours, of which 357 are benign: four fifths to train on, and the rest.
    pub fn breast_cancer() -> [Self; 2] {
        let table = Table::breast_cancer();
        let order = Random(3).order(table.targets.len());
        let (held_out, train) = order.split_at(order.len() / 5);
        let edges: Vec<_> = (0..table.names.len()).map(|f| edges(&table, train, f)).collect();
        [train, held_out].map(|rows| {
            let bin = |f: usize, row: usize| edges[f].partition_point(|e| *e < table.row(row)[f]);
            let of_feature = |f| rows.iter().map(move |row| (f, *row));
            let all = (0..edges.len()).flat_map(of_feature);
            let bins = all.map(|(f, row)| bin(f, row) as u8).collect();
            Self { bins, labels: rows.iter().map(|row| table.targets[*row] as f32).collect() }
        })
    }

    fn feature(&self, feature: usize) -> &[u8] {
        &self.bins[feature * self.labels.len()..][..self.labels.len()]
    }

    fn add(&self, stump: Stump, rate: f64, scores: &mut [f64]) {
        for (bin, score) in self.feature(stump.feature).iter().zip(scores) {
            *score += rate * stump.answers[usize::from(*bin > stump.bin)];
        }
    }

    /// The share of rows whose label is on the score's side.
    fn accuracy(&self, scores: &[f64]) -> f64 {
        let right = |(y, score): &(&f32, &f64)| (**y > 0.5) == (**score > 0.0);
        self.labels.iter().zip(scores).filter(right).count() as f64 / scores.len() as f64
    }
}

/// Between the bins of a feature lie as many rows each.
fn edges(table: &Table, rows: &[usize], feature: usize) -> Vec<f64> {
    let mut values: Vec<f64> = rows.iter().map(|row| table.row(*row)[feature]).collect();
    values.sort_by(f64::total_cmp);
    let mut edges: Vec<f64> = (1..BINS).map(|bin| values[bin * values.len() / BINS]).collect();
    edges.dedup();
    edges
}

/// Sums over rows: gradient, curvature.
type Sums = [f64; 2];

/// The stump that lowers the losses most, to second order.
fn fit(data: &Data, grad: &[f32], hess: &[f32]) -> Stump {
    let all = grad.iter().zip(hess).fold([0.0; 2], added);
    // What a leaf gains, and its answer.
    let gain = |[g, h]: Sums| g * g / (h + L2);
    let answer = |[g, h]: Sums| -g / (h + L2);
    let mut best = (0.0, Stump { feature: 0, bin: 0, answers: [answer(all); 2] });
    for feature in 0..data.bins.len() / data.labels.len() {
        let mut sums = [[0.0; 2]; BINS];
        for (bin, both) in data.feature(feature).iter().zip(grad.iter().zip(hess)) {
            sums[usize::from(*bin)] = added(sums[usize::from(*bin)], both);
        }
        let mut left = [0.0; 2];
        for (bin, sums) in sums.iter().enumerate() {
            left = [left[0] + sums[0], left[1] + sums[1]];
            let right = [all[0] - left[0], all[1] - left[1]];
            let gained = gain(left) + gain(right) - gain(all);
            if gained > best.0 {
                let answers = [answer(left), answer(right)];
                best = (gained, Stump { feature, bin: bin as u8, answers });
            }
        }
    }
    best.1
}

fn added(sums: Sums, (g, h): (&f32, &f32)) -> Sums {
    [sums[0] + f64::from(*g), sums[1] + f64::from(*h)]
}

/// What came of it.
pub struct Course {
    /// The mean loss before each round, and at the end.
    pub train: Vec<f64>,
    /// The same of rows that were held out.
    pub held_out: Vec<f64>,
    /// The share of those that are right at the end.
    pub accuracy: f64,
    /// What the gradients took, and all of the training.
    pub time: [Duration; 2],
}

/// Boosts for `rounds`, each answer times `rate`.
pub fn boost(leaf: Leaf, rate: f64, rounds: usize) -> Result<Course, Error> {
    let [data, held_out] = Data::breast_cancer();
    // Scores are sums of many answers, so they are f64; gradients are added once.
    let [mut scores, mut unseen] = [&data, &held_out].map(|data| vec![0.0; data.labels.len()]);
    let [mut grad, mut hess] = [(); 2].map(|()| vec![0.0f32; scores.len()]);
    let bce = BinaryCrossEntropyWithLogits::<f64>::new();
    let (mut losses, mut unseen_losses) = (Vec::new(), Vec::new());
    let mut time = [Duration::ZERO; 2];
    let [labels, unseen_labels] = [&data, &held_out]
        .map(|data| data.labels.iter().map(|y| f64::from(*y)).collect::<Vec<_>>());
    for _ in 0..rounds {
        losses.push(bce.loss(&scores, &labels)?);
        unseen_losses.push(bce.loss(&unseen, &unseen_labels)?);
        let start = Instant::now();
        bce.grad_hess_f32(&scores, &data.labels, &mut grad, &mut hess)?;
        time[0] += start.elapsed();
        if leaf == Leaf::Gradient {
            hess.fill(1.0);
        }
        let stump = fit(&data, &grad, &hess);
        data.add(stump, rate, &mut scores);
        time[1] += start.elapsed();
        held_out.add(stump, rate, &mut unseen);
    }
    losses.push(bce.loss(&scores, &labels)?);
    unseen_losses.push(bce.loss(&unseen, &unseen_labels)?);
    let accuracy = held_out.accuracy(&unseen);
    Ok(Course { train: losses, held_out: unseen_losses, accuracy, time })
}

/// How long first and second derivatives of `rows` scores take on one thread: by the kernel, and
/// by a loop as boosting libraries write it.
pub fn time_of_gradients(rows: usize) -> Result<[Duration; 2], Error> {
    let scores: Vec<f64> = (0..rows).map(|i| (i * 37 % 1000) as f64 / 100.0 - 5.0).collect();
    let labels: Vec<f32> = (0..rows).map(|i| (i % 2) as f32).collect();
    let [mut grad, mut hess] = [(); 2].map(|()| vec![0.0f32; rows]);
    let bce = BinaryCrossEntropyWithLogits::<f64>::new().execution(Execution::new().sequential());
    let mut fastest = [Duration::MAX; 2];
    for _ in 0..20 {
        let start = Instant::now();
        bce.grad_hess_f32(&scores, &labels, &mut grad, &mut hess)?;
        fastest[0] = fastest[0].min(start.elapsed());
        let start = Instant::now();
        for (i, score) in scores.iter().enumerate() {
            let p = 1.0 / (1.0 + (-score).exp());
            grad[i] = p as f32 - labels[i];
            hess[i] = (p * (1.0 - p)) as f32;
        }
        fastest[1] = fastest[1].min(start.elapsed());
        std::hint::black_box((&mut grad, &mut hess));
    }
    Ok(fastest)
}
