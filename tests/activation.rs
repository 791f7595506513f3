//! Activations and their derivatives.

use crate::elementwise::{self, law};
use crate::numbers::{Number, bits, special};
use gradstep::activation::Activation;
use gradstep::kernels::ops::activation::{Activation as Formula, Relu, Sigmoid, Softplus, Tanh};
use gradstep::{Execution, Level};
use proptest::prop_assert;

fn on<A: Formula + Default>(level: Level) -> Activation<A> {
    Activation::new().execution(Execution::new().level(level))
}

macro_rules! listed {
    ($($stem:ident $formula:ident)*) => {$(
        mod $stem {
            use super::*;
            use gradstep_check::catalogue::ActivationCase;

            fn all<E: Number>() -> [ActivationCase<$formula>; 1] {
                [ActivationCase($formula)]
            }

            elementwise::tests!(all, values);
        }
    )*};
}
gradstep_check::activations!(listed);

fn value<E: Number, A: Formula + Default>(level: Level, x: E) -> E {
    let mut y = [x];
    on::<A>(level).apply(&mut y).unwrap();
    y[0]
}

/// +0 for everything that is not above 0, and nothing else changes.
#[test]
fn relu_is_exact() {
    fn check<E: Number>() {
        law(&E::any(), |x| {
            for x in special::<E>().into_iter().chain([x]) {
                for level in Level::available() {
                    let got = bits(value::<E, Relu>(level, x));
                    let expected = if x <= E::ZERO { E::ZERO } else { x };
                    prop_assert!(got == bits(expected), "{x:?} on {level:?}");
                }
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn ends_are_exact() {
    fn check<E: Number>() {
        let is = |got: E, expected: f64| assert_eq!(bits(got), bits(E::from_f64(expected)));
        for level in Level::available() {
            let end = E::INFINITY;
            is(value::<E, Sigmoid>(level, -end), 0.0);
            is(value::<E, Sigmoid>(level, end), 1.0);
            is(value::<E, Sigmoid>(level, -E::ZERO), 0.5);
            is(value::<E, Tanh>(level, -end), -1.0);
            is(value::<E, Tanh>(level, end), 1.0);
            is(value::<E, Tanh>(level, -E::ZERO), -0.0);
            is(value::<E, Softplus>(level, -end), 0.0);
            is(value::<E, Softplus>(level, end), f64::INFINITY);
        }
    }
    check::<f32>();
    check::<f64>();
}

/// Input or output of a ReLU make no difference to its gradient, to the bit.
#[test]
fn relu_passes_back_from_input_and_output_alike() {
    fn check<E: Number>() {
        law(&(E::any(), E::any()), |(x, upstream)| {
            for level in Level::available() {
                let from = |saved: E| {
                    let mut grad = [E::ONE];
                    on::<Relu>(level).backward(&[saved], &[upstream], &mut grad).expect("lengths");
                    bits(grad[0])
                };
                prop_assert!(from(x) == from(value::<E, Relu>(level, x)), "{x:?} {upstream:?}");
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

/// The gradient is the slope of the value.
#[test]
fn gradients_are_slopes() {
    fn check<A: Formula + Default>(level: Level, from_output: bool) {
        for x in (-60..=60).map(|i| f64::from(i) / 8.0 + 0.01) {
            let at = |x: f64| value::<f64, A>(level, x);
            let step = 2f64.powi(-17);
            let slope = (at(x + step) - at(x - step)) / (2.0 * step);
            let saved = if from_output { at(x) } else { x };
            let mut grad = [0.0];
            on::<A>(level).backward(&[saved], &[1.0], &mut grad).expect("lengths");
            // The step's square times a third derivative below 1, and a rounding of
            // values up to 8 over the step.
            let error = (grad[0] - slope).abs();
            assert!(error < 1e-9, "{:?} at {x} on {level:?}: {grad:?} {slope}", A::default());
        }
    }
    for level in Level::available() {
        check::<Sigmoid>(level, true);
        check::<Tanh>(level, true);
        check::<Relu>(level, false);
        check::<Softplus>(level, false);
    }
}
