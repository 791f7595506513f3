//! Linear, ReLU, dropout, linear: overfitting on 100 handwritten digits, and its cure.

use crate::shared::matrix::Matrix;
use crate::shared::network::{Linear, Part};
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

/// Rows to train on and rows to validate with.
pub fn data() -> [Part; 2] {
    let table = Table::digits();
    let order = Random(12).order(table.targets.len());
    let (training, validation) = order.split_at(TRAINING_ROWS);
    [training, validation].map(|rows| Part::digits(&table, rows))
}

#[derive(Clone)]
pub struct Network {
    first: Linear,
    second: Linear,
}

impl Network {
    fn new() -> Self {
        let mut random = Random(13);
        let first = Linear::new(64, HIDDEN, &mut random);
        Self { first, second: Linear::new(HIDDEN, 10, &mut random) }
    }

    /// Hidden outputs, after dropout if there is any, and logits.
    fn forward(&self, x: &Matrix, dropout: Option<Dropout>) -> (Matrix, Matrix) {
        let mut hidden = self.first.forward(x);
        Relu::new().apply(&mut hidden.values).expect("any length fits");
        if let Some(dropout) = dropout {
            dropout.apply(&mut hidden.values).expect("any length fits");
        }
        let logits = self.second.forward(&hidden);
        (hidden, logits)
    }

    /// One step on all rows; `t` counts from 1.
    fn step(&mut self, part: &Part, by: Regularisers, t: u64) -> Result<(), Error> {
        // Every step has its own place in the stream of masks.
        let units = (TRAINING_ROWS * HIDDEN) as u64;
        let dropout = Dropout::new(by.dropout)?.seed(14).offset(t * units);
        let (hidden, mut logits) = self.forward(&part.x, Some(dropout));
        CrossEntropy::new(10)?.loss_and_grad_in_place(&mut logits.values, &part.labels)?;
        let mut back = self.second.backward(&logits);
        dropout.apply(&mut back.values)?; // the same mask again
        let mut upstream = back.clone();
        Relu::new().backward(&hidden.values, &back.values, &mut upstream.values)?;

        let adam = Adam::new(RATE)?;
        let gradients = self.second.gradients(&hidden, &logits);
        self.second.step(&adam, by.weight_decay, &gradients, t)?;
        let gradients = self.first.gradients(&part.x, &upstream);
        self.first.step(&adam, by.weight_decay, &gradients, t)?;
        soft_threshold(self.first.weights_mut(), RATE * by.l1)
    }

    /// Mean loss, and the share of rows that are right.
    pub fn evaluate(&self, part: &Part) -> Result<(f64, f64), Error> {
        part.loss_and_right(&self.forward(&part.x, None).1)
    }

    /// The share of the first layer's weights that are exactly 0.
    pub fn zeros(&self) -> f64 {
        let weights = self.first.weights();
        weights.iter().filter(|&&w| w == 0.0).count() as f64 / weights.len() as f64
    }
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
