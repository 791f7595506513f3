//! Two spirals by networks of one to four hidden layers, with as many parameters or of the
//! same width: what depth gives, and what a step takes.

use crate::shared::matrix::Matrix;
use crate::shared::network::{Network, Part};
use crate::shared::random::Random;
use gradstep::Error;
use gradstep::update::Adam;
use std::time::{Duration, Instant};

/// Sizes of the hidden layers, chosen for about a thousand parameters each.
pub const ALIKE: [&[usize]; 4] = [&[200], &[29, 29], &[21, 21, 21], &[17, 17, 17, 17]];
/// Of one width: each layer adds as many parameters.
pub const GROWING: [&[usize]; 4] = [&[20], &[20, 20], &[20, 20, 20], &[20, 20, 20, 20]];

/// Points of two spirals of one and a half turns, with noise, and which of both they are of.
pub fn spirals(count: usize, seed: u64) -> Part {
    let mut random = Random(seed);
    let mut part = Part { x: Matrix::zeros(0, 2), labels: Vec::new() };
    for i in 0..count {
        let (arm, way) = ((i % 2) as u8, random.uniform().sqrt());
        let angle = std::f64::consts::PI * (3.0 * way + f64::from(arm));
        let mut noisy = |x: f64| (2.0 * way * x + 0.05 * random.normal()) as f32;
        part.x.values.extend([noisy(angle.cos()), noisy(angle.sin())]);
        part.labels.push(arm);
    }
    part.x = Matrix::new(2, part.x.values);
    part
}

pub fn network(hidden: &[usize], seed: u64) -> Network {
    let sizes: Vec<usize> = [&[2], hidden, &[2]].concat();
    Network::new(&sizes, &mut Random(seed))
}

/// The loss before each step, the network, and the least time of a step.
pub struct Course {
    pub losses: Vec<f64>,
    pub network: Network,
    pub step: Duration,
}

pub fn train(hidden: &[usize], seed: u64, steps: u64) -> Result<Course, Error> {
    let part = spirals(400, 51);
    let (mut network, adam) = (network(hidden, seed), Adam::new(0.01)?);
    let (mut losses, mut least) = (Vec::new(), Duration::MAX);
    for t in 1..=steps {
        let start = Instant::now();
        losses.push(network.step(&part, &adam, 0.0, t)?);
        least = least.min(start.elapsed());
    }
    Ok(Course { losses, network, step: least })
}

impl Course {
    /// The steps that it took to a loss below this one.
    pub fn steps_to(&self, loss: f64) -> Option<usize> {
        self.losses.iter().position(|at| *at < loss)
    }
}
