//! The updates of the catalogue.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::Error;
use gradstep::update::Tensor;
use gradstep_check::catalogue::{self, UpdateEntry};
use gradstep_check::laws::update::Stepper;
use gradstep_check::numbers::Number;

/// Weights, gradient and state of ordinary numbers.
const fn slices<const N: usize>(states: [(f64, f64); N]) -> [Slice; 5] {
    let mut all = [Slice::Read(-1.0, 1.0); 5];
    all[0] = Slice::Update(-1.0, 1.0);
    let mut i = 0;
    while i < N {
        all[2 + i] = Slice::Update(states[i].0, states[i].1);
        i += 1;
    }
    all
}

macro_rules! step {
    ($module:ident $update:ident [$n:literal] $group:expr, $form:expr) => {
        mod $module {
            use super::*;

            pub(super) struct Step;

            impl Op for Step {
                const SLICES: &'static [Slice] = {
                    const ALL: &[Slice; 5] =
                        &slices(<catalogue::$update as Stepper<f32, $n>>::STATES);
                    ALL.split_at(2 + $n).0
                };

                fn group() -> String {
                    $group
                }

                fn prepare<'a, E: Number>(
                    on: On,
                    _: Size,
                    [w, g, states @ ..]: Slices<'a, E>,
                ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
                    let usual = <catalogue::$update as UpdateEntry<E, $n>>::usual();
                    let form: fn(catalogue::$update) -> catalogue::$update = $form;
                    let entry = form(usual);
                    let update = Stepper::<E, $n>::update(entry, on.execution)?;
                    let mut states = states.into_iter();
                    let mut states: [&'a mut [E]; $n] =
                        std::array::from_fn(|_| states.next().expect("as many as there are"));
                    Ok(move || {
                        let state = states.each_mut().map(|state| &mut **state);
                        entry.step(&update, Tensor { w, g, state }).map(|()| 0.0)
                    })
                }
            }
        }
    };
}

// Forms that are compiled by themselves.
step!(nesterov SgdMomentum [1] "sgd_momentum/nesterov".to_owned(), |mut entry| {
    entry.formula.nesterov = true;
    entry
});
step!(lasso ProxSgd [0] "prox_sgd/lasso".to_owned(), |mut entry| {
    entry.formula.l2 = 0.0;
    entry
});

macro_rules! listed {
    ($($stem:ident $update:ident [$n:literal])*) => {
        // A method that is not the main one has its name behind a `/`.
        $(step!(
            $stem $update [$n] stringify!($stem).replace("_amsgrad", "/amsgrad"), |entry| entry
        );)*

        pub(crate) fn bench(criterion: &mut Criterion) {
            $(
                if const { suite::is_built(stringify!($stem)) } {
                    suite::bench::<$stem::Step>(criterion);
                }
            )*
            if const { suite::is_built("sgd_momentum") } {
                suite::bench::<nesterov::Step>(criterion);
            }
            if const { suite::is_built("prox_sgd") } {
                suite::bench::<lasso::Step>(criterion);
            }
        }
    };
}
gradstep_check::updates!(listed);
