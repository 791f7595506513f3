//! rten-vecmath: its exponential and its softmax, `f32` alone.
//!
//! It has neither losses nor logarithms: those are the standard library's. The
//! exponentials go to a vector of its own, which is then read again; a class's
//! loss is the logarithm of its probability, which is inf below 1e-45.

use crate::case::{Candidate, Case, Op};
use rten_simd::{SimdOp, SimdUnaryOp};
use rten_vecmath::{Exp, ExtendInit, Softmax};

pub(crate) fn candidate(case: Case) -> Option<Candidate<f32>> {
    let mut scratch = Vec::with_capacity(case.size.len());
    Some(match case.op {
        Op::BinaryCrossEntropyWithLogits => {
            Candidate::new("rten-vecmath", move |[x, y, grad, ..]| {
                binary_cross_entropy(x, y, grad, &mut scratch)
            })
        }
        Op::CrossEntropy => {
            let (columns, classes) = (case.size.columns, case.classes());
            Candidate::new("rten-vecmath", move |[x, grad, ..]| {
                grad.copy_from_slice(x);
                cross_entropy(columns, &classes, grad)
            })
        }
        _ => return None,
    })
}

fn binary_cross_entropy(x: &[f32], y: &[f32], grad: &mut [f32], e: &mut Vec<f32>) -> f64 {
    // The negative absolute value, and its exponential.
    for (grad, x) in grad.iter_mut().zip(x) {
        *grad = -x.abs();
    }
    e.clear();
    e.extend_init(|e| Exp {}.map(grad, &mut e[..x.len()]));
    let scale = 1.0 / x.len() as f32;
    let mut sum = 0.0f32;
    for (((x, y), e), grad) in x.iter().zip(y).zip(e).zip(grad) {
        sum += x.max(0.0) - x * y + e.ln_1p();
        let probability = if *x >= 0.0 { 1.0 / (1.0 + *e) } else { *e / (1.0 + *e) };
        *grad = (probability - y) * scale;
    }
    f64::from(sum * scale)
}

/// From logits to gradients in place.
fn cross_entropy(columns: usize, classes: &[u32], grad: &mut [f32]) -> f64 {
    let scale = 1.0 / classes.len() as f32;
    let mut loss = 0.0f32;
    for (grad, class) in grad.chunks_exact_mut(columns).zip(classes) {
        let probabilities = Softmax::new_mut(grad).dispatch();
        let class = *class as usize;
        loss -= probabilities[class].ln();
        probabilities[class] -= 1.0;
        for grad in probabilities {
            *grad *= scale;
        }
    }
    f64::from(loss * scale)
}
