//! What holds for Lion alone; the catalogue has the rest.

use crate::elementwise::law;
use crate::numbers::Number;
use crate::update::Stepper;
use gradstep::update::Tensor;
use gradstep::{Execution, Level};
use gradstep_check::catalogue::{Lion, UpdateEntry};
use proptest::prelude::*;

/// Without decay.
fn plain<E: Number>() -> Lion {
    <Lion as UpdateEntry<E, 1>>::all().remove(0)
}

/// The weight after one step.
fn weight<E: Number>(lion: Lion, level: Level, w: E, g: E, m: E) -> E {
    let (mut w, mut m) = ([w], [m]);
    let tensor = Tensor { w: &mut w, g: &[g], state: [&mut m] };
    let update = Stepper::<E, 1>::update(lion, Execution::new().level(level)).expect("options");
    lion.step(&update, tensor).expect("not refused");
    w[0]
}

/// `sign(0)` is 0, of either zero, and where average and gradient cancel.
#[test]
fn nothing_moves_where_the_average_is_0() {
    fn check<E: Number>() {
        let mut half = plain::<E>();
        half.formula.beta1 = 0.5;
        for level in Level::available() {
            for w in [E::ONE, -E::HALF, E::ZERO, E::LARGEST] {
                for (g, m) in [(E::ZERO, E::ZERO), (-E::ZERO, -E::ZERO), (E::TWO, -E::TWO)] {
                    let got = weight(half, level, w, g, m);
                    assert_eq!(got, w, "{g:?} {m:?} on {level:?}");
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

/// Otherwise every weight moves by the learning rate, whatever the magnitudes are.
#[test]
fn every_step_has_the_length_of_the_learning_rate() {
    fn check<E: Number>() {
        law(&(E::any(), E::any()), |(g, m)| {
            for level in Level::available() {
                let got = weight(plain::<E>(), level, E::ZERO, g, m);
                let rate = E::from_f64(plain::<E>().formula.learning_rate);
                let known = got == rate || got == -rate || got == E::ZERO || got.is_nan();
                prop_assert!(known, "{g:?} {m:?} on {level:?}: {got:?}");
                let infinite = !g.finite() && !m.finite();
                prop_assert!(got.is_nan() <= (g.is_nan() || m.is_nan() || infinite));
            }
            Ok(())
        });
        for level in Level::available() {
            let rate = E::from_f64(plain::<E>().formula.learning_rate);
            assert_eq!(weight(plain::<E>(), level, E::ZERO, E::INFINITY, E::ONE), -rate);
            assert_eq!(weight(plain::<E>(), level, E::ZERO, E::ONE, -E::INFINITY), rate);
        }
    }
    check::<f32>();
    check::<f64>();
}
