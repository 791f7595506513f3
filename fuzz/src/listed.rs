//! The losses of THE list in `tests/losses.rs`.

use crate::compare::Expected;
use crate::pointwise::{self, Formula};
use crate::{Number, Source};
use gradstep::kernels::ops;
use gradstep::loss::{self, Loss};

macro_rules! listed {
    ($($stem:ident $loss:ident {
        plain: $plain:expr,
        large: $large:expr,
        exact: $exact:expr,
        kinks: $kinks:tt,
        value: $value:expr, $value_reason:expr;
        derivative: $derivative:expr, $derivative_reason:expr;
        bits: $f32:expr, $f64:expr,
    })*) => {
        $(#[derive(Clone, Copy, Debug)]
        struct $loss;

        impl<E: Number> Formula<E> for $loss {
            type Pointwise = ops::$loss;
            const NEEDS_FUSION: bool = !$plain;

            fn draw(_: &mut Source) -> Option<Self> {
                Some($loss)
            }

            fn loss<'w>(self) -> Loss<'w, E, ops::$loss> {
                loss::$loss::new()
            }

            fn expected(self, p: E, t: E) -> Option<[Expected; 2]> {
                let (value, derivative) = $exact(p.to_f64(), t.to_f64());
                Some([Expected::new(value, $value), Expected::new(derivative, $derivative)])
            }
        })*

        /// Any of them.
        pub fn losses<E: Number>(source: &mut Source) {
            let all = [$(pointwise::run::<E, $loss> as fn(&mut Source)),*];
            all[source.below(all.len())](source);
        }
    };
}
crate::list::losses!(listed);
