//! Projection onto a box.

use crate::elementwise::law;
use crate::numbers::{Number, bits};
use crate::proximal::one;
use gradstep::Level;
use gradstep_check::catalogue::BoxConstraint;
use proptest::prop_assert;

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
