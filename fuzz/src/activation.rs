//! Activations: values against the definitions, derivatives too where no step of
//! theirs leaves the normal numbers.

use crate::compare::{Expected, in_range, representable};
use crate::reference::Double;
use crate::run::{Runner, same};
use crate::{Number, Source, tolerance};
use gradstep::activation::Activation;
use gradstep::kernels::ops::activation::{Activation as Formula, Relu, Sigmoid, Softplus, Tanh};

/// An activation's names in the table of tolerances, and its definition.
struct Definition {
    outputs: [&'static str; 2],
    value: fn(Double) -> Double,
    /// Factors of the derivative, from what was saved.
    derivative: fn(Double) -> [Double; 2],
    curved: bool,
}

pub fn activation<E: Number>(source: &mut Source) {
    match source.below(4) {
        0 => check::<E, Sigmoid>(
            source,
            &Definition {
                outputs: ["sigmoid value", "sigmoid derivative"],
                value: Double::sigmoid,
                derivative: |y| [y, 1.0 - y],
                curved: true,
            },
        ),
        1 => check::<E, Tanh>(
            source,
            &Definition {
                outputs: ["tanh value", "tanh derivative"],
                value: Double::tanh,
                derivative: |y| [1.0 - y, 1.0 + y],
                curved: true,
            },
        ),
        2 => check::<E, Softplus>(
            source,
            &Definition {
                outputs: ["softplus value", "softplus derivative"],
                value: Double::softplus,
                derivative: |x| [x.sigmoid(), Double::ONE],
                curved: true,
            },
        ),
        _ => check::<E, Relu>(
            source,
            &Definition {
                outputs: ["relu", "relu"],
                value: |x| if x.is_nan() || x > 0.0 { x } else { Double::ZERO },
                derivative: |x| [if x.is_nan() || x > 0.0 { x } else { Double::ZERO }, Double::ONE],
                curved: false,
            },
        ),
    }
}

fn check<E: Number, A: Formula>(source: &mut Source, definition: &Definition) {
    let runner = Runner { offsets: source.offsets(), needs_fusion: definition.curved };
    let n = source.len();
    let mut slice = || {
        let n = source.near(n);
        source.slice::<E>(n)
    };
    let (x, upstream, output) = (slice(), slice(), slice());
    let on = |execution| Activation::<A>::new().execution(execution);
    let what = definition.outputs[0];
    let in_place = runner.run(what, true, &[], &[&x], &|execution, _, out| {
        on(execution).apply(out[0]);
        Ok(0.0)
    });
    let fits = x.len() == output.len();
    let values = runner.run(what, fits, &[&x], &[&output], &|execution, x, out| {
        on(execution).apply_into(x[0], out[0]).map(|()| 0.0)
    });
    let fits = fits && x.len() == upstream.len();
    let grads = runner.run(what, fits, &[&x, &upstream], &[&output], &|execution, x, out| {
        on(execution).backward(x[0], x[1], out[0]).map(|()| 0.0)
    });
    if let (Some(in_place), Some(values)) = (&in_place, &values) {
        same(what, in_place, values);
    }
    let ulps = tolerance::ulps("activation", definition.outputs[0], E::FORMAT);
    for outcome in in_place.iter().flatten() {
        for (x, got) in x.iter().zip(outcome.output()) {
            let exact = (definition.value)(x.double());
            Expected::new(exact, ulps).check(*got, (what, x, outcome.level));
        }
    }
    let ulps = tolerance::ulps("activation", definition.outputs[1], E::FORMAT);
    for outcome in grads.iter().flatten() {
        for ((x, upstream), got) in x.iter().zip(&upstream).zip(outcome.output()) {
            let case = (definition.outputs[1], x, upstream, outcome.level);
            let [a, b] = (definition.derivative)(x.double());
            if !definition.curved {
                let passed = a.is_nan() || a > 0.0;
                let nan = a.is_nan() || upstream.is_nan();
                let exact = match (nan, passed) {
                    (true, _) => Double::NAN,
                    (false, true) => upstream.double(),
                    (false, false) => Double::ZERO,
                };
                Expected::new(exact, ulps).check(*got, case);
                continue;
            }
            let (derivative, exact) = (a * b, a * b * upstream.double());
            let normal = [a, b, derivative].into_iter().all(representable::<E>);
            if a.is_nan() || upstream.is_nan() {
                assert!(got.is_nan(), "{case:?}: {got:?}");
            } else if normal && in_range::<E>(exact) {
                Expected::new(exact, ulps).check(*got, case);
            }
        }
    }
}
