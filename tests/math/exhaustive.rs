//! All 2^32 inputs of every function on every level, about two minutes each:
//! `cargo test --release --test gradstep exhaustive -- --ignored --nocapture`.
//! A quick test asks every 4099th.

use super::{ALL, Function, Function::*};
use crate::reference::Format;
use gradstep::Level;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// Inputs that a thread takes at a time.
const CHUNK: u64 = 1 << 16;

/// The largest error seen, and where.
#[derive(Clone, Copy, Debug, Default)]
struct Worst {
    error: f64,
    x: f32,
}

/// Error of `y` in ULPs of `exact`, for results that differ from its rounding.
fn error(y: f32, exact: f64) -> f64 {
    let (y, limit) = (f64::from(y), 2f64.powi(128));
    if y.is_nan() || exact.is_nan() || exact.is_infinite() {
        return f64::INFINITY;
    }
    // As in `reference::ulp`, an infinity stands for the number after the largest.
    let y = y.clamp(-limit, limit);
    let exponent = ((exact.abs().to_bits() >> 52) as i32 - 1023).clamp(-126, 127);
    (y - exact).abs() / 2f64.powi(exponent - 23)
}

/// The worst of each level over every `step`th pattern in `patterns`.
fn chunk(function: Function, levels: &[Level], patterns: impl Iterator<Item = u64>) -> Vec<Worst> {
    let x: Vec<f32> = patterns
        .map(|bits| f32::from_bits(bits as u32))
        .filter(|x| function.admits(f64::from(*x)))
        .collect();
    let exact: Vec<f64> = x.iter().map(|x| function.in_f64(f64::from(*x))).collect();
    let mut fused: Option<Vec<f32>> = None;
    let mut all = vec![];
    for level in levels {
        let y = function.run(*level, &x);
        let mut worst = Worst { error: 0.0, x: 0.0 };
        for ((x, y), exact) in x.iter().zip(&y).zip(&exact) {
            let rounded = *exact as f32;
            if y.to_bits() == rounded.to_bits() || (y.is_nan() && rounded.is_nan()) {
                continue;
            }
            assert!(*y != rounded, "{function:?}({x:e}) is {y:e} on {level:?}: sign of zero");
            let error = error(*y, *exact);
            if error > worst.error {
                worst = Worst { error, x: *x };
            }
        }
        all.push(worst);
        if level.fused() {
            let first = fused.get_or_insert_with(|| y.clone());
            let same = |a: &f32, b: &f32| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
            let differs = first.iter().zip(&y).position(|(a, b)| !same(a, b));
            assert_eq!(differs.map(|i| x[i]), None, "{function:?} on {level:?}");
        }
    }
    all
}

fn sweep(function: Function, step: u64) {
    let levels: Vec<Level> = Level::available().collect();
    let next = AtomicU64::new(0);
    let work = || {
        let mut worst = vec![Worst::default(); levels.len()];
        loop {
            let start = next.fetch_add(CHUNK, Ordering::Relaxed);
            if start >= 1 << 32 {
                return worst;
            }
            let patterns = (start.next_multiple_of(step)..start + CHUNK).step_by(step as usize);
            for (worst, new) in worst.iter_mut().zip(chunk(function, &levels, patterns)) {
                if new.error > worst.error {
                    *worst = new;
                }
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let parts: Vec<Vec<Worst>> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().map(|thread| thread.join().expect("an assertion above")).collect()
    });
    for (i, level) in levels.iter().enumerate() {
        let Worst { error, x } =
            parts.iter().map(|part| part[i]).max_by(|a, b| a.error.total_cmp(&b.error)).unwrap();
        let bound = function.bound(*level, Format::F32);
        println!("{function:?} on {level:?}: {error:.4} ULP at {x:e}");
        assert!(error <= bound, "{function:?}({x:e}) on {level:?}: {error} ULP, bound {bound}");
    }
}

#[test]
fn every_4099th() {
    for function in ALL {
        sweep(function, 4099);
    }
}

macro_rules! exhaustive {
    ($($test:ident: $function:ident;)*) => {$(
        #[test]
        #[ignore = "minutes"]
        fn $test() {
            sweep($function, 1);
        }
    )*};
}

exhaustive! {
    exp: Exp;
    exp_m1: ExpM1;
    exp_nonpositive: ExpNonpositive;
    ln: Ln;
    ln_1p: Ln1p;
    ln_1p_unit: Ln1pUnit;
    scaled_exp: ScaledExp;
    sigmoid: Sigmoid;
    softplus: Softplus;
    tanh: Tanh;
}
