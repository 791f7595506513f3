//! The target's weights of all classes, where a smoothing or probabilities give each class a
//! share.

use super::Work;
use super::target::{Batch, LEFT_OUT, Options, weighted};
use crate::Kernel;
use crate::lanes::{Float, Isa, Lanes};
use crate::ops::rows::Strides;
use crate::ops::rows::exponentials::CompensatedSum;
use crate::ops::rows::narrow::{Array, Transposed};

/// `k_c = w_c ((1 - smoothing) q_c + smoothing / classes)`; for a class `y` as target `q_c` is
/// 1 for `c = y`, else 0.
pub(super) struct TargetWeights<I> {
    isa: I,
    has_probabilities: bool,
    smooths: bool,
    has_weights: bool,
}

impl<I: Isa> TargetWeights<I> {
    #[inline(always)]
    pub(super) fn new<E: Float>(isa: I, work: &Work<'_, E>) -> Self {
        let options = &work.options;
        Self {
            isa,
            has_probabilities: work.probabilities(0).is_some(),
            smooths: options.share != 0.0,
            has_weights: options.class_weights.is_some(),
        }
    }

    /// Whether one class has all the weight.
    #[inline(always)]
    pub(super) fn are_hard(&self) -> bool {
        !self.has_probabilities & !self.smooths
    }

    /// Whether all classes but the target's have the same weight.
    #[inline(always)]
    pub(super) fn are_even(&self) -> bool {
        !self.has_probabilities & !(self.smooths & self.has_weights)
    }

    /// The weights in `count` rows of a batch, a register for each class.
    #[inline(always)]
    pub(super) fn of_rows<'m, E: Float>(
        &self,
        work: &Work<'_, E>,
        batch: &Batch<E>,
        (from, count): (usize, usize),
        memory: &'m mut Transposed<E>,
    ) -> &'m mut [Array<E, I>] {
        let classes = work.shape.classes;
        self.isa.dispatch(OfRows {
            options: work.options,
            probabilities: work.probabilities(from),
            strides: work.shape.strides(work.stride_of_shares()),
            class: &batch.class[from..from + count],
            hard: &batch.weight[from..from + count],
            classes,
            memory: &mut *memory,
        });
        memory.of::<I>(classes)
    }
}

/// Writes the weights of a register of rows.
struct OfRows<'a, E> {
    options: Options<'a, E>,
    /// The rows' probabilities, where those are the targets.
    probabilities: Option<&'a [E]>,
    strides: Strides,
    /// The numbers of the rows' classes.
    class: &'a [E],
    /// The target's weights of those classes.
    hard: &'a [E],
    classes: usize,
    memory: &'a mut Transposed<E>,
}

impl<E: Float> Kernel for OfRows<'_, E> {
    type Out = ();
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { options, probabilities, strides, class, hard, classes, memory } = self;
        let (zero, keep) = (isa.splat(E::ZERO), isa.splat(E::from_f64(options.keep)));
        let share = isa.splat(E::from_f64(options.share));
        if let Some(q) = probabilities {
            let columns = memory.read(isa, q, strides, (classes, class.len()));
            for (c, column) in columns.iter_mut().enumerate() {
                let k = E::Lanes::<I>::load(isa, column).mul_add(keep, share);
                (k * options.weight(c)).store(column);
            }
            return;
        }
        let class = E::Lanes::<I>::load_partial(class, isa.splat(E::from_f64(LEFT_OUT)));
        let hard = E::Lanes::<I>::load_partial(hard, zero);
        let kept = class.ge(zero);
        let mut number = zero;
        for (c, column) in memory.of::<I>(classes).iter_mut().enumerate() {
            let k = (share * options.weight(c)).keep_where(kept);
            (k + hard.keep_where(class.eq(number))).store(column);
            number = number + E::ONE;
        }
    }
}

/// Sums of the target's weights over the classes of a row.
#[derive(Clone, Copy)]
pub(super) struct Sums<T> {
    /// `sum_c k_c`
    pub(super) total: T,
    /// `sum_c k_c` over all classes but those of the largest logit.
    pub(super) remaining: T,
    /// `sum_c k_c (max - x_c) / 2`: halved, so that no difference overflows.
    pub(super) half_gap: T,
}

impl<L: Lanes> Sums<L> {
    /// The sums of rows that lie in lanes, from their elements and weights.
    #[inline(always)]
    pub(super) fn of_rows(columns: &[L::Array], weights: &[L::Array], max: L) -> Self {
        // Four neighbours add up first: none is negative, so that costs an ULP of their sum.
        let mut sums = [CompensatedSum::zero(max); 3];
        let ((x, x_rest), (k, k_rest)) = (columns.as_chunks::<4>(), weights.as_chunks::<4>());
        for (x, k) in x.iter().zip(k) {
            let (a, b) = (Self::term(&x[0], &k[0], max), Self::term(&x[1], &k[1], max));
            let (c, d) = (Self::term(&x[2], &k[2], max), Self::term(&x[3], &k[3], max));
            for (n, sum) in sums.iter_mut().enumerate() {
                *sum += (a[n] + b[n]) + (c[n] + d[n]);
            }
        }
        for (x, k) in x_rest.iter().zip(k_rest) {
            for (sum, term) in sums.iter_mut().zip(Self::term(x, k, max)) {
                *sum += term;
            }
        }
        let [total, remaining, gap] = sums;
        Self { total: total.total(), remaining: remaining.total(), half_gap: gap.total() }
    }

    /// What a class adds to the three sums.
    #[inline(always)]
    fn term(x: &L::Array, k: &L::Array, max: L) -> [L; 3] {
        let (x, k) = (L::load(max.isa(), x), L::load(max.isa(), k));
        [k, k.zero_where(x.eq(max)), half_gap(k, max, x)]
    }
}

/// `k (max - x) / 2`, 0 where the weight is 0.
#[inline(always)]
pub(super) fn half_gap<L: Lanes>(k: L, max: L, x: L) -> L {
    weighted(k, max * L::Elem::HALF - x * L::Elem::HALF)
}
