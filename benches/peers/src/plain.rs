//! Loops as one writes them: iterators over slices, functions of the standard
//! library, no intrinsics.
//!
//! `plain loop` adds losses up in order, in the type of the elements, so that the
//! compiler may not vectorise the sum; `chunked loop` has 16 sums, as one writes it
//! when that is known. They subtract the largest logit, as textbooks say, and have no
//! answer to ignored rows or to certainty; long sums in `f32` lose digits.

use crate::case::{BETAS, Candidate, Case, DECAY, EPS, MOMENTUM, Op, Real, double, real};
use num_traits::Float;

pub(crate) fn candidates<E: Real>(case: Case) -> Vec<Candidate<E>> {
    let rate = real::<E>(case.rate);
    let lambda = real::<E>(case.lambda);
    let plain = match case.op {
        Op::SoftThreshold => Candidate::new("plain loop", move |[x, ..]| {
            soft_threshold(x, lambda);
            0.0
        }),
        Op::Sgd => Candidate::new("plain loop", move |[w, g, ..]| {
            sgd(w, g, rate);
            0.0
        }),
        Op::SgdMomentum => Candidate::new("plain loop", move |[w, g, buffer, ..]| {
            sgd_momentum(w, g, buffer, rate);
            0.0
        }),
        Op::AdamW => {
            let mut t = 0;
            Candidate::new("plain loop", move |[w, g, m, v, ..]| {
                t += 1;
                adam_w(w, g, m, v, case.rate, t);
                0.0
            })
        }
        Op::Mse => Candidate::new("plain loop", |[p, t, grad, ..]| loss(p, t, grad, squared)),
        Op::SmoothL1 => Candidate::new("plain loop", |[p, t, grad, ..]| loss(p, t, grad, smooth)),
        Op::BinaryCrossEntropyWithLogits => {
            Candidate::new("plain loop", |[p, t, grad, ..]| loss(p, t, grad, logistic))
        }
        Op::CrossEntropy => {
            let (columns, classes) = (case.size.columns, case.classes());
            Candidate::new("plain loop", move |[x, grad, ..]| {
                cross_entropy(x, columns, &classes, grad)
            })
        }
        Op::Memcpy => return Vec::new(),
    };
    let chunked: Option<Candidate<E>> = match case.op {
        Op::Mse => {
            Some(Candidate::new("chunked loop", |[p, t, grad, ..]| chunked(p, t, grad, squared)))
        }
        Op::SmoothL1 => {
            Some(Candidate::new("chunked loop", |[p, t, grad, ..]| chunked(p, t, grad, smooth)))
        }
        _ => None,
    };
    [plain].into_iter().chain(chunked).collect()
}

fn soft_threshold<E: Real>(x: &mut [E], lambda: E) {
    for x in x {
        *x = shrunk(*x, lambda);
    }
}

#[inline]
pub(crate) fn shrunk<E: Real>(x: E, lambda: E) -> E {
    if x > lambda {
        x - lambda
    } else if x < -lambda {
        x + lambda
    } else {
        E::zero()
    }
}

fn sgd<E: Real>(w: &mut [E], g: &[E], rate: E) {
    let decay = real::<E>(DECAY);
    for (w, g) in w.iter_mut().zip(g) {
        *w -= rate * (*g + decay * *w);
    }
}

fn sgd_momentum<E: Real>(w: &mut [E], g: &[E], buffer: &mut [E], rate: E) {
    let (decay, momentum) = (real::<E>(DECAY), real::<E>(MOMENTUM));
    for ((w, g), b) in w.iter_mut().zip(g).zip(buffer) {
        *b = momentum * *b + (*g + decay * *w);
        *w -= rate * *b;
    }
}

fn adam_w<E: Real>(w: &mut [E], g: &[E], m: &mut [E], v: &mut [E], rate: f64, t: i32) {
    let step = AdamW::new(rate, t);
    for (((w, g), m), v) in w.iter_mut().zip(g).zip(m).zip(v) {
        step.element(w, *g, m, v);
    }
}

/// The constants of one step.
#[derive(Clone, Copy)]
pub(crate) struct AdamW<E> {
    betas: [E; 2],
    rests: [E; 2],
    keep: E,
    rate: E,
    root: E,
    eps: E,
}

impl<E: Real> AdamW<E> {
    pub(crate) fn new(rate: f64, t: i32) -> Self {
        let corrections = BETAS.map(|beta| 1.0 - beta.powi(t));
        Self {
            betas: BETAS.map(real),
            rests: BETAS.map(|beta| real(1.0 - beta)),
            keep: real(1.0 - rate * DECAY),
            rate: real(rate / corrections[0]),
            root: real(corrections[1].sqrt().recip()),
            eps: real(EPS),
        }
    }

    #[inline]
    pub(crate) fn element(self, w: &mut E, g: E, m: &mut E, v: &mut E) {
        *m = self.betas[0] * *m + self.rests[0] * g;
        *v = self.betas[1] * *v + self.rests[1] * g * g;
        *w = self.keep * *w - self.rate * *m / (Float::sqrt(*v) * self.root + self.eps);
    }
}

/// Value and derivative of a squared error.
#[inline]
pub(crate) fn squared<E: Real>(p: E, t: E) -> (E, E) {
    let d = p - t;
    (d * d, d + d)
}

#[inline]
pub(crate) fn smooth<E: Real>(p: E, t: E) -> (E, E) {
    let (d, one, half) = (p - t, E::one(), real::<E>(0.5));
    if Float::abs(d) < one { (half * d * d, d) } else { (Float::abs(d) - half, d.signum()) }
}

#[inline]
pub(crate) fn logistic<E: Real>(x: E, y: E) -> (E, E) {
    let (zero, one) = (E::zero(), E::one());
    let e = (-Float::abs(x)).exp();
    let value = Float::max(x, zero) - x * y + e.ln_1p();
    let probability = if x >= zero { one / (one + e) } else { e / (one + e) };
    (value, probability - y)
}

/// The mean of a loss, and its gradient.
fn loss<E: Real>(p: &[E], t: &[E], grad: &mut [E], formula: impl Fn(E, E) -> (E, E)) -> f64 {
    let scale = real::<E>(1.0 / p.len() as f64);
    let mut sum = E::zero();
    for ((p, t), grad) in p.iter().zip(t).zip(grad) {
        let (value, derivative) = formula(*p, *t);
        sum += value;
        *grad = derivative * scale;
    }
    double(sum * scale)
}

/// Sums that a register can hold.
const CHUNK: usize = 16;

fn chunked<E: Real>(p: &[E], t: &[E], grad: &mut [E], formula: impl Fn(E, E) -> (E, E)) -> f64 {
    let scale = real::<E>(1.0 / p.len() as f64);
    let mut sums = [E::zero(); CHUNK];
    let (p, p_rest) = p.as_chunks::<CHUNK>();
    let (t, t_rest) = t.as_chunks::<CHUNK>();
    let (grad, grad_rest) = grad.as_chunks_mut::<CHUNK>();
    for ((p, t), grad) in p.iter().zip(t).zip(grad) {
        for i in 0..CHUNK {
            let (value, derivative) = formula(p[i], t[i]);
            sums[i] += value;
            grad[i] = derivative * scale;
        }
    }
    let mut sum = sums.iter().fold(E::zero(), |sum, x| sum + *x);
    for ((p, t), grad) in p_rest.iter().zip(t_rest).zip(grad_rest) {
        let (value, derivative) = formula(*p, *t);
        sum += value;
        *grad = derivative * scale;
    }
    double(sum * scale)
}

fn cross_entropy<E: Real>(x: &[E], columns: usize, classes: &[u32], grad: &mut [E]) -> f64 {
    let scale = real::<E>(1.0 / classes.len() as f64);
    let mut loss = E::zero();
    let rows = x.chunks_exact(columns).zip(grad.chunks_exact_mut(columns));
    for ((x, grad), class) in rows.zip(classes) {
        let largest = x.iter().fold(E::neg_infinity(), |largest, x| Float::max(largest, *x));
        let mut sum = E::zero();
        for (grad, x) in grad.iter_mut().zip(x) {
            *grad = (*x - largest).exp();
            sum += *grad;
        }
        let class = *class as usize;
        loss += sum.ln() + largest - x[class];
        let factor = scale / sum;
        for grad in grad.iter_mut() {
            *grad *= factor;
        }
        grad[class] -= scale;
    }
    double(loss * scale)
}
