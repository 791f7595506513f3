//! Vector math: every function within its bound on every level, the same bits
//! on all levels that fuse, and the special values of IEEE 754.

mod exhaustive;
mod inputs;

use crate::numbers::{Number, bits};
use crate::reference::{Double, Format, ulp};
use crate::tolerance;
use gradstep::Level;
use gradstep::kernels::{Isa, Kernel, Lanes, math, math::Math, ops, sweep};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Function {
    Exp,
    ExpM1,
    ExpNonpositive,
    Ln,
    Ln1p,
    Ln1pUnit,
    /// Of a row whose largest element is 0.
    ScaledExp,
    Sigmoid,
    Softplus,
    Tanh,
}
use Function::*;

const ALL: [Function; 10] =
    [Exp, ExpM1, ExpNonpositive, Ln, Ln1p, Ln1pUnit, ScaledExp, Sigmoid, Softplus, Tanh];

/// The exponentials of a row whose largest element is 0, their factor taken out.
struct OfARow<'a, E> {
    x: &'a [E],
    out: &'a mut [E],
}

impl<E: Math> Kernel for OfARow<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let zero = isa.splat(E::ZERO);
        let scaled = math::ScaledExp::new(zero);
        let inverse = zero.splat(E::ONE) / scaled.exp(zero);
        sweep::map(
            isa,
            self.x,
            self.out,
            #[inline(always)]
            |x| scaled.exp(x) * inverse,
        );
    }
}

impl Function {
    fn run<E: Math>(self, level: Level, x: &[E]) -> Vec<E> {
        let mut y = vec![E::NAN; x.len()];
        let out = &mut y[..];
        match self {
            Exp => level.dispatch(ops::Exp { x, out }),
            ExpM1 => level.dispatch(ops::ExpM1 { x, out }),
            ExpNonpositive => level.dispatch(ops::ExpNonpositive { x, out }),
            ScaledExp => level.dispatch(OfARow { x, out }),
            Ln => level.dispatch(ops::Ln { x, out }),
            Ln1p => level.dispatch(ops::Ln1p { x, out }),
            Ln1pUnit => level.dispatch(ops::Ln1pUnit { x, out }),
            Sigmoid => level.dispatch(ops::Sigmoid { x, out }),
            Softplus => level.dispatch(ops::Softplus { x, out }),
            Tanh => level.dispatch(ops::Tanh { x, out }),
        }
        y
    }

    fn exact(self, x: Double) -> Double {
        match self {
            Exp | ExpNonpositive | ScaledExp => x.exp(),
            ExpM1 => x.exp_m1(),
            Ln => x.ln(),
            Ln1p | Ln1pUnit => x.ln_1p(),
            Sigmoid => x.sigmoid(),
            Softplus => x.softplus(),
            Tanh => x.tanh(),
        }
    }

    /// In `f64`, within a few ULPs of it: exact for the purposes of `f32`.
    fn in_f64(self, x: f64) -> f64 {
        match self {
            Exp | ExpNonpositive | ScaledExp => x.exp(),
            ExpM1 => x.exp_m1(),
            Ln => x.ln(),
            Ln1p | Ln1pUnit => x.ln_1p(),
            Sigmoid => {
                let e = (-x.abs()).exp();
                if x < 0.0 { e / (1.0 + e) } else { 1.0 / (1.0 + e) }
            }
            Softplus if x.is_nan() => x,
            Softplus => x.max(0.0) + (-x.abs()).exp().ln_1p(),
            Tanh => x.tanh(),
        }
    }

    /// Whether the function promises anything at `x`.
    fn admits(self, x: f64) -> bool {
        match self {
            ExpNonpositive | ScaledExp => {
                !matches!(x.partial_cmp(&0.0), Some(core::cmp::Ordering::Greater))
            }
            Ln1pUnit => x.is_nan() || (0.0..=1.0).contains(&x),
            _ => true,
        }
    }

    fn bound(self, level: Level, format: Format) -> f64 {
        let name = match self {
            Exp => "exp",
            ExpM1 => "exp_m1",
            ExpNonpositive => "exp_nonpositive",
            Ln => "ln",
            Ln1p => "ln_1p",
            Ln1pUnit => "ln_1p_unit",
            ScaledExp => "scaled_exp",
            Sigmoid => "sigmoid",
            Softplus => "softplus",
            Tanh => "tanh",
        };
        tolerance::ulps(name, if level.fused() { "fused" } else { "not fused" }, format)
    }
}

/// The numbers for which results are stated rather than approximated.
#[rustfmt::skip]
const SPECIAL: &[(Function, &[(f64, f64)])] = {
    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;
    &[
        (Exp, &[(0.0, 1.0), (-0.0, 1.0), (INF, INF), (-INF, 0.0), (1e3, INF), (-1e3, 0.0)]),
        (ExpNonpositive, &[(0.0, 1.0), (-0.0, 1.0), (-INF, 0.0), (-1e3, 0.0), (-1e30, 0.0)]),
        (ScaledExp, &[(0.0, 1.0), (-0.0, 1.0), (-INF, 0.0), (-1e3, 0.0)]),
        (ExpM1, &[(0.0, 0.0), (-0.0, -0.0), (INF, INF), (-INF, -1.0), (1e3, INF), (-1e3, -1.0)]),
        (Ln, &[(0.0, -INF), (-0.0, -INF), (1.0, 0.0), (INF, INF), (-INF, NAN), (-1.0, NAN), (-1e-30, NAN)]),
        (Ln1p, &[(0.0, 0.0), (-0.0, -0.0), (-1.0, -INF), (INF, INF), (-INF, NAN), (-2.0, NAN)]),
        (Ln1pUnit, &[(0.0, 0.0)]),
        (Sigmoid, &[(0.0, 0.5), (-0.0, 0.5), (INF, 1.0), (-INF, 0.0), (1e3, 1.0), (-1e3, 0.0)]),
        (Softplus, &[(INF, INF), (-INF, 0.0), (1024.0, 1024.0), (-1e3, 0.0)]),
        (Tanh, &[(0.0, 0.0), (-0.0, -0.0), (INF, 1.0), (-INF, -1.0), (1e3, 1.0), (-1e3, -1.0)]),
    ]
};

fn special_values_of<E: Number>() {
    for level in Level::available() {
        for function in ALL {
            let (_, cases) = SPECIAL.iter().find(|(f, _)| *f == function).expect("a row for each");
            for (x, y) in cases.iter().chain(&[(f64::NAN, f64::NAN), (-f64::NAN, f64::NAN)]) {
                let got = function.run(level, &[E::from_f64(*x)])[0];
                let want = E::from_f64(*y);
                assert_eq!(bits(got), bits(want), "{function:?}({x:e}) is {got:?} on {level:?}");
            }
        }
    }
}

#[test]
fn special_values() {
    special_values_of::<f32>();
    special_values_of::<f64>();
}

/// Every payload stays NaN through sums of patterns and shifts.
#[test]
fn nan_of_any_payload_stays_nan() {
    fn check<E: Number>() {
        let payloads = (1u64 << E::MANTISSA_BITS) - 1;
        let infinities = [E::INFINITY.bits(), (-E::INFINITY).bits()];
        let nan: Vec<E> = (0..E::MANTISSA_BITS)
            .flat_map(|shift| [1 << shift, payloads >> shift, payloads << shift & payloads])
            .flat_map(|payload| infinities.map(|infinity| E::from_bits(infinity | payload)))
            .collect();
        for level in Level::available() {
            for function in ALL {
                let y = function.run(level, &nan);
                assert!(y.iter().all(|y| y.is_nan()), "{function:?} on {level:?}: {y:?}");
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

/// Errors against the reference, and bits between levels, at the inputs of
/// `inputs`: all kinds of magnitude, and where formulas change their course.
fn within_bounds<E: Number>() {
    for function in ALL {
        let x = inputs::of::<E>(function);
        let exact: Vec<Double> = x.iter().map(|x| function.exact(x.to_f64().into())).collect();
        let mut fused: Option<Vec<u64>> = None;
        for level in Level::available() {
            let y = function.run(level, &x);
            let bound = function.bound(level, E::FORMAT);
            for ((x, y), exact) in x.iter().zip(&y).zip(&exact) {
                let error = ulp::error(y.to_f64(), *exact, E::FORMAT);
                assert!(
                    error <= bound,
                    "{function:?}({x:?}) is {y:?} on {level:?}: {error} ULP, bound {bound}"
                );
            }
            if level.fused() {
                let y: Vec<u64> = y.iter().map(|y| bits(*y)).collect();
                let first = fused.get_or_insert_with(|| y.clone());
                let differs = first.iter().zip(&y).position(|(a, b)| a != b);
                assert_eq!(differs.map(|i| x[i]), None, "{function:?} on {level:?}");
            }
        }
    }
}

#[test]
fn within_bounds_f32() {
    within_bounds::<f32>();
}

#[test]
fn within_bounds_f64() {
    within_bounds::<f64>();
}

/// All these functions grow; rounded, a step may fall back by 1 ULP at most.
#[test]
fn nearly_monotonic() {
    for function in ALL {
        for start in (0..0x7f80_0000u32).step_by(0x1_4321) {
            for sign in [0, 1 << 31] {
                let mut x: Vec<f32> = (start..start + 64)
                    .map(|bits| f32::from_bits(bits | sign))
                    .filter(|x| x.is_finite() && function.admits(f64::from(*x)))
                    .collect();
                x.sort_by(f32::total_cmp);
                for level in Level::available() {
                    let y = function.run(level, &x);
                    for (pair, x) in y.windows(2).zip(&x) {
                        let falls = pair[1] < pair[0].next_down();
                        assert!(!falls, "{function:?} after {x:e} on {level:?}: {pair:?}");
                    }
                }
            }
        }
    }
}
