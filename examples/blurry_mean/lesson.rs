//! A target with two peaks that the inputs say nothing about.

use crate::shared::random::Random;
use gradstep::Error;
use gradstep::loss::{L1, Loss, Mse, Pointwise};
use gradstep::update::Sgd;

pub const ROWS: usize = 2000;

/// Three inputs and a target for each row: 40 % of the targets lie around -1 and
/// 60 % around 1, whatever the inputs are.
pub fn data() -> (Vec<[f64; 4]>, Vec<f64>) {
    let mut random = Random(11);
    let inputs =
        (0..ROWS).map(|_| [1.0, random.normal(), random.normal(), random.normal()]).collect();
    let targets = (0..ROWS).map(|_| {
        let peak = if random.uniform() < 0.4 { -1.0 } else { 1.0 };
        peak + 0.15 * random.normal()
    });
    (inputs, targets.collect())
}

/// What a linear model predicts once it has the least MSE, and the least L1.
pub fn predictions() -> Result<[Vec<f64>; 2], Error> {
    Ok([fit(&Mse::new())?, fit(&L1::new())?])
}

fn fit<P: Pointwise<f64>>(loss: &Loss<'_, f64, P>) -> Result<Vec<f64>, Error> {
    let (inputs, targets) = data();
    let predict = |weights: &[f64; 4], out: &mut [f64]| {
        for (out, row) in out.iter_mut().zip(&inputs) {
            *out = row.iter().zip(weights).map(|(x, w)| x * w).sum();
        }
    };
    let (mut weights, mut prediction) = ([0.0; 4], vec![0.0; ROWS]);
    for step in 1..=2000 {
        predict(&weights, &mut prediction);
        loss.loss_and_grad_in_place(&mut prediction, &targets)?; // now the gradient
        let mut gradient = [0.0; 4];
        for (g, row) in prediction.iter().zip(&inputs) {
            gradient.iter_mut().zip(row).for_each(|(sum, x)| *sum += g * x);
        }
        Sgd::new(0.3 / f64::from(step).sqrt())?.step(&mut weights, &gradient)?;
    }
    predict(&weights, &mut prediction);
    Ok(prediction)
}

/// Mean of `-ln` of the Gaussian density around `centre`.
pub fn negative_log_likelihood(targets: &[f64], centre: f64, deviation: f64) -> f64 {
    let density = |y: f64| {
        let z = (y - centre) / deviation;
        (-0.5 * z * z).exp() / (deviation * std::f64::consts::TAU.sqrt())
    };
    targets.iter().map(|&y| -density(y).ln()).sum::<f64>() / targets.len() as f64
}

pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

pub fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    0.5 * (values[values.len() / 2] + values[(values.len() - 1) / 2])
}

/// The share of `values` in each of `bins` between -reach and reach: (centre, share).
pub fn histogram(values: &[f64], reach: f64, bins: usize) -> Vec<(f64, f64)> {
    let width = 2.0 * reach / bins as f64;
    let mut shares = vec![0.0; bins];
    for value in values {
        let bin = ((value + reach) / width).clamp(0.0, bins as f64 - 1.0);
        shares[bin as usize] += 1.0 / values.len() as f64;
    }
    let centre = |bin: usize| -reach + (bin as f64 + 0.5) * width;
    shares.into_iter().enumerate().map(|(bin, share)| (centre(bin), share)).collect()
}
