//! ndarray: `Zip` and `mapv_inplace` on views of the same slices.
//!
//! It has no functions of its own for any of this: the arithmetic is that of the
//! plain loops, and what is measured is how well its iteration compiles.

use crate::case::{Candidate, Case, DECAY, MOMENTUM, Op, Real, double, real};
use crate::plain::{AdamW, logistic, shrunk, smooth, squared};
use ndarray::{ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2, Zip};
use num_traits::Float;

pub(crate) fn candidate<E: Real>(case: Case) -> Option<Candidate<E>> {
    let rate = real::<E>(case.rate);
    let lambda = real::<E>(case.lambda);
    let (decay, momentum) = (real::<E>(DECAY), real::<E>(MOMENTUM));
    Some(match case.op {
        Op::SoftThreshold => Candidate::new("ndarray", move |[x, ..]| {
            ArrayViewMut1::from(&mut **x).mapv_inplace(|x| shrunk(x, lambda));
            0.0
        }),
        Op::Sgd => Candidate::new("ndarray", move |[w, g, ..]| {
            let w = ArrayViewMut1::from(&mut **w);
            Zip::from(w).and(ArrayView1::from(&**g)).for_each(|w, g| {
                *w -= rate * (*g + decay * *w);
            });
            0.0
        }),
        Op::SgdMomentum => Candidate::new("ndarray", move |[w, g, buffer, ..]| {
            let zip = Zip::from(ArrayViewMut1::from(&mut **w)).and(ArrayView1::from(&**g));
            zip.and(ArrayViewMut1::from(&mut **buffer)).for_each(|w, g, b| {
                *b = momentum * *b + (*g + decay * *w);
                *w -= rate * *b;
            });
            0.0
        }),
        Op::AdamW => {
            let mut t = 0;
            Candidate::new("ndarray", move |[w, g, m, v, ..]| {
                t += 1;
                let step = AdamW::new(case.rate, t);
                let zip = Zip::from(ArrayViewMut1::from(&mut **w)).and(ArrayView1::from(&**g));
                zip.and(ArrayViewMut1::from(&mut **m))
                    .and(ArrayViewMut1::from(&mut **v))
                    .for_each(|w, g, m, v| step.element(w, *g, m, v));
                0.0
            })
        }
        Op::Mse => Candidate::new("ndarray", |[p, t, grad, ..]| loss(p, t, grad, squared)),
        Op::SmoothL1 => Candidate::new("ndarray", |[p, t, grad, ..]| loss(p, t, grad, smooth)),
        Op::BinaryCrossEntropyWithLogits => {
            Candidate::new("ndarray", |[p, t, grad, ..]| loss(p, t, grad, logistic))
        }
        Op::CrossEntropy => {
            let (columns, classes) = (case.size.columns, case.classes());
            Candidate::new("ndarray", move |[x, grad, ..]| {
                cross_entropy(x, columns, &classes, grad)
            })
        }
        Op::Memcpy => return None,
    })
}

fn loss<E: Real>(p: &[E], t: &[E], grad: &mut [E], formula: impl Fn(E, E) -> (E, E)) -> f64 {
    let scale = real::<E>(1.0 / p.len() as f64);
    let zip = Zip::from(ArrayViewMut1::from(grad)).and(ArrayView1::from(p));
    let sum = zip.and(ArrayView1::from(t)).fold(E::zero(), |sum, grad, p, t| {
        let (value, derivative) = formula(*p, *t);
        *grad = derivative * scale;
        sum + value
    });
    double(sum * scale)
}

fn cross_entropy<E: Real>(x: &[E], columns: usize, classes: &[u32], grad: &mut [E]) -> f64 {
    let scale = real::<E>(1.0 / classes.len() as f64);
    let shape = (classes.len(), columns);
    let x = ArrayView2::from_shape(shape, x).expect("whole rows");
    let mut grad = ArrayViewMut2::from_shape(shape, grad).expect("whole rows");
    let mut loss = E::zero();
    for ((x, mut grad), class) in x.rows().into_iter().zip(grad.rows_mut()).zip(classes) {
        let largest = x.fold(E::neg_infinity(), |largest, x| Float::max(largest, *x));
        grad.assign(&x);
        grad.mapv_inplace(|x| (x - largest).exp());
        let sum = grad.sum();
        let class = *class as usize;
        loss += sum.ln() + largest - x[class];
        let factor = scale / sum;
        grad.mapv_inplace(|e| e * factor);
        grad[class] -= scale;
    }
    double(loss * scale)
}
