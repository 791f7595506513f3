//! When a penalty makes a weight exactly 0.

use crate::shared::random::Random;
use gradstep::Error;
use gradstep::activation::Tanh;
use gradstep::loss::Mse;
use gradstep::update::ProxSgd;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Penalty {
    /// `C |w|`
    L1(f64),
    /// `C w^2 / 2`
    L2(f64),
}

impl Penalty {
    /// Steps against the loss's gradient and this penalty.
    pub fn step(self, learning_rate: f64) -> Result<ProxSgd, Error> {
        let step = ProxSgd::new(learning_rate)?;
        match self {
            Penalty::L1(strength) => step.l1(strength),
            Penalty::L2(strength) => step.l2(strength),
        }
    }

    pub fn of(self, w: f64) -> f64 {
        match self {
            Penalty::L1(strength) => strength * w.abs(),
            Penalty::L2(strength) => 0.5 * strength * w * w,
        }
    }
}

/// A loss whose slope at `w = 0` is `slope`: `(w + slope / 2)^2`.
pub fn loss(w: f64, slope: f64) -> Result<f64, Error> {
    Mse::new().loss(&[w], &[-0.5 * slope])
}

/// The place of the minimum of loss and penalty.
pub fn minimum(slope: f64, penalty: Penalty) -> Result<f64, Error> {
    let step = penalty.step(0.4)?;
    let (mut w, mut gradient) = ([1.0], [0.0]);
    for _ in 0..200 {
        Mse::new().loss_and_grad(&w, &[-0.5 * slope], &mut gradient)?;
        step.step(&mut w, &gradient)?;
    }
    Ok(w[0])
}

/// Weights behind the data below: the third input is useless.
pub const WEIGHTS: [f64; 4] = [1.5, -1.0, 0.0, 0.5];

/// Rows of four inputs, and `tanh(w1 x1 + .. + w4 x4)` of each with noise.
pub fn data() -> (Vec<[f64; 4]>, Vec<f64>) {
    let mut random = Random(1);
    let x: Vec<[f64; 4]> = (0..300).map(|_| [(); 4].map(|()| random.normal())).collect();
    let y = x.iter().map(|row| dot(row, &WEIGHTS).tanh() + 0.1 * random.normal()).collect();
    (x, y)
}

/// Mean squared error of the model with weights `w`, and its gradient.
pub fn model(w: &[f64; 4]) -> Result<(f64, [f64; 4]), Error> {
    let (x, y) = data();
    let mut output: Vec<f64> = x.iter().map(|row| dot(row, w)).collect();
    Tanh::new().apply(&mut output)?;
    let (mut upstream, mut gradient) = (vec![0.0; y.len()], vec![0.0; y.len()]);
    let loss = Mse::new().loss_and_grad(&output, &y, &mut upstream)?;
    Tanh::new().backward(&output, &upstream, &mut gradient)?;
    let mut by_weight = [0.0; 4];
    for (row, g) in x.iter().zip(&gradient) {
        by_weight.iter_mut().zip(row).for_each(|(sum, x)| *sum += g * x);
    }
    Ok((loss, by_weight))
}

/// The weights of the model that has the least loss and penalty.
pub fn fit(penalty: Penalty) -> Result<[f64; 4], Error> {
    let step = penalty.step(0.3)?;
    let mut w = [0.1; 4];
    for _ in 0..2000 {
        let (_, gradient) = model(&w)?;
        step.step(&mut w, &gradient)?;
    }
    Ok(w)
}

fn dot(a: &[f64; 4], b: &[f64; 4]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
