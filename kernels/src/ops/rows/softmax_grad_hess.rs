//! Gradient and diagonal of the Hessian of a softmax cross-entropy, each row by itself, as
//! boosting asks for them.
//!
//! ```text
//! p_j = e_j / (exp_max + sum_rest)       g_j = w (p_j - [j = y])
//! h_j = w factor p_j (1 - p_j)
//! ```
//!
//! `1 - p_j` is the sum of the other exponentials over that of all, so both keep their digits
//! where a row is nearly certain.

use super::narrow::{Array, Transposed, exponentiate, fill_pairs, product, scaled};
use super::per_row::PerRow;
use super::{Logits, Shape, Strides, walk};
use crate::lanes::{Float, Isa, Lanes, select};
use crate::math::Math;
use crate::split::Cut;
use crate::{Classes, Kernel};

/// Writes first and second derivatives of rows of up to [`Shape::MOST_IN_LANES`] classes.
#[derive(Debug)]
pub struct SoftmaxGradHess<'a, E> {
    /// `[rows, classes]` or `[samples, classes, positions]`, as `shape` says.
    pub scores: &'a [E],
    /// How rows lie in memory; both outputs have the gradient's stride.
    pub shape: Shape,
    /// `[rows]`
    pub targets: Classes<'a>,
    /// `[classes]`
    pub class_weights: Option<&'a [E]>,
    /// `[rows]`
    pub row_weights: Option<&'a [E]>,
    /// Factor of the second derivatives.
    pub factor: f64,
    /// Where they go.
    pub outputs: GradHessOutputs<'a, E>,
}

/// Where both derivatives go: in the element type, or in `f32`, rounded once, apart or in pairs.
#[derive(Debug)]
pub enum GradHessOutputs<'a, E> {
    /// Gradient and Hessian.
    Same(&'a mut [E], &'a mut [E]),
    /// The same in `f32`.
    Single(&'a mut [f32], &'a mut [f32]),
    /// Gradient and Hessian of a class side by side, in `f32`; strides count pairs.
    Pairs(&'a mut [[f32; 2]]),
}

/// What targets and weights say of the rows of a batch.
struct Rows<E> {
    /// The number of the class, or -1.
    class: PerRow<E>,
    /// The weight, as the sum of two numbers.
    weight: [PerRow<E>; 2],
}

impl<E: Float> Rows<E> {
    /// Not inlined, so that all levels share it: it touches no register.
    #[inline(never)]
    fn read(&mut self, kernel: &SoftmaxGradHess<'_, E>, from: usize, rows: usize) {
        let Self { class, weight: [weight, low] } = self;
        for numbers in [&mut *class, &mut *weight, &mut *low] {
            numbers.reserve(rows);
        }
        kernel.targets.numbers(from, &mut class[..rows]);
        class[rows..].fill(-E::ONE);
        for r in 0..rows {
            let row = from + r;
            let mut exact = kernel.row_weights.map_or(1.0, |weights| weights[row].to_f64());
            match kernel.targets.get(row) {
                Classes::IGNORED => exact = 0.0,
                class => exact *= kernel.class_weights.map_or(1.0, |w| w[class].to_f64()),
            }
            weight[r] = E::from_f64(exact);
            low[r] = E::from_f64(exact - weight[r].to_f64());
        }
    }
}

impl<E: Math> Kernel for SoftmaxGradHess<'_, E> {
    type Out = ();
    const LONG: bool = true;
    const PAIRED: bool = true;

    #[inline(always)]
    fn fills_pairs(&self) -> bool {
        // Wider columns of more classes, two for each class, do not stay in the first cache.
        self.shape.classes <= 64 && fill_pairs::<E>(self.shape.rows)
    }

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        let (mut memory, mut seconds) = (Transposed::new(), Transposed::new());
        let class = PerRow::new();
        let mut rows = Rows { class, weight: [PerRow::new(), PerRow::new()] };
        let shape = self.shape;
        let lanes = const { <E::Lanes<I> as Lanes>::LANES };
        let strides = shape.strides(shape.stride);
        walk(
            Logits::Read(self.scores),
            shape,
            inline!(|scores, batch, first| {
                rows.read(&self, first, batch.rows);
                for from in (0..batch.rows).step_by(lanes) {
                    let size = (shape.classes, lanes.min(batch.rows - from));
                    let x = &scores.values()[from * strides.row..];
                    let columns = memory.read(isa, x, strides, size);
                    let seconds_of = seconds.of::<I>(shape.classes);
                    let rows = (&rows, from);
                    differentiate(isa, rows, self.factor, columns, seconds_of);
                    let place = shape.start(shape.grad_stride, first + from);
                    let strides = shape.strides(shape.grad_stride);
                    self.outputs.write(isa, (place, strides, size), [&mut memory, &mut seconds]);
                }
            }),
        );
    }
}

/// Replaces the scores of rows in lanes by first derivatives, and writes second ones.
#[inline(always)]
fn differentiate<E: Math, I: Isa>(
    isa: I,
    (rows, from): (&Rows<E>, usize),
    factor: f64,
    columns: &mut [Array<E, I>],
    seconds: &mut [Array<E, I>],
) {
    let (zero, one) = (isa.splat(E::ZERO), isa.splat(E::ONE));
    let class = rows.class.load(isa, from);
    let weight = (rows.weight[0].load(isa, from), rows.weight[1].load(isa, from));
    let left_out = class.lt(zero);
    for x in columns.iter_mut() {
        E::Lanes::<I>::load(isa, x).zero_where(left_out).store(x);
    }
    let (_, exponentials) = exponentiate::<E::Lanes<I>>(isa, columns);
    let (share, reciprocal) = (exponentials.quotient(weight), exponentials.quotient((one, zero)));
    let mut number = zero;
    for (column, second) in columns.iter_mut().zip(seconds) {
        let e = E::Lanes::<I>::load(isa, column);
        let others = exponentials.without(e);
        let p = scaled(e, share);
        (p * product(others, reciprocal) * E::from_f64(factor)).store(second);
        // Subtracted from 0, so that no result is -0.
        let own = zero - product(others, share);
        select(class.eq(number), own, p).store(column);
        number = number + E::ONE;
    }
}

impl<E: Float> GradHessOutputs<'_, E> {
    /// Writes both derivatives of rows in lanes, which begin at that place.
    #[inline(always)]
    fn write<I: Isa>(
        &mut self,
        isa: I,
        (place, strides, (classes, count)): (usize, Strides, (usize, usize)),
        [grads, hesses]: [&mut Transposed<E>; 2],
    ) {
        match self {
            GradHessOutputs::Same(grad, hess) => {
                grads.write(isa, &mut grad[place..], strides, (classes, count));
                hesses.write(isa, &mut hess[place..], strides, (classes, count));
            }
            GradHessOutputs::Single(grad, hess) => {
                for (from, to) in [(grads, grad), (hesses, hess)] {
                    let (columns, to) = (from.of::<I>(classes), &mut to[place..]);
                    isa.dispatch_apart(Round::<E::Lanes<I>> { columns, to, strides, count });
                }
            }
            GradHessOutputs::Pairs(pairs) => {
                let strides = Strides { row: 2 * strides.row, class: 2 * strides.class };
                let numbers = pairs[place..].as_flattened_mut();
                for (k, from) in [grads, hesses].into_iter().enumerate() {
                    let (columns, to) = (from.of::<I>(classes), &mut numbers[k..]);
                    isa.dispatch_apart(Round::<E::Lanes<I>> { columns, to, strides, count });
                }
            }
        }
    }
}

/// Rounds columns to rows of `f32`.
struct Round<'a, L: Lanes> {
    columns: &'a [L::Array],
    to: &'a mut [f32],
    strides: Strides,
    count: usize,
}

impl<L: Lanes> Kernel for Round<'_, L> {
    type Out = ();

    // Nothing but conversions.
    #[inline(always)]
    fn run<I: Isa>(self, _: I) {
        let Self { columns, to, strides, count } = self;
        for (c, column) in columns.iter().enumerate() {
            let rows = to[c * strides.class..].iter_mut().step_by(strides.row).take(count);
            for (to, x) in rows.zip(column.as_ref()) {
                *to = f32::from_f64(x.to_f64());
            }
        }
    }
}

impl<E> Cut for GradHessOutputs<'_, E> {
    fn cut(self, mid: usize) -> (Self, Self) {
        match self {
            GradHessOutputs::Same(grad, hess) => {
                let (grad, hess) = (grad.cut(mid.min(grad.len())), hess.cut(mid.min(hess.len())));
                (GradHessOutputs::Same(grad.0, hess.0), GradHessOutputs::Same(grad.1, hess.1))
            }
            GradHessOutputs::Single(grad, hess) => {
                let (grad, hess) = (grad.cut(mid.min(grad.len())), hess.cut(mid.min(hess.len())));
                (GradHessOutputs::Single(grad.0, hess.0), GradHessOutputs::Single(grad.1, hess.1))
            }
            GradHessOutputs::Pairs(pairs) => {
                let (left, right) = pairs.cut(mid.min(pairs.len()));
                (GradHessOutputs::Pairs(left), GradHessOutputs::Pairs(right))
            }
        }
    }
}
