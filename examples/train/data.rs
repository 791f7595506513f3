//! From a table to two design matrices: one to train on, one held out.

use super::csv::Table;
use super::products::Rows;
use gradstep::Element;
use ndarray::LinalgScalar;

/// Element types of gradstep that ndarray can multiply too.
pub(crate) trait Real: Element + LinalgScalar {
    /// What the report calls the type.
    const NAME: &'static str;
    fn of(x: f64) -> Self;
}

impl Real for f32 {
    const NAME: &'static str = "f32";
    fn of(x: f64) -> Self {
        x as f32
    }
}

impl Real for f64 {
    const NAME: &'static str = "f64";
    fn of(x: f64) -> Self {
        x
    }
}

/// Rows of one part of the table.
pub(crate) struct Part<E> {
    /// `[rows * inputs]`, row after row. The last input is a constant 1, so
    /// that the last row of weights is the intercept.
    pub(crate) inputs: Vec<E>,
    /// `[rows]`
    pub(crate) labels: Vec<u32>,
}

impl<E: Real> Part<E> {
    pub(crate) fn rows(&self) -> Rows<'_, E> {
        Rows::new(&self.inputs, self.labels.len())
    }
}

/// Keeps a fifth of the rows out of the training.
///
/// The rows are shuffled, then sorted by class; every fifth one is held out.
/// So each class gives a fifth of its rows, and `seed` decides which.
pub(crate) fn split(labels: &[u32], seed: u64) -> (Vec<usize>, Vec<usize>) {
    let mut order: Vec<usize> = (0..labels.len()).collect();
    let mut random = SplitMix64(seed);
    for i in (1..order.len()).rev() {
        order.swap(i, random.below(i + 1));
    }
    order.sort_by_key(|&row| labels[row]); // stable: shuffled within a class
    let (mut train, mut held_out) = (Vec::new(), Vec::new());
    for (i, row) in order.into_iter().enumerate() {
        let part = if i % 5 == 4 { &mut held_out } else { &mut train };
        part.push(row);
    }
    (train, held_out)
}

/// Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014).
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..n`; the bias, below `n / 2^64`, does not matter here.
    fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }
}

/// Brings a feature to mean 0 and variance 1 over the rows it was made from.
///
/// One scale for all features also makes one penalty fair to all of them.
pub(crate) struct Scaling {
    /// Largest magnitude, divided out first so that no square overflows.
    unit: f64,
    /// Mean and deviation in that unit.
    mean: f64,
    /// 0 where the feature is constant, which makes every value 0.
    inverse_deviation: f64,
}

impl Scaling {
    pub(crate) fn new(values: impl Iterator<Item = f64> + Clone) -> Self {
        let unit = values.clone().map(f64::abs).fold(0.0, f64::max);
        let first = values.clone().next();
        // Decided exactly: the mean of equal values may round to another one.
        if values.clone().all(|x| Some(x) == first) {
            return Self { unit: 1.0, mean: 0.0, inverse_deviation: 0.0 };
        }
        let n = values.clone().count() as f64;
        let mean = values.clone().map(|x| x / unit).sum::<f64>() / n;
        let variance = values.map(|x| (x / unit - mean).powi(2)).sum::<f64>() / n;
        Self { unit, mean, inverse_deviation: variance.sqrt().recip() }
    }

    /// Never NaN or infinite for finite `x`: where `x` lies millions of
    /// deviations outside of what the scaling was made from, it is clamped.
    pub(crate) fn apply(&self, x: f64) -> f64 {
        if self.inverse_deviation == 0.0 {
            return 0.0;
        }
        ((x / self.unit - self.mean) * self.inverse_deviation).clamp(-1e6, 1e6)
    }
}

/// Scales `rows` of `table` by `scalings`, one per feature.
pub(crate) fn part<E: Real>(table: &Table, rows: &[usize], scalings: &[Scaling]) -> Part<E> {
    let mut inputs = Vec::with_capacity(rows.len() * (scalings.len() + 1));
    for row in rows {
        let features = &table.features[row * scalings.len()..][..scalings.len()];
        inputs.extend(features.iter().zip(scalings).map(|(x, s)| E::of(s.apply(*x))));
        inputs.push(E::of(1.0));
    }
    Part { inputs, labels: rows.iter().map(|&row| table.labels[row]).collect() }
}

/// The scalings of all features, from `rows` alone.
pub(crate) fn scalings(table: &Table, rows: &[usize]) -> Vec<Scaling> {
    let width = table.names.len();
    let column = |j| Scaling::new(rows.iter().map(move |row| table.features[row * width + j]));
    (0..width).map(column).collect()
}
