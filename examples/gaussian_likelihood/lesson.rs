//! Why MSE, and why L1: each is the negative log-likelihood of an error of one shape.
//!
//! **Gauss.** Let the errors `y - c` be independent and normal with deviation `s`. The density
//! of one target is `exp(-(y - c)^2 / (2 s^2)) / sqrt(2 pi s^2)`, that of all is the product,
//! and the centre `c` that makes the targets most likely makes the mean of its negative
//! logarithm least:
//!
//! ```text
//! -ln likelihood / n = MSE(c) / (2 s^2) + ln(2 pi s^2) / 2
//! ```
//!
//! Only the first term has `c`, so the most likely `c` is that of the least squared error, for
//! any `s`: where `sum (c - y) = 0`, the mean. The derivative by `s` is 0 at `s^2 = MSE(c)`.
//!
//! **Laplace.** With the density `exp(-|y - c| / b) / (2 b)` the same steps give
//!
//! ```text
//! -ln likelihood / n = L1(c) / b + ln(2 b)
//! ```
//!
//! least where as many targets are above `c` as below, the median, and at `b = L1(c)`. Its
//! tails are longer, so a target far off says less about `c`.

use crate::shared::random::Random;
use gradstep::Error;
use gradstep::loss::{L1, Mse};
use gradstep::update::Sgd;

/// The shape of an error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Noise {
    Gauss,
    Laplace,
}

impl Noise {
    /// Targets around 0, of variance 1.
    pub fn targets(self, count: usize, random: &mut Random) -> Vec<f64> {
        let draw = |_| match self {
            Noise::Gauss => random.normal(),
            Noise::Laplace => {
                let side = if random.uniform() < 0.5 { -1.0 } else { 1.0 };
                side * -(1.0 - random.uniform()).ln() * std::f64::consts::FRAC_1_SQRT_2
            }
        };
        (0..count).map(draw).collect()
    }

    /// The loss of the same prediction for all targets, and its slope.
    pub fn loss_and_slope(self, targets: &[f64], centre: f64) -> Result<(f64, f64), Error> {
        let mut prediction = vec![centre; targets.len()];
        let loss = match self {
            Noise::Gauss => Mse::new().loss_and_grad_in_place(&mut prediction, targets)?,
            Noise::Laplace => L1::new().loss_and_grad_in_place(&mut prediction, targets)?,
        };
        Ok((loss, prediction.iter().sum())) // now the gradient
    }

    /// Where the loss is least, by descent with a rate that decays, which L1 needs.
    pub fn centre(self, targets: &[f64]) -> Result<f64, Error> {
        let mut centre = [2.0];
        for t in 0..1000 {
            let (_, slope) = self.loss_and_slope(targets, centre[0])?;
            Sgd::new(0.3 * 0.99f64.powi(t))?.step(&mut centre, &[slope])?;
        }
        Ok(centre[0])
    }

    /// The deviation `s`, or `b`, that makes the targets most likely.
    pub fn scale(self, targets: &[f64], centre: f64) -> Result<f64, Error> {
        let (loss, _) = self.loss_and_slope(targets, centre)?;
        Ok(if self == Noise::Gauss { loss.sqrt() } else { loss })
    }

    pub fn density(self, y: f64, centre: f64, scale: f64) -> f64 {
        let z = (y - centre) / scale;
        match self {
            Noise::Gauss => (-0.5 * z * z).exp() / (scale * std::f64::consts::TAU.sqrt()),
            Noise::Laplace => (-z.abs()).exp() / (2.0 * scale),
        }
    }

    /// Mean of `-ln density`, from the loss.
    pub fn by_loss(self, targets: &[f64], centre: f64, scale: f64) -> Result<f64, Error> {
        let (loss, _) = self.loss_and_slope(targets, centre)?;
        let square = scale * scale;
        Ok(match self {
            Noise::Gauss => loss / (2.0 * square) + 0.5 * (std::f64::consts::TAU * square).ln(),
            Noise::Laplace => loss / scale + (2.0 * scale).ln(),
        })
    }

    /// The same, by its definition.
    pub fn by_density(self, targets: &[f64], centre: f64, scale: f64) -> f64 {
        let all = targets.iter().map(|&y| -self.density(y, centre, scale).ln());
        all.sum::<f64>() / targets.len() as f64
    }
}

/// Mean squares of how far mean and median are from 0, over many sets of targets.
pub fn errors_of_mean_and_median(noise: Noise, count: usize, draws: u32) -> [f64; 2] {
    let mut random = Random(42);
    let mut squares = [0.0; 2];
    for _ in 0..draws {
        let targets = noise.targets(count, &mut random);
        let centres = [crate::blurry_mean::mean(&targets), crate::blurry_mean::median(&targets)];
        squares.iter_mut().zip(centres).for_each(|(sum, centre)| *sum += centre * centre);
    }
    squares.map(|sum| sum / f64::from(draws))
}
