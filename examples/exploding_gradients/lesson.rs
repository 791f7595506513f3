//! Deep networks: how gradients change from layer to layer, and what clipping does.

use crate::shared::matrix::Matrix;
use crate::shared::random::Random;
use gradstep::Error;
use gradstep::activation::{Relu, Sigmoid};
use gradstep::loss::Mse;
use gradstep::update::{ClipGradNorm, GradNorm, Sgd};

const WIDTH: usize = 32;
const ROWS: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unit {
    Sigmoid,
    Relu,
}

/// Square layers of units, and a linear one with a single output.
pub struct Network {
    unit: Unit,
    pub layers: Vec<Matrix>,
}

/// The same inputs and targets for all.
fn data() -> (Matrix, Vec<f32>) {
    let mut random = Random(8);
    let x = Matrix::normal(ROWS, WIDTH, 1.0, &mut random);
    let y = x.values.chunks_exact(WIDTH).map(|row| row[0] - 0.5 * row[1]).collect();
    (x, y)
}

impl Network {
    /// Weights with the deviation `scale / sqrt(width)`.
    pub fn new(unit: Unit, depth: usize, scale: f64) -> Self {
        let mut random = Random(9);
        let deviation = scale / (WIDTH as f64).sqrt();
        let mut layer = |columns| Matrix::normal(WIDTH, columns, deviation, &mut random);
        let mut layers: Vec<_> = (0..depth).map(|_| layer(WIDTH)).collect();
        layers.push(layer(1));
        Self { unit, layers }
    }

    /// The mean squared error and its gradient for each layer.
    pub fn loss_and_gradients(&self) -> Result<(f64, Vec<Matrix>), Error> {
        let (x, y) = data();
        let mut outputs = vec![x];
        for layer in &self.layers {
            let mut next = outputs[outputs.len() - 1].times(layer);
            if outputs.len() < self.layers.len() {
                match self.unit {
                    Unit::Sigmoid => Sigmoid::new().apply(&mut next.values),
                    Unit::Relu => Relu::new().apply(&mut next.values),
                }?;
            }
            outputs.push(next);
        }
        let mut upstream = outputs[self.layers.len()].clone();
        let loss = Mse::new().loss_and_grad_in_place(&mut upstream.values, &y)?;
        let mut gradients = Vec::new();
        for (layer, input) in self.layers.iter().zip(&outputs).rev() {
            gradients.push(input.transposed_times(&upstream));
            let back = upstream.times_transposed(layer);
            let mut through = back.clone();
            // Both units pass back from their outputs, which are this layer's inputs.
            match self.unit {
                Unit::Sigmoid => {
                    Sigmoid::new().backward(&input.values, &back.values, &mut through.values)?
                }
                Unit::Relu => {
                    Relu::new().backward(&input.values, &back.values, &mut through.values)?
                }
            }
            upstream = through;
        }
        gradients.reverse();
        Ok((loss, gradients))
    }

    /// Descends; with `clip`, gradients together are never longer than that. Gives
    /// loss and length of the gradient before each step.
    pub fn train(&mut self, steps: usize, clip: Option<f64>) -> Result<Vec<(f64, f64)>, Error> {
        let mut course = Vec::new();
        for _ in 0..steps {
            let (loss, gradients) = self.loss_and_gradients()?;
            let found = measure(&gradients, clip.unwrap_or(f64::INFINITY))?;
            course.push((loss, found.norm));
            let scale = if clip.is_some() { found.coefficient } else { 1.0 };
            // The gradient is scaled in the same pass that takes the step.
            let sgd = Sgd::new(0.02)?.grad_scale(scale)?;
            for (layer, gradient) in self.layers.iter_mut().zip(&gradients) {
                sgd.step(&mut layer.values, &gradient.values)?;
            }
        }
        Ok(course)
    }
}

/// The Euclidean length of all together, and the factor that clips it to `limit`.
fn measure(gradients: &[Matrix], limit: f64) -> Result<GradNorm, Error> {
    let slices: Vec<&[f32]> = gradients.iter().map(|gradient| &gradient.values[..]).collect();
    Ok(ClipGradNorm::new(limit)?.measure_all(&slices))
}

pub fn norm(gradients: &[Matrix]) -> Result<f64, Error> {
    Ok(measure(gradients, f64::INFINITY)?.norm)
}
