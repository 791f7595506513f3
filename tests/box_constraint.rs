//! Projection onto a box.

use crate::elementwise::law;
use crate::numbers::{Number, bits};
use crate::proximal::{self, Operator, ReferencedOperator, one};
use crate::reference::{self, Double};
use gradstep::Level;
use gradstep::kernels::ops;
use gradstep::prox::{self, Prox};
use proptest::prop_assert;

#[derive(Clone, Copy, Debug)]
struct BoxConstraint<E> {
    low: E,
    high: E,
}

impl<E: Number> Operator<E> for BoxConstraint<E> {
    type Formula = ops::BoxConstraint<E>;

    fn prox(self) -> Prox<E, Self::Formula> {
        prox::BoxConstraint::new(self.low, self.high).expect("low <= high")
    }
}

impl<E: Number> ReferencedOperator<E> for BoxConstraint<E> {
    const NAME: &'static str = "box_constraint";

    fn reference(self, x: f64) -> Double {
        reference::prox::clamp(x, self.low.to_f64(), self.high.to_f64())
    }
    fn slope(self, x: f64, upstream: f64) -> Double {
        let inside = (self.low.to_f64()..=self.high.to_f64()).contains(&x);
        if inside { upstream.into() } else { Double::ZERO }
    }
    fn penalty(self, u: Double) -> Double {
        let inside = u >= self.low.to_f64() && u <= self.high.to_f64();
        if inside { Double::ZERO } else { Double::INFINITY }
    }
    fn on_grid(k: f64) -> Self {
        Self { low: E::from_f64(-k / 2.0), high: E::from_f64(k) }
    }
    fn kinks(self) -> Vec<E> {
        vec![self.low, self.high]
    }
}

fn all<E: Number>() -> [BoxConstraint<E>; 6] {
    let inf = f64::INFINITY;
    [(-0.3, 2.0), (0.0, inf), (-inf, -1.0), (1.0, 1.0), (-inf, inf), (-0.0, 0.0)]
        .map(|(low, high)| BoxConstraint { low: E::from_f64(low), high: E::from_f64(high) })
}

proximal::tests!(all);

/// Any box: the result is inside, and an element inside stays.
#[test]
fn the_result_is_inside() {
    fn check<E: Number>() {
        law(&(E::any(), E::any(), E::any()), |(x, low, high)| {
            let (low, high) = if low <= high { (low, high) } else { (high, low) };
            if x.is_nan() || low.is_nan() || high.is_nan() {
                return Ok(());
            }
            for level in Level::available() {
                let got = one(BoxConstraint { low, high }, level, x);
                let what = format!("{x:?} in {low:?}..={high:?} on {level:?}: {got:?}");
                prop_assert!(low <= got && got <= high, "{what}");
                let inside = low <= x && x <= high;
                prop_assert!(!inside || bits(got) == bits(x + E::ZERO), "{what}");
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}
