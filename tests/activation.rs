//! Activations and their derivatives.

use crate::elementwise::{self, Expected, Method, Operation, Referenced, law};
use crate::numbers::{Number, Random, bits, special};
use crate::reference::Double;
use gradstep::activation::Activation;
use gradstep::kernels::ops::activation::{Activation as Formula, Relu, Sigmoid, Softplus, Tanh};
use gradstep::{Execution, Level};
use proptest::prop_assert;
use std::fmt::Debug;

/// A formula and its definition.
trait Defined: Formula + Debug + 'static {
    /// Whether it has an exponential or a logarithm.
    const CURVED: bool;
    /// Names of value and derivative in the table of tolerances.
    const OUTPUTS: [&'static str; 2];

    fn exact(x: Double) -> Double;
    fn exact_backward(saved: Double, upstream: Double) -> Double;
    /// Where the backward pass starts: outputs that exist, inputs whose derivative
    /// has full precision.
    fn saved(x: f64, subnormal: f64) -> f64;
}

impl Defined for Sigmoid {
    const CURVED: bool = true;
    const OUTPUTS: [&'static str; 2] = ["sigmoid value", "sigmoid derivative"];

    fn exact(x: Double) -> Double {
        x.sigmoid()
    }
    fn exact_backward(y: Double, upstream: Double) -> Double {
        y * (1.0 - y) * upstream
    }
    fn saved(x: f64, _: f64) -> f64 {
        let y = x.abs();
        if y > 1.0 { 1.0 / y } else { y }
    }
}

impl Defined for Tanh {
    const CURVED: bool = true;
    const OUTPUTS: [&'static str; 2] = ["tanh value", "tanh derivative"];

    fn exact(x: Double) -> Double {
        x.tanh()
    }
    fn exact_backward(y: Double, upstream: Double) -> Double {
        (1.0 - y) * (1.0 + y) * upstream
    }
    fn saved(x: f64, _: f64) -> f64 {
        if x.abs() > 1.0 { 1.0 / x } else { x }
    }
}

impl Defined for Relu {
    const CURVED: bool = false;
    const OUTPUTS: [&'static str; 2] = ["relu", "relu"];

    fn exact(x: Double) -> Double {
        if x.is_nan() || x > 0.0 { x } else { Double::ZERO }
    }
    fn exact_backward(saved: Double, upstream: Double) -> Double {
        if saved.is_nan() || upstream.is_nan() {
            Double::NAN
        } else if saved > 0.0 {
            upstream
        } else {
            Double::ZERO
        }
    }
    fn saved(x: f64, _: f64) -> f64 {
        x
    }
}

impl Defined for Softplus {
    const CURVED: bool = true;
    const OUTPUTS: [&'static str; 2] = ["softplus value", "softplus derivative"];

    fn exact(x: Double) -> Double {
        x.softplus()
    }
    fn exact_backward(x: Double, upstream: Double) -> Double {
        x.sigmoid() * upstream
    }
    fn saved(x: f64, subnormal: f64) -> f64 {
        if x < subnormal { subnormal / (1.0 + x.abs()) } else { x }
    }
}

#[derive(Clone, Copy, Debug)]
struct Case<A>(A);

fn on<A: Formula>(level: Level) -> Activation<A> {
    Activation::new().execution(Execution::new().level(level))
}

impl<E: Number, A: Defined> Operation<E> for Case<A> {
    const COLUMNS: &'static [&'static str] = &["x", "saved", "upstream"];
    const NEEDS_FUSION: bool = A::CURVED;

    fn methods(self) -> Vec<Method<E>> {
        vec![
            Method::new("apply", &[0], 1, |level, x, out| {
                out[0].copy_from_slice(x[0]);
                on::<A>(level).apply(out[0]);
            }),
            Method::new("apply_into", &[0], 1, |level, x, out| {
                on::<A>(level).apply_into(x[0], out[0]).expect("not refused");
            }),
            Method::new("backward", &[1, 2], 1, |level, x, out| {
                on::<A>(level).backward(x[1], x[2], out[0]).expect("not refused");
            }),
        ]
    }

    fn ordinary(self, random: &mut Random) -> Vec<E> {
        let mut row = vec![
            random.ordinary(-20.0, 20.0),
            random.ordinary(-3.0, 3.0),
            random.ordinary(-2.0, 2.0),
        ];
        Operation::<E>::admit(self, &mut row);
        row
    }

    fn admit(self, row: &mut [E]) {
        // ln of the smallest normal number, nearer to 0.
        let subnormal = E::MIN_POSITIVE.to_f64().ln() + 1.0;
        row[1] = E::from_f64(A::saved(row[1].to_f64(), subnormal));
    }
}

impl<E: Number, A: Defined> Referenced<E> for Case<A> {
    const NAME: &'static str = "activation";

    fn expected(self, method: &str, row: &[f64]) -> Vec<Expected> {
        let [x, saved, upstream] = [row[0], row[1], row[2]].map(Double::from);
        let (output, value) = match method {
            "apply" | "apply_into" => (A::OUTPUTS[0], A::exact(x)),
            "backward" => (A::OUTPUTS[1], A::exact_backward(saved, upstream)),
            _ => panic!("no method {method}"),
        };
        vec![Expected { output, value, magnitude: value }]
    }
}

macro_rules! of_each {
    ($($module:ident $formula:ident;)*) => {$(
        mod $module {
            use super::*;

            fn all<E: Number>() -> [Case<$formula>; 1] {
                [Case($formula)]
            }

            elementwise::tests!(all, values);
        }
    )*};
}
of_each! { sigmoid Sigmoid; tanh Tanh; relu Relu; softplus Softplus; }

fn value<E: Number, A: Formula>(level: Level, x: E) -> E {
    let mut y = [x];
    on::<A>(level).apply(&mut y);
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
    fn check<A: Formula>(level: Level, from_output: bool) {
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
