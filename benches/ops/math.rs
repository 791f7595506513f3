//! The vector math that the losses are made of.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::kernels::ops;
use gradstep::{Element, Error};

macro_rules! functions {
    ($($op:ident $name:literal $low:literal..$high:literal;)*) => {
        $(
            struct $op;

            impl Op for $op {
                const SLICES: &'static [Slice] = &[Slice::Read($low, $high), Slice::Write];
                const THREADS: bool = false;

                fn group() -> String {
                    concat!("math/", $name).to_owned()
                }

                fn sizes() -> Vec<Size> {
                    // Arithmetic limits them, so larger sizes tell nothing.
                    Size::elements(&[64, 4 << 10])
                }

                fn prepare<'a, E: Element>(
                    on: On,
                    _: Size,
                    [x, out, ..]: Slices<'a, E>,
                ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
                    Ok(move || {
                        on.level.dispatch(ops::$op { x, out });
                        Ok(0.0)
                    })
                }
            }
        )*

        pub(crate) fn bench(criterion: &mut Criterion) {
            $(suite::bench::<$op>(criterion);)*
        }
    };
}

functions! {
    Exp "exp" -80.0..80.0;
    ExpM1 "exp_m1" -4.0..4.0;
    ExpNonpositive "exp_nonpositive" -80.0..0.0;
    Ln "ln" 0.0..100.0;
    Ln1p "ln_1p" -0.9..4.0;
    Ln1pUnit "ln_1p_unit" 0.0..1.0;
    Sigmoid "sigmoid" -8.0..8.0;
    Softplus "softplus" -8.0..8.0;
    Tanh "tanh" -4.0..4.0;
}
