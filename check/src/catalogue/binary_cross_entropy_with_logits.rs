//! Binary cross-entropy on logits.

use super::{LossEntry, is_label, label, within};
use crate::laws::pointwise::{CurvedLoss, Exact, PointwiseLoss, ReferencedLoss};
use crate::numbers::{Number, Random, into_unit};
use crate::reference::{Double, pointwise as reference};
use crate::tolerance::{self, Row, row};
use gradstep::kernels::ops;
use gradstep::loss::{self, Loss};

/// [`loss::BinaryCrossEntropyWithLogits`].
#[derive(Clone, Copy, Debug)]
pub struct BinaryCrossEntropyWithLogits<E> {
    /// The weight of positive labels.
    pub pos_weight: E,
}

impl<E: Number> PointwiseLoss<E> for BinaryCrossEntropyWithLogits<E> {
    type Formula = ops::BinaryCrossEntropyWithLogits<E>;
    const NEEDS_FUSION: bool = true;

    fn loss<'w>(self) -> Loss<'w, E, ops::BinaryCrossEntropyWithLogits<E>> {
        let loss = loss::BinaryCrossEntropyWithLogits::new();
        loss.pos_weight(self.pos_weight.to_f64()).expect("pos_weight is accepted")
    }

    fn admit(self, x: E, y: E) -> (E, E) {
        (x, into_unit(y))
    }

    fn ordinary(self, random: &mut Random) -> (E, E) {
        (random.ordinary(-9.0, 9.0), label(random))
    }

    /// Logits from where the logarithm decides to where all underflows.
    fn corners(self) -> Vec<(E, E)> {
        let mut random = Random::new(6);
        let logits = (0..4000).map(|_| random.within(-12.0, 10.0).exp2());
        let logits: Vec<E> = logits.flat_map(|x| [x, -x]).map(E::from_f64).collect();
        logits.into_iter().map(|x| (x, label(&mut random))).collect()
    }
}

impl<E: Number> ReferencedLoss<E> for BinaryCrossEntropyWithLogits<E> {
    const NAME: &'static str = "binary_cross_entropy_with_logits";

    fn exact(self, x: E, y: E) -> Option<[Exact; 2]> {
        let operation = "binary_cross_entropy_with_logits";
        let weight = self.pos_weight.to_f64();
        let pair = reference::binary_cross_entropy_with_logits(x.to_f64(), y.to_f64(), weight);
        if (y == E::ZERO || y == E::ONE) && self.pos_weight == E::ONE {
            return Some(within::<E>(operation, pair));
        }
        let (logit, target) = (Double::from(x.to_f64()), Double::from(y.to_f64()));
        let positive = target * weight;
        // A product with the weight that is subnormal has lost digits.
        if !is_label(y) || !(positive.is_nan() || representable::<E>(positive)) {
            return None;
        }
        let ulps = |output| tolerance::ulps(operation, output, E::FORMAT);
        let terms = [(1.0 - target) * logit.sigmoid(), positive * (-logit).sigmoid()];
        // An exponential that is subnormal has few digits; a label's factor may
        // bring it back into the normal numbers.
        let slack = (positive + 1.0) * 2.0 * E::from_bits(1).to_f64();
        let slack = if slack.is_nan() { Double::ZERO } else { slack };
        let output = if self.pos_weight == E::ONE { "value" } else { "weighted value" };
        let value = Exact { slack, ..Exact::new(pair.0, ulps(output)) };
        let magnitude = terms[0].max(terms[1]);
        let ulps = ulps("soft derivative");
        Some([value, Exact { value: pair.1, magnitude, ulps, slack }])
    }
}

/// Whether a number of the type can stand for `x` with full precision: 0, or well
/// within the range.
fn representable<E: Number>(x: Double) -> bool {
    let most = E::LARGEST.to_f64() * 0.125;
    x.is_zero() || (x.abs() >= E::MIN_POSITIVE.to_f64() && (!x.is_finite() || x.abs() < most))
}

impl<E: Number> CurvedLoss<E> for BinaryCrossEntropyWithLogits<E> {
    fn exact_second(self, x: E, y: E) -> Option<Exact> {
        let (logit, target) = (Double::from(x.to_f64()), Double::from(y.to_f64()));
        let positive = target * self.pos_weight.to_f64();
        if !is_label(y) || !(positive.is_nan() || representable::<E>(positive)) {
            return None;
        }
        let sum = positive + (1.0 - target);
        let second = sum * logit.sigmoid() * (-logit).sigmoid();
        // An exponential that is subnormal has few digits.
        let slack = (positive + 1.0) * 2.0 * E::LEAST.to_f64();
        let slack = if slack.is_nan() { Double::ZERO } else { slack };
        let operation = "binary_cross_entropy_with_logits";
        let ulps = tolerance::ulps(operation, "second derivative", E::FORMAT);
        Some(Exact { slack, ..Exact::new(second, ulps) })
    }
}

impl<E: Number> LossEntry<E> for BinaryCrossEntropyWithLogits<E> {
    const UNIT: [bool; 2] = [false, true];
    const LARGE: usize = 300_003;
    const BITS: [u64; 2] = [0x751da38a827a98ff, 0x6a866441c6dbfd56];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("binary_cross_entropy_with_logits", "value", [4.0; 2],
            "a label of 0 or 1 leaves exponential (1.3 ULP, damped), logarithm (1.2 ULP), and their sum \
             with |x|; a soft one 1 - y and the sum of y and 1 - y, too, and 2.3 is the most that was \
             seen"),
        row("binary_cross_entropy_with_logits", "derivative", [3.5; 2],
            "a label of 0 or 1 leaves exponential (1.3 ULP), 1 + e, quotient"),
        row("binary_cross_entropy_with_logits", "weighted value", [4.5; 2],
            "what is documented, and 3.9 is the most that was seen; by counting 7.5 ULP: as value, \
             and pos_weight y, 1 - y, their sum and its product with the logarithm"),
        row("binary_cross_entropy_with_logits", "soft derivative", [7.5; 2],
            "what is documented, and 5 is the most that was seen: of the larger of (1 - y) sigmoid(x) \
             and pos_weight y sigmoid(-x), which cancel where they are equal; by counting 10 ULP: \
             pos_weight y, 1 - y and the difference 1 each, and of a product that may be twice that \
             term the sum of the label's factors and the quotient (2.8)"),
        row("binary_cross_entropy_with_logits", "second derivative", [6.5; 2],
            "the quotient (2.8 ULP), its complement, pos_weight y, 1 - y, their sum, two products"),
    ];

    fn usual() -> Self {
        BinaryCrossEntropyWithLogits { pos_weight: E::ONE }
    }

    fn all() -> Vec<Self> {
        [1.0, 0.0, 0.3, 3.0]
            .map(|weight| BinaryCrossEntropyWithLogits { pos_weight: E::from_f64(weight) })
            .into()
    }

    fn draw(number: &mut dyn FnMut() -> E) -> Option<Self> {
        let pos_weight = number();
        let accepted = pos_weight >= E::ZERO && pos_weight.finite();
        let weighted =
            loss::BinaryCrossEntropyWithLogits::<E>::new().pos_weight(pos_weight.to_f64());
        assert_eq!(weighted.is_ok(), accepted, "pos_weight {pos_weight:?}");
        accepted.then_some(BinaryCrossEntropyWithLogits { pos_weight })
    }
}
