//! Registers of `wide` with its own exponential and logarithm, `f32` alone: what
//! our portable level would be without our mathematics.
//!
//! Its logarithm of `1 + e` loses a small `e`, where `ln_1p` keeps it.

use crate::case::{Candidate, Case, Op};
use wide::f32x8;

pub(crate) fn candidate(case: Case) -> Option<Candidate<f32>> {
    Some(match case.op {
        Op::BinaryCrossEntropyWithLogits => {
            Candidate::new("wide", |[x, y, grad, ..]| binary_cross_entropy(x, y, grad))
        }
        Op::CrossEntropy => {
            let (columns, classes) = (case.size.columns, case.classes());
            Candidate::new("wide", move |[x, grad, ..]| cross_entropy(x, columns, &classes, grad))
        }
        _ => return None,
    })
}

const LANES: usize = 8;

/// A register of up to eight elements, filled up.
#[inline]
fn load(from: &[f32], fill: f32) -> f32x8 {
    match from.try_into() {
        Ok(array) => f32x8::new(array),
        Err(_) => {
            let mut array = [fill; LANES];
            array[..from.len()].copy_from_slice(from);
            f32x8::new(array)
        }
    }
}

#[inline]
fn store(register: f32x8, to: &mut [f32]) {
    to.copy_from_slice(&register.to_array()[..to.len()]);
}

fn binary_cross_entropy(x: &[f32], y: &[f32], grad: &mut [f32]) -> f64 {
    let scale = 1.0 / x.len() as f32;
    let (zero, one) = (f32x8::ZERO, f32x8::ONE);
    let mut sum = zero;
    let chunks = x.chunks(LANES).zip(y.chunks(LANES)).zip(grad.chunks_mut(LANES));
    let mut padding = 0.0;
    for ((x, y), grad) in chunks {
        padding += (LANES - x.len()) as f32;
        let (x, y) = (load(x, 0.0), load(y, 0.0));
        let e = (-x.abs()).exp();
        sum += x.max(zero) - x * y + (one + e).ln();
        let part = x.simd_ge(zero).select(one, e);
        store((part / (one + e) - y) * f32x8::splat(scale), grad);
    }
    f64::from((sum.reduce_add() - padding * 2.0f32.ln()) * scale)
}

fn cross_entropy(x: &[f32], columns: usize, classes: &[u32], grad: &mut [f32]) -> f64 {
    let scale = 1.0 / classes.len() as f32;
    let mut loss = 0.0;
    let rows = x.chunks_exact(columns).zip(grad.chunks_exact_mut(columns));
    for ((x, grad), class) in rows.zip(classes) {
        let largest = x.chunks(LANES).fold(f32x8::splat(f32::NEG_INFINITY), |largest, x| {
            largest.fast_max(load(x, f32::NEG_INFINITY))
        });
        let largest = largest.to_array().into_iter().fold(f32::NEG_INFINITY, f32::max);
        let mut sum = f32x8::ZERO;
        for (x, grad) in x.chunks(LANES).zip(grad.chunks_mut(LANES)) {
            // 200 below the largest: an exponential of 0 that is no special case.
            let e = (load(x, largest - 200.0) - f32x8::splat(largest)).exp();
            sum += e;
            store(e, grad);
        }
        let (sum, class) = (sum.reduce_add(), *class as usize);
        loss += sum.ln() + largest - x[class];
        let factor = f32x8::splat(scale / sum);
        for grad in grad.chunks_mut(LANES) {
            store(load(grad, 0.0) * factor, grad);
        }
        grad[class] -= scale;
    }
    f64::from(loss * scale)
}
