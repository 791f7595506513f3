//! Weights and working responses of iteratively reweighted least squares: against the
//! reference, and against both derivatives.

use super::{CurvedLoss, PointwiseLoss, named, on, pairs};
use crate::numbers::{Number, Random, bits, error_at};
use crate::reference::{Double, ulp};
use crate::{Failure, Outcome};
use gradstep::Level;
use gradstep::loss::{Pointwise, TwiceDifferentiable};

/// Responses are `x - g / h` of the exact derivatives, within what the tolerances of both leave
/// of it, wherever `h` itself is the weight. Prints the largest share of that.
pub fn working_responses<E: Number, L: CurvedLoss<E>>(loss: L) -> Outcome {
    let (prediction, target): (Vec<E>, Vec<E>) = pairs(&loss).into_iter().unzip();
    let n = prediction.len();
    let unit = |x: Double| ulp::unit(x, E::FORMAT);
    let mut worst = 0f64;
    for level in Level::available() {
        let (mut weight, mut response) = (vec![E::NAN; n], vec![E::NAN; n]);
        let of = loss.loss().execution(on(level));
        of.irls(&prediction, &target, &mut weight, &mut response).expect("not refused");
        for (i, (x, y)) in prediction.iter().zip(&target).enumerate() {
            let (Some([_, g]), Some(h)) = (loss.exact(*x, *y), loss.exact_second(*x, *y)) else {
                continue;
            };
            let least = E::MIN_POSITIVE.to_f64().max((g.value.abs() * least::<E>()).to_f64());
            let most = E::LARGEST.to_f64() * 0.25;
            // Derivatives that have all their digits, and are far from where others take over.
            if !(h.value > 4.0 * least && h.value < most && g.value.abs() < most && x.finite()) {
                continue;
            }
            let step = g.value / h.value;
            let exact = Double::from(x.to_f64()) - step;
            let of_slope = (unit(g.magnitude) * g.ulps + g.slack) / h.value;
            let of_second = (unit(h.magnitude) * h.ulps + h.slack) / h.value * step.abs();
            let allowed = of_slope + of_second + unit(step) + unit(exact);
            let far = (Double::from(response[i].to_f64()) - exact).abs();
            worst = worst.max((far / allowed).to_f64());
            if !(far <= allowed && h.allows(weight[i])) {
                let error = error_at(response[i], exact, exact);
                let found = format!(
                    "{loss:?} on {level:?}: {:?} and {:?}, not {:?} and {:?}: {error:.3} ULP",
                    weight[i],
                    response[i],
                    h.value.to_f64(),
                    exact.to_f64()
                );
                return Err(
                    Failure::new("responses are a Newton step ahead", found).at(named([*x, *y]))
                );
            }
        }
    }
    println!("{} {loss:?}: working response {worst:.3} of the bound", E::FORMAT);
    Ok(())
}

/// What of a slope is the least weight.
fn least<E: Number>() -> f64 {
    E::HALF_WAY_POW2[1].to_f64()
}

const LAW: &str = "weights and responses follow from both derivatives";

/// They are what one makes of [`grad_hess`](gradstep::loss::Loss::grad_hess), to the bit; weights
/// of elements multiply the weight and leave the response.
pub fn working_methods_agree<E: Number, L: PointwiseLoss<E>>(loss: L) -> Outcome
where
    L::Formula: TwiceDifferentiable<E>,
{
    let (prediction, target): (Vec<E>, Vec<E>) = pairs(&loss).into_iter().unzip();
    let (p, t, n) = (&prediction, &target, prediction.len());
    let mut random = Random::new(8);
    let mut weights: Vec<E> = (0..n).map(|_| random.ordinary(0.0, 2.0)).collect();
    weights[..n / 8].fill(E::ZERO);
    for level in Level::available() {
        let of = loss.loss().execution(on(level));
        let [mut grad, mut hess, mut weight, mut response] = [(); 4].map(|()| vec![E::NAN; n]);
        let [mut weighted, mut response_too] = [(); 2].map(|()| vec![E::NAN; n]);
        of.grad_hess(p, t, &mut grad, &mut hess).expect("not refused");
        of.irls(p, t, &mut weight, &mut response).expect("not refused");
        let by = of.weights(&weights);
        by.irls(p, t, &mut weighted, &mut response_too).expect("not refused");
        for i in 0..n {
            let (x, g, h) = (p[i], grad[i], hess[i]);
            let factor = L::Formula::FACTOR;
            let is_small = factor != E::ONE && weight[i] < E::MIN_POSITIVE;
            let is_beyond = g.to_f64().is_infinite() || h.to_f64().is_infinite() || is_small;
            let least = if g < E::ZERO { -g } else { g } * E::from_f64(least::<E>());
            let w = if h >= least { h } else { least };
            let z = if w == E::ZERO { x } else { x - g / w };
            let product = weight[i] / factor * weights[i] * factor + E::ZERO;
            let expected = [w, z, product, response[i]];
            let got = [weight[i], response[i], weighted[i], response_too[i]];
            // A constant factor of both may have carried one of them out of the type, or brought
            // back what rounding had left of a small one.
            let from = if is_beyond { 2 } else { 0 };
            if expected[from..].iter().zip(&got[from..]).any(|(a, b)| bits(*a) != bits(*b)) {
                let found = format!("{loss:?} on {level:?}: {got:?}, not {expected:?}");
                return Err(Failure::new(LAW, found).at(named([x, t[i]])));
            }
        }
    }
    Ok(())
}
