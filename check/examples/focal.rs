//! A loss of your own, checked; and with a wrong derivative, so that you see what is said.
//!
//! `cargo run --release -p gradstep-check --example focal`

use gradstep::Element;
use gradstep::kernels::math::{exp, sigmoid, softplus};
use gradstep::kernels::{Isa, Lanes};
use gradstep::loss::Pointwise;
use gradstep_check::Report;

/// The focal loss of a logit `x` with a label `y` in [0, 1], by Lin and others, "Focal loss
/// for dense object detection" (2017): binary cross-entropy, each term times what the other
/// probability is, to the power of `gamma`.
///
/// With `a = softplus(x)` and `b = softplus(-x)`, the logarithms of the probabilities, it is
/// `y e^(-gamma a) b + (1 - y) e^(-gamma b) a`; the derivatives of `a` and `b` are
/// `sigmoid(x)` and `-sigmoid(-x)`.
#[derive(Clone, Copy, Debug)]
pub struct Focal {
    /// 0 is binary cross-entropy.
    pub gamma: f64,
}

impl<E: Element> Pointwise<E> for Focal {
    const COST: f64 = 3.0;
    const LONG: bool = true;

    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        x: E::Lanes<I>,
        y: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let gamma = E::from_f64(self.gamma);
        let (a, b, rest) = (softplus(x), softplus(-x), x.splat(E::ONE) - y);
        let (p, q) = (sigmoid(x), sigmoid(-x));
        let (positive, negative) = (y * exp(-a * gamma), rest * exp(-b * gamma));
        let value = positive * b + negative * a;
        let derivative = negative * (q * a * gamma + p) - positive * (p * b * gamma + q);
        (value, derivative)
    }
}

/// The same by hand, in `f64`.
pub fn by_hand(gamma: f64) -> impl Fn(f64, f64) -> (f64, f64) + Send + Sync + 'static {
    move |x, y| {
        let (p, q) = (1.0 / (1.0 + (-x).exp()), 1.0 / (1.0 + x.exp()));
        let value = -y * q.powf(gamma) * p.ln() - (1.0 - y) * p.powf(gamma) * q.ln();
        let slope_of_positive = q.powf(gamma) * (gamma * p * p.ln() - q);
        let slope_of_negative = p.powf(gamma) * (p - gamma * q * q.ln());
        (value, y * slope_of_positive + (1.0 - y) * slope_of_negative)
    }
}

/// Binary cross-entropy of a logit, with a derivative of the wrong sign.
#[derive(Clone, Copy, Debug)]
pub struct Wrong;

impl<E: Element> Pointwise<E> for Wrong {
    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        x: E::Lanes<I>,
        y: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        (softplus(x) - x * y, y - sigmoid(x))
    }
}

fn main() -> Result<(), Report> {
    let check = gradstep_check::pointwise(Focal { gamma: 2.0 }).targets(0.0..=1.0);
    print!("{}", check.against(by_hand(2.0)).run()?);

    match gradstep_check::pointwise(Wrong).targets(0.0..=1.0).run() {
        Ok(report) => println!("nothing was found:\n{report}"),
        Err(report) => print!("\nAnd with a wrong derivative:\n{report}"),
    }
    Ok(())
}
