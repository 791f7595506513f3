//! THE list of losses without parameters, told once: tests, benches and fuzz targets all read
//! it. A loss with parameters, or with arguments that it refuses, has files of its own.

/// Calls a macro with all of them.
///
/// | part | meaning |
/// |---|---|
/// | `log_cosh LogCosh` | stem of its files, and type |
/// | `plain` | whether it has neither exponential nor logarithm: the same bits on all levels |
/// | `large` | elements that are worth several threads |
/// | `exact` | value and derivative in double-double, for prediction and target |
/// | `kinks` | distances of prediction and target at which the formula changes |
/// | `value`, `derivative` | largest error in ULP, and what roundings add up to it |
/// | `bits` | hashes of all results in `f32` and `f64`: the test prints them |
#[rustfmt::skip] // it would indent a string's second line anew each time
macro_rules! losses {
    ($each:ident) => {
        $each! {
            mse Mse {
                plain: true,
                large: 1_200_003,
                exact: $crate::reference::pointwise::mse,
                kinks: [],
                value: 2.0, "the difference counts twice: 2^(1/2) ULP of a square below 2; and \
                             the square's 1/2";
                derivative: 0.5, "one difference, exactly doubled";
                bits: 0x07fd60eb257e398a, 0x63f30572c5c53a4a,
            }
            l1 L1 {
                plain: true,
                large: 1_200_003,
                exact: $crate::reference::pointwise::l1,
                kinks: [0.0],
                value: 0.5, "one difference";
                derivative: 0.0, "a sign";
                bits: 0x5242f44977571783, 0xee9f9c819e9cc484,
            }
            log_cosh LogCosh {
                plain: false,
                large: 300_003,
                exact: $crate::reference::pointwise::log_cosh,
                kinks: [0.75],
                value: 5.0, "below 3/4 the logarithm of 1 - tanh^2: the difference counts twice \
                             (2^(1/2) ULP), tanh twice, the square 1/2, and all this grows by \
                             a third in the logarithm, which has 1 ULP; beyond, less";
                derivative: 2.0, "difference, tanh (1 ULP)";
                bits: 0x8399d91b71415ec9, 0x3564b6060f48407b,
            }
        }
    };
}
pub(crate) use losses;
