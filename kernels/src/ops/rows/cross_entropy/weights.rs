//! The target's weights of all classes, where a smoothing or probabilities give each class a
//! share.

use super::Work;
use super::target::{Batch, Options, weighted};
use crate::Kernel;
use crate::lanes::{Float, Isa, Lanes};
use crate::ops::rows::Strides;
use crate::ops::rows::exponentials::CompensatedSum;
use crate::ops::rows::narrow::{Array, Transposed};
use crate::ops::rows::per_row::PerRow;

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
            class: &batch.class,
            hard: &batch.weight,
            from,
            size: (classes, count),
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
    /// The numbers of the batch's classes.
    class: &'a PerRow<E>,
    /// The target's weights of those classes.
    hard: &'a PerRow<E>,
    /// The first row in the batch.
    from: usize,
    /// Classes and rows.
    size: (usize, usize),
    memory: &'a mut Transposed<E>,
}

impl<E: Float> Kernel for OfRows<'_, E> {
    type Out = ();
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { options, probabilities, strides, class, hard, from, size, memory } = self;
        let (zero, keep) = (isa.splat(E::ZERO), isa.splat(E::from_f64(options.keep)));
        let share = isa.splat(E::from_f64(options.share));
        if let Some(q) = probabilities {
            let columns = memory.read(isa, q, strides, size);
            for (c, column) in columns.iter_mut().enumerate() {
                let k = E::Lanes::<I>::load(isa, column).mul_add(keep, share);
                (k * options.weight(c)).store(column);
            }
            return;
        }
        let (class, hard) = (class.load(isa, from), hard.load(isa, from));
        let kept = class.ge(zero);
        let mut number = zero;
        for (c, column) in memory.of::<I>(size.0).iter_mut().enumerate() {
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
    /// The sums of rows, from the elements and weights of their classes, which `read` makes
    /// registers of.
    #[inline(always)]
    pub(super) fn of<T>(x: &[T], k: &[T], max: L, read: impl Fn(&T) -> L) -> Self {
        let [total, remaining, half_gap] = sums(
            x,
            k,
            max,
            inline!(|x, k| {
                let (x, k) = (read(x), read(k));
                [k, k.zero_where(x.eq(max)), half_gap(k, max, x)]
            }),
        );
        Self { total, remaining, half_gap }
    }

    /// The sums of rows whose target weighs `hard` and, where there is a `share`, that of every
    /// class. `remaining` leaves out the target instead of the largest logits.
    #[inline(always)]
    pub(super) fn where_even<T>(
        x: &[T],
        (hard, share): (L, Option<L>),
        (max, x_of_target): (L, L),
        read: impl Fn(&T) -> L,
    ) -> Self {
        let (gap, zero) = (half_gap(hard, max, x_of_target), max.splat(L::Elem::ZERO));
        let Some(share) = share else {
            return Self { total: hard, remaining: zero, half_gap: gap };
        };
        let [gaps] = sums(x, x, max, inline!(|x, _| [half_gap(share, max, read(x))]));
        // Exact: classes are few.
        let rest = share * L::Elem::from_f64((x.len() - 1) as f64);
        Self { total: hard + (rest + share), remaining: rest, half_gap: gaps + gap }
    }
}

/// Sums over classes of what `term` makes of an element and a weight. Four neighbours add up
/// first: no term is negative, so that costs an ULP of their sum.
#[inline(always)]
fn sums<L: Lanes, T, const N: usize>(
    x: &[T],
    k: &[T],
    like: L,
    term: impl Fn(&T, &T) -> [L; N],
) -> [L; N] {
    let mut sums = [CompensatedSum::zero(like); N];
    let ((x, x_rest), (k, k_rest)) = (x.as_chunks::<4>(), k.as_chunks::<4>());
    for (x, k) in x.iter().zip(k) {
        let (a, b) = (term(&x[0], &k[0]), term(&x[1], &k[1]));
        let (c, d) = (term(&x[2], &k[2]), term(&x[3], &k[3]));
        for (n, sum) in sums.iter_mut().enumerate() {
            *sum += (a[n] + b[n]) + (c[n] + d[n]);
        }
    }
    for (x, k) in x_rest.iter().zip(k_rest) {
        for (sum, term) in sums.iter_mut().zip(term(x, k)) {
            *sum += term;
        }
    }
    let mut totals = [like; N];
    for (total, sum) in totals.iter_mut().zip(sums) {
        *total = sum.total();
    }
    totals
}

/// `k (max - x) / 2`, 0 where the weight is 0.
#[inline(always)]
pub(super) fn half_gap<L: Lanes>(k: L, max: L, x: L) -> L {
    weighted(k, max * L::Elem::HALF - x * L::Elem::HALF)
}
