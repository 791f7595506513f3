//! The loops of `loops.c`, `f32` alone: what a C compiler makes of plain code that may add up
//! in any order, with the vector exponentials of its library where that has some.
//!
//! `-ffast-math` assumes that there is no NaN and no infinity, and a sum in `f32` loses
//! digits.

use crate::case::{BETAS, Candidate, Case, DECAY, EPS, Op};

const WHO: &str = "C loop";

pub(crate) fn candidate(case: Case) -> Option<Candidate<f32>> {
    Some(match case.op {
        Op::CrossEntropy => {
            let (columns, classes) = (case.size.columns, case.classes());
            Candidate::new(WHO, move |[x, grad, ..]| cross_entropy(x, columns, &classes, grad))
        }
        Op::AdamW => {
            let mut t = 0;
            Candidate::new(WHO, move |[w, g, m, v, ..]| {
                t += 1;
                adam_w(w, g, m, v, constants(case.rate, t));
                0.0
            })
        }
        _ => return None,
    })
}

/// As `loops.c` has them.
#[repr(C)]
#[derive(Clone, Copy)]
struct Constants {
    rate: f32,
    beta1: f32,
    beta2: f32,
    eps: f32,
    decay: f32,
    correction1: f32,
    correction2: f32,
}

unsafe extern "C" {
    fn c_loop_cross_entropy(
        logits: *const f32,
        targets: *const u32,
        grad: *mut f32,
        rows: usize,
        classes: usize,
    ) -> f32;

    fn c_loop_adam_w(
        w: *mut f32,
        g: *const f32,
        m: *mut f32,
        v: *mut f32,
        n: usize,
        constants: Constants,
    );
}

fn cross_entropy(x: &[f32], columns: usize, classes: &[u32], grad: &mut [f32]) -> f64 {
    let rows = classes.len();
    assert!(columns > 0 && x.len() == rows * columns && grad.len() == x.len(), "whole rows");
    assert!(classes.iter().all(|class| (*class as usize) < columns), "classes that exist");
    // SAFETY: both slices have `rows` rows of `columns` elements, of which there is one, and
    // each of the `rows` classes is a place in its row. What is written is borrowed alone.
    let loss = unsafe {
        c_loop_cross_entropy(x.as_ptr(), classes.as_ptr(), grad.as_mut_ptr(), rows, columns)
    };
    f64::from(loss)
}

fn constants(rate: f64, t: i32) -> Constants {
    let [beta1, beta2] = BETAS.map(|beta| beta as f32);
    let [correction1, correction2] = BETAS.map(|beta| (1.0 - beta.powi(t)) as f32);
    let [rate, eps, decay] = [rate, EPS, DECAY].map(|x| x as f32);
    Constants { rate, beta1, beta2, eps, decay, correction1, correction2 }
}

fn adam_w(w: &mut [f32], g: &[f32], m: &mut [f32], v: &mut [f32], constants: Constants) {
    let n = w.len();
    assert!([g.len(), m.len(), v.len()] == [n; 3], "slices of one length");
    // SAFETY: all four slices have `n` elements, and those that are written are borrowed alone.
    unsafe {
        c_loop_adam_w(w.as_mut_ptr(), g.as_ptr(), m.as_mut_ptr(), v.as_mut_ptr(), n, constants);
    }
}
