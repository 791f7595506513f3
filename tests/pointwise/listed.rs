//! The losses of THE list in `tests/losses.rs`.

macro_rules! listed {
    ($($stem:ident $loss:ident {
        plain: $plain:expr,
        large: $large:expr,
        exact: $exact:expr,
        kinks: [$($kink:expr),*],
        value: $value:expr, $value_reason:expr;
        derivative: $derivative:expr, $derivative_reason:expr;
        bits: $f32:expr, $f64:expr,
    })*) => {$(
        mod $stem {
            use crate::numbers::Number;
            use crate::pointwise::{self, PointwiseLoss, ReferencedLoss};
            use crate::reference::Double;
            use gradstep::kernels::ops;
            use gradstep::loss::{self, Loss};

            #[derive(Clone, Copy, Debug)]
            struct Listed;

            impl<E: Number> PointwiseLoss<E> for Listed {
                type Formula = ops::$loss;
                const NEEDS_FUSION: bool = !$plain;

                fn loss<'w>(self) -> Loss<'w, E, ops::$loss> {
                    loss::$loss::new()
                }

                fn kinks(self) -> Vec<E> {
                    let kinks: &[f64] = &[$($kink),*];
                    kinks.iter().map(|kink| E::from_f64(*kink)).collect()
                }
            }

            impl<E: Number> ReferencedLoss<E> for Listed {
                const NAME: &'static str = stringify!($stem);

                fn reference(self, prediction: f64, target: f64) -> (Double, Double) {
                    $exact(prediction, target)
                }

                fn bounds(self, _: E, _: E) -> (f64, f64, Option<Double>) {
                    ($value, $derivative, None)
                }
            }

            fn all<E: Number>() -> [Listed; 1] {
                [Listed]
            }

            pointwise::tests!(all);
        }
    )*};
}
crate::losses::losses!(listed);
