//! What holds for momentum alone; the catalogue has the rest.

use crate::elementwise::law;
use crate::numbers::{Number, bits};
use gradstep::update::SgdMomentum;
use gradstep::{Execution, Level};
use proptest::prop_assert;

fn plain(learning_rate: f64, level: Level) -> SgdMomentum {
    let sgd = SgdMomentum::new(learning_rate, 0.9).expect("rates");
    sgd.execution(Execution::new().level(level))
}

/// At the first step the buffer becomes the gradient: no dampening, and whatever it
/// held is not read.
#[test]
fn the_first_step_ignores_the_buffer_and_dampening() {
    fn check<E: Number>() {
        for level in Level::available() {
            let damped = plain(0.1, level).dampening(0.5).expect("a dampening");
            let (mut w, mut buffer) = ([E::ONE; 3], [E::NAN, E::INFINITY, E::ONE]);
            damped.step(&mut w, &[E::TWO; 3], &mut buffer, 1).expect("not refused");
            assert!(buffer == [E::TWO; 3] && w == [w[0]; 3], "{level:?}: {w:?} {buffer:?}");
            damped.step(&mut w, &[E::TWO; 3], &mut buffer, 2).expect("not refused");
            let second = E::from_f64(0.9) * E::TWO + E::ONE;
            assert!(buffer == [second; 3], "{level:?}: {buffer:?}");
        }
    }
    check::<f32>();
    check::<f64>();
}

/// `1 - dampening` and `1 - learning_rate weight_decay` are computed in `f64` and
/// rounded once: in `f32`, `1 - 0.999` would be off by parts per hundred thousand.
#[test]
fn constants_are_rounded_once() {
    fn check<E: Number>() {
        law(&(1e-8f64..1.0, 1e-3f64..1.0, 0.9f64..1.0), |(learning_rate, decay, dampening)| {
            for level in Level::available() {
                let update = plain(learning_rate, level).decoupled();
                let update = update.dampening(dampening).and_then(|sgd| sgd.weight_decay(decay));
                let update = update.expect("options");
                let (mut w, mut buffer) = ([E::ONE], [E::ZERO]);
                update.step(&mut w, &[E::ZERO], &mut buffer, 2).expect("not refused");
                let keep = E::from_f64(1.0 - learning_rate * decay);
                prop_assert!(w[0] == keep, "{update:?} on {level:?}: {w:?}");
                update.step(&mut w, &[E::ONE], &mut buffer, 2).expect("not refused");
                let undamped = E::from_f64(1.0 - dampening);
                prop_assert!(buffer[0] == undamped, "{update:?} on {level:?}: {buffer:?}");
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn no_gradient_and_no_decay_changes_nothing() {
    fn check<E: Number>() {
        let w = [0.5, -1e-30, 3e30, 0.0].map(E::from_f64);
        for level in Level::available() {
            let (mut got, mut buffer) = (w, [E::ZERO; 4]);
            for t in 1..4 {
                plain(0.1, level)
                    .step(&mut got, &[E::ZERO; 4], &mut buffer, t)
                    .expect("not refused");
            }
            assert_eq!(got.map(bits), w.map(bits), "{level:?}");
        }
    }
    check::<f32>();
    check::<f64>();
}
