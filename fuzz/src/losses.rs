//! What a loss of one prediction and one target must be that is not in `listed`.

use crate::compare::{Expected, least, representable};
use crate::pointwise::{self, Formula};
use crate::reference::{Double, pointwise as reference};
use crate::{Number, Source, tolerance};
use gradstep::kernels::ops;
use gradstep::loss::{self, Loss};

#[derive(Clone, Copy, Debug)]
struct SmoothL1<E>(E);
#[derive(Clone, Copy, Debug)]
struct Huber<E>(E);
/// With the bound of a clip.
#[derive(Clone, Copy, Debug)]
struct BinaryCrossEntropy<E>(Option<E>);
/// With the weight of positive labels.
#[derive(Clone, Copy, Debug)]
struct BinaryCrossEntropyWithLogits<E>(E);

pub fn smooth_l1<E: Number>(source: &mut Source) {
    pointwise::run::<E, SmoothL1<E>>(source);
}

pub fn huber<E: Number>(source: &mut Source) {
    pointwise::run::<E, Huber<E>>(source);
}

pub fn binary_cross_entropy<E: Number>(source: &mut Source) {
    pointwise::run::<E, BinaryCrossEntropy<E>>(source);
}

pub fn binary_cross_entropy_with_logits<E: Number>(source: &mut Source) {
    pointwise::run::<E, BinaryCrossEntropyWithLogits<E>>(source);
}

fn both<E: Number>(operation: &str, (value, derivative): (Double, Double)) -> [Expected; 2] {
    let ulps = |output| tolerance::ulps(operation, output, E::FORMAT);
    [Expected::new(value, ulps("value")), Expected::new(derivative, ulps("derivative"))]
}

/// A difference that overflows is infinite by definition; the reference subtracts
/// exactly.
fn overflows<E: Number>(prediction: E, target: E) -> bool {
    prediction.finite() && target.finite() && !(prediction - target).finite()
}

fn is_label<E: Number>(y: E) -> bool {
    y.is_nan() || (y >= E::ZERO && y <= E::ONE)
}

impl<E: Number> Formula<E> for SmoothL1<E> {
    type Pointwise = ops::SmoothL1<E>;

    fn draw(source: &mut Source) -> Option<Self> {
        let beta = source.strength::<E>();
        let accepted = beta >= E::ZERO && beta.finite();
        assert_eq!(loss::SmoothL1::new(beta).is_ok(), accepted, "beta {beta:?}");
        accepted.then_some(SmoothL1(beta))
    }

    fn loss<'w>(self) -> Loss<'w, E, ops::SmoothL1<E>> {
        loss::SmoothL1::new(self.0).expect("beta is accepted")
    }

    fn expected(self, p: E, t: E) -> Option<[Expected; 2]> {
        let pair = reference::smooth_l1(p.to_f64(), t.to_f64(), self.0.to_f64());
        (!overflows(p, t)).then(|| both::<E>("smooth_l1", pair))
    }
}

impl<E: Number> Formula<E> for Huber<E> {
    type Pointwise = ops::Huber<E>;

    fn draw(source: &mut Source) -> Option<Self> {
        let delta = source.strength::<E>();
        let accepted = delta > E::ZERO && delta.finite();
        assert_eq!(loss::Huber::new(delta).is_ok(), accepted, "delta {delta:?}");
        accepted.then_some(Huber(delta))
    }

    fn loss<'w>(self) -> Loss<'w, E, ops::Huber<E>> {
        loss::Huber::new(self.0).expect("delta is accepted")
    }

    fn expected(self, p: E, t: E) -> Option<[Expected; 2]> {
        let pair = reference::huber(p.to_f64(), t.to_f64(), self.0.to_f64());
        (!overflows(p, t)).then(|| both::<E>("huber", pair))
    }
}

impl<E: Number> Formula<E> for BinaryCrossEntropy<E> {
    type Pointwise = ops::BinaryCrossEntropy<E>;
    const NEEDS_FUSION: bool = true;
    const UNIT: [bool; 2] = [true; 2];

    fn draw(source: &mut Source) -> Option<Self> {
        if source.flag() {
            return Some(BinaryCrossEntropy(None));
        }
        let eps = source.number::<E>();
        let accepted = eps > E::ZERO && eps < E::HALF && E::ONE - eps < E::ONE;
        let clipped = loss::BinaryCrossEntropy::new().clip(eps);
        assert_eq!(clipped.is_ok(), accepted, "eps {eps:?}");
        accepted.then_some(BinaryCrossEntropy(Some(eps)))
    }

    fn loss<'w>(self) -> Loss<'w, E, ops::BinaryCrossEntropy<E>> {
        let loss = loss::BinaryCrossEntropy::new();
        match self.0 {
            None => loss,
            Some(eps) => loss.clip(eps).expect("eps is accepted"),
        }
    }

    fn expected(self, p: E, y: E) -> Option<[Expected; 2]> {
        let (probability, label) = (p.to_f64(), y.to_f64());
        let pair = match self.0 {
            None => reference::binary_cross_entropy(probability, label),
            Some(low) => {
                let high = (E::ONE - low).to_f64();
                let low = low.to_f64();
                reference::binary_cross_entropy_clipped(probability, label, low, high)
            }
        };
        // Other labels give terms of both signs.
        is_label(y).then(|| both::<E>("binary_cross_entropy", pair))
    }
}

impl<E: Number> Formula<E> for BinaryCrossEntropyWithLogits<E> {
    type Pointwise = ops::BinaryCrossEntropyWithLogits<E>;
    const NEEDS_FUSION: bool = true;
    const UNIT: [bool; 2] = [false, true];

    fn draw(source: &mut Source) -> Option<Self> {
        let weight = if source.flag() { E::ONE } else { source.strength::<E>() };
        let accepted = weight >= E::ZERO && weight.finite();
        let weighted = loss::BinaryCrossEntropyWithLogits::new().pos_weight(weight);
        assert_eq!(weighted.is_ok(), accepted, "pos_weight {weight:?}");
        accepted.then_some(BinaryCrossEntropyWithLogits(weight))
    }

    fn loss<'w>(self) -> Loss<'w, E, ops::BinaryCrossEntropyWithLogits<E>> {
        let loss = loss::BinaryCrossEntropyWithLogits::new();
        loss.pos_weight(self.0).expect("pos_weight is accepted")
    }

    fn expected(self, x: E, y: E) -> Option<[Expected; 2]> {
        let operation = "binary_cross_entropy_with_logits";
        let pair =
            reference::binary_cross_entropy_with_logits(x.to_f64(), y.to_f64(), self.0.to_f64());
        if (y == E::ZERO || y == E::ONE) && self.0 == E::ONE {
            return Some(both::<E>(operation, pair));
        }
        let (y, logit) = (y.double(), x.double());
        let positive = y * self.0.to_f64();
        if !is_label(E::from_f64(y.to_f64()))
            || !(positive.is_nan() || representable::<E>(positive))
        {
            return None;
        }
        let ulps = |output| tolerance::ulps(operation, output, E::FORMAT);
        let terms = [(1.0 - y) * logit.sigmoid(), positive * (-logit).sigmoid()];
        // An exponential that is subnormal has few digits; a label's factor may
        // bring it back into the normal numbers.
        let slack = least::<E>((positive + 1.0) * 2.0);
        let slack = if slack.is_nan() { Double::ZERO } else { slack };
        let value = Expected { slack, ..Expected::new(pair.0, ulps("soft value")) };
        let derivative = Expected {
            exact: pair.1,
            magnitude: terms[0].max(terms[1]),
            ulps: ulps("soft derivative"),
            slack,
        };
        Some([value, derivative])
    }
}
