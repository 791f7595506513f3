//! Networks of linear layers with ReLU between them, trained by Adam, and the digits.

use super::matrix::Matrix;
use super::random::Random;
use super::table::Table;
use gradstep::Error;
use gradstep::activation::Relu;
use gradstep::loss::CrossEntropy;
use gradstep::update::Adam;

/// Rows of inputs and their classes.
#[derive(Clone)]
pub struct Part {
    pub x: Matrix,
    pub labels: Vec<u8>,
}

impl Part {
    /// Pixels from 0 to 1 and what they show.
    pub fn digits(table: &Table, rows: &[usize]) -> Self {
        let pixels = rows.iter().flat_map(|&row| table.row(row)).map(|pixel| (pixel / 16.0) as f32);
        let labels = rows.iter().map(|&row| table.targets[row] as u8).collect();
        Self { x: Matrix::new(64, pixels.collect()), labels }
    }

    /// Mean loss, and the share of rows that are right.
    pub fn loss_and_right(&self, logits: &Matrix) -> Result<(f64, f64), Error> {
        let loss = CrossEntropy::new(logits.columns)?.loss(&logits.values, &self.labels)?;
        let best = |row: &[f32]| {
            (1..row.len()).fold(0, |best, j| if row[j] > row[best] { j } else { best })
        };
        let rows = logits.values.chunks_exact(logits.columns).zip(&self.labels);
        let right = rows.filter(|(row, label)| best(row) == usize::from(**label)).count();
        Ok((loss, right as f64 / self.labels.len() as f64))
    }
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

/// `x w + b`
#[derive(Clone)]
pub struct Linear {
    weights: Parameter,
    bias: Parameter,
}

impl Linear {
    pub fn new(rows: usize, columns: usize, random: &mut Random) -> Self {
        let weights = Matrix::normal(rows, columns, (2.0 / rows as f64).sqrt(), random);
        let bias = Parameter::new(Matrix::zeros(1, columns));
        Self { weights: Parameter::new(weights), bias }
    }

    pub fn weights(&self) -> &[f32] {
        &self.weights.value.values
    }

    pub fn weights_mut(&mut self) -> &mut [f32] {
        &mut self.weights.value.values
    }

    pub fn forward(&self, x: &Matrix) -> Matrix {
        let mut out = x.times(&self.weights.value);
        for row in out.values.chunks_exact_mut(out.columns) {
            row.iter_mut().zip(&self.bias.value.values).for_each(|(out, bias)| *out += bias);
        }
        out
    }

    /// The gradient of `x`.
    pub fn backward(&self, upstream: &Matrix) -> Matrix {
        upstream.times_transposed(&self.weights.value)
    }

    /// Of weights and bias.
    pub fn gradients(&self, x: &Matrix, upstream: &Matrix) -> [Matrix; 2] {
        let mut sums = Matrix::zeros(1, upstream.columns);
        for row in upstream.values.chunks_exact(upstream.columns) {
            sums.values.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
        [x.transposed_times(upstream), sums]
    }

    /// Decay pulls at the weights, not at the bias; `t` counts from 1.
    pub fn step(
        &mut self,
        adam: &Adam,
        decay: f64,
        [weights, bias]: &[Matrix; 2],
        t: u64,
    ) -> Result<(), Error> {
        self.weights.step(&adam.weight_decay(decay)?, weights, t)?;
        self.bias.step(adam, bias, t)
    }
}

#[derive(Clone)]
pub struct Network {
    pub layers: Vec<Linear>,
}

impl Network {
    /// Layers from each of these sizes to the next.
    pub fn new(sizes: &[usize], random: &mut Random) -> Self {
        let pairs = sizes.windows(2);
        Self { layers: pairs.map(|pair| Linear::new(pair[0], pair[1], random)).collect() }
    }

    pub fn parameters(&self) -> usize {
        let layers = self.layers.iter();
        layers.map(|layer| layer.weights().len() + layer.bias.value.values.len()).sum()
    }

    /// What each layer is given, and the logits.
    fn forward(&self, x: &Matrix) -> (Vec<Matrix>, Matrix) {
        let (mut inputs, mut x) = (Vec::new(), x.clone());
        for (i, layer) in self.layers.iter().enumerate() {
            let mut out = layer.forward(&x);
            if i + 1 < self.layers.len() {
                Relu::new().apply(&mut out.values).expect("any length fits");
            }
            inputs.push(std::mem::replace(&mut x, out));
        }
        (inputs, x)
    }

    pub fn logits(&self, x: &Matrix) -> Matrix {
        self.forward(x).1
    }

    /// Mean loss, and the share of rows that are right.
    pub fn evaluate(&self, part: &Part) -> Result<(f64, f64), Error> {
        part.loss_and_right(&self.logits(&part.x))
    }

    /// Mean loss, and the gradients of each layer's weights and bias.
    pub fn loss_and_gradients(&self, part: &Part) -> Result<(f64, Vec<[Matrix; 2]>), Error> {
        let (inputs, mut upstream) = self.forward(&part.x);
        let loss = CrossEntropy::new(upstream.columns)?
            .loss_and_grad_in_place(&mut upstream.values, &part.labels)?;
        let mut gradients = Vec::new();
        for (i, layer) in self.layers.iter().enumerate().rev() {
            gradients.push(layer.gradients(&inputs[i], &upstream));
            if i > 0 {
                let back = layer.backward(&upstream);
                upstream = back.clone();
                Relu::new().backward(&inputs[i].values, &back.values, &mut upstream.values)?;
            }
        }
        gradients.reverse();
        Ok((loss, gradients))
    }

    /// One step on all rows, with Adam's L2 term; gives the loss before it.
    pub fn step(&mut self, part: &Part, adam: &Adam, decay: f64, t: u64) -> Result<f64, Error> {
        let (loss, gradients) = self.loss_and_gradients(part)?;
        for (layer, gradients) in self.layers.iter_mut().zip(&gradients) {
            layer.step(adam, decay, gradients, t)?;
        }
        Ok(loss)
    }
}
