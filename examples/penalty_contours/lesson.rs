//! Two weights, a loss of round contours, and the set that a penalty leaves them: where
//! the loss plus a penalty is least, a contour touches the set of all weights whose penalty
//! is at most that of the minimum. L1's set is a diamond, L2's a disc.

use crate::shared::random::Random;
use crate::zero_condition::Penalty;
use gradstep::Error;
use gradstep::loss::Mse;
use gradstep::prox::soft_threshold;
use gradstep::update::{ClipGradNorm, Sgd};

pub const NONE: Penalty = Penalty::L1(0.0);
/// Below 2 / curvature of the loss, so that descent converges.
const RATE: f64 = 0.3;
const STEPS: usize = 400;

/// Rows of two inputs that go together, and a target of both with noise.
pub fn data() -> (Vec<[f64; 2]>, Vec<f64>) {
    let mut random = Random(21);
    let row = |_| {
        let (shared, own) = (random.normal(), random.normal());
        ([shared, 0.4 * shared + 0.8 * own], 0.3 * random.normal())
    };
    let (x, noise): (Vec<[f64; 2]>, Vec<f64>) = (0..60).map(row).unzip();
    let y = x.iter().zip(noise).map(|(x, noise)| 0.6 * x[0] + 1.7 * x[1] + noise).collect();
    (x, y)
}

/// Mean squared error of the weights `w`, and its gradient.
pub fn loss_and_gradient(w: [f64; 2]) -> Result<(f64, [f64; 2]), Error> {
    let (x, y) = data();
    let mut prediction: Vec<f64> = x.iter().map(|x| w[0] * x[0] + w[1] * x[1]).collect();
    let loss = Mse::new().loss_and_grad_in_place(&mut prediction, &y)?; // now the gradient
    let by = |j: usize| prediction.iter().zip(&x).map(|(g, x)| g * x[j]).sum();
    Ok((loss, [by(0), by(1)]))
}

/// The weights of the least loss plus penalty.
pub fn minimum(penalty: Penalty) -> Result<[f64; 2], Error> {
    let step = penalty.step(RATE)?;
    let mut w = [0.0; 2];
    for _ in 0..STEPS {
        let (_, gradient) = loss_and_gradient(w)?;
        step.step(&mut w, &gradient)?;
    }
    Ok(w)
}

/// What the penalty measures: `|w1| + |w2|`, or the length.
pub fn size(penalty: Penalty, w: [f64; 2]) -> f64 {
    match penalty {
        Penalty::L1(_) => w[0].abs() + w[1].abs(),
        Penalty::L2(_) => w[0].hypot(w[1]),
    }
}

/// The weights of the least loss among those of at most this size: each step ends at the
/// nearest point of the diamond or the disc.
pub fn minimum_within(penalty: Penalty, largest: f64) -> Result<[f64; 2], Error> {
    let sgd = Sgd::new(RATE)?;
    let mut w = [0.0; 2];
    for _ in 0..STEPS {
        let (_, gradient) = loss_and_gradient(w)?;
        sgd.step(&mut w, &gradient)?;
        match penalty {
            Penalty::L1(_) => onto_diamond(&mut w, largest)?,
            Penalty::L2(_) => _ = ClipGradNorm::new(largest)?.clip(&mut w),
        }
    }
    Ok(w)
}

/// The nearest point is a soft-threshold (Duchi et al., 2008), of what shrinks to the size.
fn onto_diamond(w: &mut [f64; 2], largest: f64) -> Result<(), Error> {
    let shrunk = |threshold: f64| -> Result<[f64; 2], Error> {
        let mut shrunk = *w;
        soft_threshold(&mut shrunk, threshold)?;
        Ok(shrunk)
    };
    let (mut low, mut high) = (0.0, size(NONE, *w));
    if high > largest {
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            let fits = size(NONE, shrunk(middle)?) <= largest;
            (low, high) = if fits { (low, middle) } else { (middle, high) };
        }
        *w = shrunk(high)?;
    }
    Ok(())
}

/// The weights whose loss is `above` over the least: the loss is a quadratic, so it grows
/// with the square of the way from its minimum.
pub fn contour(above: f64) -> Result<Vec<[f64; 2]>, Error> {
    let best = minimum(NONE)?;
    let (least, _) = loss_and_gradient(best)?;
    let point = |i: usize| {
        let (sin, cos) = (std::f64::consts::TAU * i as f64 / 90.0).sin_cos();
        let curvature = loss_and_gradient([best[0] + cos, best[1] + sin])?.0 - least;
        let way = (above / curvature).sqrt();
        Ok([best[0] + way * cos, best[1] + way * sin])
    };
    (0..=90).map(point).collect()
}

/// The border of all weights of at most this size.
pub fn border(penalty: Penalty, largest: f64) -> Vec<[f64; 2]> {
    let corners = match penalty {
        Penalty::L1(_) => 4,
        Penalty::L2(_) => 90, // round enough
    };
    let corner = |i: u32| {
        let (sin, cos) = (std::f64::consts::TAU * f64::from(i) / f64::from(corners)).sin_cos();
        [largest * cos, largest * sin]
    };
    (0..=corners).map(corner).collect()
}
