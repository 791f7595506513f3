//! Linear, ReLU, dropout, linear: overfitting on 100 handwritten digits, and its cure.

use crate::shared::matrix::Matrix;
use crate::shared::random::Random;
use crate::shared::table::Table;
use gradstep::activation::Relu;
use gradstep::loss::CrossEntropy;
use gradstep::prox::soft_threshold;
use gradstep::update::Adam;
use gradstep::{Dropout, Error};

pub const TRAINING_ROWS: usize = 100;
const HIDDEN: usize = 128;
const RATE: f64 = 1e-2;

/// What keeps the network from learning its rows by heart.
#[derive(Clone, Copy)]
pub struct Regularisers {
    /// Share of hidden units that a step goes without.
    pub dropout: f64,
    /// Adam's L2 term in the gradient.
    pub weight_decay: f64,
    /// L1 penalty on the first layer, by soft-threshold.
    pub l1: f64,
}

pub const NONE: Regularisers = Regularisers { dropout: 0.0, weight_decay: 0.0, l1: 0.0 };
pub const ALL: Regularisers = Regularisers { dropout: 0.5, weight_decay: 3e-3, l1: 1e-3 };

/// Pixels from 0 to 1 and labels.
pub struct Part {
    x: Matrix,
    labels: Vec<u8>,
}

/// Rows to train on and rows to validate with.
pub fn data() -> [Part; 2] {
    let table = Table::digits();
    let order = Random(12).order(table.targets.len());
    let part = |rows: &[usize]| {
        let pixels = rows.iter().flat_map(|&row| table.row(row)).map(|pixel| (pixel / 16.0) as f32);
        let labels = rows.iter().map(|&row| table.targets[row] as u8).collect();
        Part { x: Matrix::new(64, pixels.collect()), labels }
    };
    [part(&order[..TRAINING_ROWS]), part(&order[TRAINING_ROWS..])]
}

/// A matrix and Adam's moments.
#[derive(Clone)]
struct Parameter {
    value: Matrix,
    m: Vec<f32>,
    v: Vec<f32>,
}

impl Parameter {
    fn new(value: Matrix) -> Self {
        let zeros = vec![0.0; value.values.len()];
        Self { m: zeros.clone(), v: zeros, value }
    }

    fn step(&mut self, adam: &Adam, gradient: &Matrix, t: u64) -> Result<(), Error> {
        adam.step(&mut self.value.values, &gradient.values, &mut self.m, &mut self.v, t)
    }
}

#[derive(Clone)]
pub struct Network {
    /// Weights and biases of both layers.
    first: Parameter,
    first_bias: Parameter,
    second: Parameter,
    second_bias: Parameter,
}

impl Network {
    fn new() -> Self {
        let mut random = Random(13);
        let mut layer = |rows: usize, columns| {
            Parameter::new(Matrix::normal(rows, columns, (2.0 / rows as f64).sqrt(), &mut random))
        };
        let (first, second) = (layer(64, HIDDEN), layer(HIDDEN, 10));
        let bias = |columns| Parameter::new(Matrix::zeros(1, columns));
        Self { first, first_bias: bias(HIDDEN), second, second_bias: bias(10) }
    }

    /// Hidden outputs, after dropout if there is any, and logits.
    fn forward(&self, x: &Matrix, dropout: Option<Dropout>) -> (Matrix, Matrix) {
        let mut hidden = linear(x, &self.first, &self.first_bias);
        Relu::new().apply(&mut hidden.values).expect("any length fits");
        if let Some(dropout) = dropout {
            dropout.apply(&mut hidden.values).expect("any length fits");
        }
        let logits = linear(&hidden, &self.second, &self.second_bias);
        (hidden, logits)
    }

    /// One step on all rows; `t` counts from 1.
    fn step(&mut self, part: &Part, by: Regularisers, t: u64) -> Result<(), Error> {
        // Every step has its own place in the stream of masks.
        let units = (TRAINING_ROWS * HIDDEN) as u64;
        let dropout = Dropout::new(by.dropout)?.seed(14).offset(t * units);
        let (hidden, mut logits) = self.forward(&part.x, Some(dropout));
        CrossEntropy::new(10)?.loss_and_grad_in_place(&mut logits.values, &part.labels)?;
        let mut back = logits.times_transposed(&self.second.value);
        dropout.apply(&mut back.values)?; // the same mask again
        let mut upstream = back.clone();
        Relu::new().backward(&hidden.values, &back.values, &mut upstream.values)?;

        let adam = Adam::new(RATE)?;
        let decaying = adam.weight_decay(by.weight_decay)?;
        self.second.step(&decaying, &hidden.transposed_times(&logits), t)?;
        self.first.step(&decaying, &part.x.transposed_times(&upstream), t)?;
        self.second_bias.step(&adam, &column_sums(&logits), t)?;
        self.first_bias.step(&adam, &column_sums(&upstream), t)?;
        soft_threshold(&mut self.first.value.values, RATE * by.l1)
    }

    /// Mean loss, and the share of rows that are right.
    pub fn evaluate(&self, part: &Part) -> Result<(f64, f64), Error> {
        let (_, logits) = self.forward(&part.x, None);
        let loss = CrossEntropy::new(10)?.loss(&logits.values, &part.labels)?;
        let best =
            |row: &[f32]| (1..10).fold(0, |best, j| if row[j] > row[best] { j } else { best });
        let rows = logits.values.chunks_exact(10).zip(&part.labels);
        let right = rows.filter(|(row, label)| best(row) == usize::from(**label)).count();
        Ok((loss, right as f64 / part.labels.len() as f64))
    }

    /// The share of the first layer's weights that are exactly 0.
    pub fn zeros(&self) -> f64 {
        let weights = &self.first.value.values;
        weights.iter().filter(|&&w| w == 0.0).count() as f64 / weights.len() as f64
    }
}

/// `x w + b`
fn linear(x: &Matrix, weights: &Parameter, bias: &Parameter) -> Matrix {
    let mut out = x.times(&weights.value);
    for row in out.values.chunks_exact_mut(out.columns) {
        row.iter_mut().zip(&bias.value.values).for_each(|(out, bias)| *out += bias);
    }
    out
}

fn column_sums(x: &Matrix) -> Matrix {
    let mut sums = Matrix::zeros(1, x.columns);
    for row in x.values.chunks_exact(x.columns) {
        sums.values.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
    }
    sums
}

/// Losses on training and validation rows after each step, and the network: the
/// last one, or with early stopping the best.
pub struct Course {
    pub training: Vec<f64>,
    pub validation: Vec<f64>,
    pub network: Network,
}

/// Trains for `steps`, or until the validation loss has not fallen for `patience`
/// steps; the weights of its minimum then come back.
pub fn train(
    by: Regularisers,
    steps: u64,
    patience: Option<usize>,
    mut progress: impl FnMut(),
) -> Result<Course, Error> {
    let [training, validation] = data();
    let mut course =
        Course { training: Vec::new(), validation: Vec::new(), network: Network::new() };
    let (mut best, mut least, mut since) = (course.network.clone(), f64::INFINITY, 0);
    for t in 1..=steps {
        course.network.step(&training, by, t)?;
        let loss = course.network.evaluate(&validation)?.0;
        course.training.push(course.network.evaluate(&training)?.0);
        course.validation.push(loss);
        since += 1;
        if loss < least {
            (best, least, since) = (course.network.clone(), loss, 0);
        }
        progress();
        if patience.is_some_and(|patience| since >= patience) {
            break;
        }
    }
    if patience.is_some() {
        course.network = best;
    }
    Ok(course)
}
