//! Activations, and their derivatives, which have no exponential save softplus'.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::activation;
use gradstep::kernels::ops::activation as formulas;
use gradstep::{Element, Error};
use gradstep_check::catalogue::ActivationEntry;

macro_rules! activations {
    ($($module:ident $name:ident)*) => {
        $(
            mod $module {
                use super::*;

                const SAVED: (f64, f64) = <formulas::$name as ActivationEntry>::SAVED;

                pub(super) struct Value;
                pub(super) struct Backward;

                impl Op for Value {
                    const SLICES: &'static [Slice] = &[Slice::Read(-8.0, 8.0), Slice::Write];

                    fn group() -> String {
                        concat!("activation/", stringify!($module)).to_owned()
                    }

                    fn sizes() -> Vec<Size> {
                        Size::elements(&[64, 4 << 10, 16 << 20])
                    }

                    fn prepare<'a, E: Element>(
                        on: On,
                        _: Size,
                        [x, out, ..]: Slices<'a, E>,
                    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
                        let activation = activation::$name::new().execution(on.execution);
                        Ok(move || activation.apply_into(x, out).map(|()| 0.0))
                    }
                }

                impl Op for Backward {
                    const SLICES: &'static [Slice] =
                        &[Slice::Read(SAVED.0, SAVED.1), Slice::Read(-1.0, 1.0), Slice::Write];

                    fn group() -> String {
                        concat!("activation/", stringify!($module), "/backward").to_owned()
                    }

                    fn sizes() -> Vec<Size> {
                        Size::elements(&[4 << 10])
                    }

                    fn prepare<'a, E: Element>(
                        on: On,
                        _: Size,
                        [saved, upstream, grad, ..]: Slices<'a, E>,
                    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
                        let activation = activation::$name::new().execution(on.execution);
                        Ok(move || activation.backward(saved, upstream, grad).map(|()| 0.0))
                    }
                }
            }
        )*

        pub(crate) fn bench(criterion: &mut Criterion) {
            $(
                suite::bench::<$module::Value>(criterion);
                suite::bench::<$module::Backward>(criterion);
            )*
        }
    };
}

gradstep_check::activations!(activations);
