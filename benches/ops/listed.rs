//! The losses of THE list in `tests/losses.rs`.

use super::pointwise::{Formula, InPlace, LossAndGrad, LossOnly};
use crate::suite;
use criterion::Criterion;
use gradstep::loss::{self, Loss, Pointwise};
use gradstep::{Element, Error};

macro_rules! listed {
    ($($stem:ident $loss:ident { $($rest:tt)* })*) => {
        $(struct $loss;

        impl Formula for $loss {
            const STEM: &'static str = stringify!($stem);

            fn new<E: Element>() -> Result<Loss<'static, E, impl Pointwise<E> + 'static>, Error> {
                Ok(loss::$loss::new())
            }
        })*

        pub(crate) fn bench(criterion: &mut Criterion) {
            $(
                suite::bench::<LossAndGrad<$loss>>(criterion);
                suite::bench::<InPlace<$loss>>(criterion);
                suite::bench::<LossOnly<$loss>>(criterion);
            )*
        }
    };
}
crate::losses::losses!(listed);
