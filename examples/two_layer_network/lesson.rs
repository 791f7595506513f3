//! A network of two layers from scratch: sigmoids, squared error, four rows.

use crate::shared::matrix::Matrix;
use crate::shared::random::Random;
use gradstep::activation::Sigmoid;
use gradstep::loss::Mse;
use gradstep::update::Sgd;
use gradstep::{Error, Reduction};

/// Three inputs, of which the last is always 1; the first two make the target: xor.
pub fn data() -> (Matrix, Vec<f32>) {
    let x = vec![0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0];
    (Matrix::new(3, x), vec![0.0, 1.0, 1.0, 0.0])
}

pub struct Network {
    /// `[3, 4]`
    pub first: Matrix,
    /// `[4, 1]`
    pub second: Matrix,
}

impl Network {
    /// Weights uniform in `[0, 1)`.
    pub fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let mut uniform = |n: usize| (0..n).map(|_| random.uniform() as f32).collect();
        Self { first: Matrix::new(4, uniform(12)), second: Matrix::new(1, uniform(4)) }
    }

    /// Outputs of both layers.
    pub fn forward(&self, x: &Matrix) -> [Matrix; 2] {
        let mut hidden = x.times(&self.first);
        Sigmoid::new().apply(&mut hidden.values).expect("any length fits");
        let mut output = hidden.times(&self.second);
        Sigmoid::new().apply(&mut output.values).expect("any length fits");
        [hidden, output]
    }

    /// The summed squared error, and its gradients by the chain rule.
    pub fn loss_and_gradients(&self) -> Result<(f64, [Matrix; 2]), Error> {
        let (x, y) = data();
        let [hidden, output] = self.forward(&x);
        let mut upstream = vec![0.0; 4];
        let loss = Mse::new().reduction(Reduction::Sum);
        let loss = loss.loss_and_grad(&output.values, &y, &mut upstream)?;
        let by_output = backward(&output, &upstream)?;
        let by_hidden = backward(&hidden, &by_output.times_transposed(&self.second).values)?;
        Ok((loss, [x.transposed_times(&by_hidden), hidden.transposed_times(&by_output)]))
    }

    /// Steps `iterations` times; gives the loss before each.
    pub fn train(&mut self, iterations: usize) -> Result<Vec<f64>, Error> {
        let sgd = Sgd::new(1.0)?;
        let mut losses = Vec::new();
        for _ in 0..iterations {
            let (loss, [first, second]) = self.loss_and_gradients()?;
            sgd.step(&mut self.first.values, &first.values)?;
            sgd.step(&mut self.second.values, &second.values)?;
            losses.push(loss);
        }
        Ok(losses)
    }
}

/// Through a sigmoid, from its output.
fn backward(output: &Matrix, upstream: &[f32]) -> Result<Matrix, Error> {
    let mut gradient = vec![0.0; upstream.len()];
    Sigmoid::new().backward(&output.values, upstream, &mut gradient)?;
    Ok(output.with(gradient))
}
