//! The target's weights of all classes, where a smoothing or probabilities give each class a
//! share.

use super::Work;
use super::target::{Batch, LEFT_OUT, Options, weighted};
use crate::lanes::{Aligned, Float, Isa, Lanes, select};
use crate::math::{Math, eft::two_sum};
use crate::ops::rows::Strides;
use crate::ops::rows::exponentials::CompensatedSum;
use crate::ops::rows::narrow::{Array, Transposed};
use crate::ops::rows::wide::SumBut;
use crate::{Kernel, sweep};

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
        let zero = CompensatedSum::zero(max);
        let (mut total, mut remaining, mut gap) = (zero, zero, zero);
        for (x, k) in columns.iter().zip(weights) {
            let (x, k) = (L::load(max.isa(), x), L::load(max.isa(), k));
            total += k;
            remaining += k.zero_where(x.eq(max));
            gap += half_gap(k, max, x);
        }
        Self { total: total.total(), remaining: remaining.total(), half_gap: gap.total() }
    }
}

/// The target of one row: its class and the weight of that, or probabilities.
#[derive(Clone, Copy)]
pub(super) struct RowTarget<'a, E> {
    pub(super) class: Option<usize>,
    pub(super) weight: E,
    pub(super) probabilities: Option<&'a [E]>,
}

/// Classes whose weights are computed at a time: few enough to stay in the first cache.
const CHUNK: usize = 512;

/// Writes the weights of a row's classes from `from` on.
struct OfRow<'a, E> {
    options: Options<'a, E>,
    target: RowTarget<'a, E>,
    from: usize,
    k: &'a mut [E],
}

impl<E: Float> Kernel for OfRow<'_, E> {
    type Out = ();
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { options, target: RowTarget { class, weight, probabilities }, from, k } = self;
        let keep = isa.splat(E::from_f64(options.keep));
        let share = isa.splat(E::from_f64(options.share));
        let all = from..from + k.len();
        match probabilities {
            Some(q) => {
                sweep::map(isa, &q[all.clone()], &mut *k, inline!(|q| q.mul_add(keep, share)))
            }
            None => k.fill(E::from_f64(options.share)),
        }
        if let Some(weights) = options.class_weights {
            sweep::update(isa, &mut *k, &weights[all.clone()], inline!(|k, w| k * w));
        }
        if let Some(class) = class
            && all.contains(&class)
        {
            k[class - from] = k[class - from] + weight;
        }
    }
}

impl<I: Isa> TargetWeights<I> {
    /// The sums of a row whose largest logit is `max`.
    #[inline(always)]
    pub(super) fn sums<E: Math>(
        &self,
        options: Options<'_, E>,
        target: RowTarget<'_, E>,
        x: &[E],
        max: E,
    ) -> Sums<f64> {
        let isa = self.isa;
        let max = isa.splat(max);
        let (mut weights, mut terms) = (Aligned([E::ZERO; CHUNK]), Aligned([E::ZERO; CHUNK]));
        let (mut remaining, mut of_max, mut gap) = ((0.0, 0.0), (0.0, 0.0), (0.0, 0.0));
        for (i, x) in x.chunks(CHUNK).enumerate() {
            let k = &mut weights.0[..x.len()];
            isa.dispatch(OfRow { options, target, from: i * CHUNK, k: &mut *k });
            let (k, terms) = (&*k, &mut terms.0[..x.len()]);
            sweep::map(isa, (x, k), &mut *terms, inline!(|(x, k)| k.zero_where(x.eq(max))));
            add(&mut remaining, isa.dispatch(SumBut(terms, E::NAN)));
            sweep::map(isa, (x, k), &mut *terms, inline!(|(x, k)| k.keep_where(x.eq(max))));
            add(&mut of_max, isa.dispatch(SumBut(terms, E::NAN)));
            sweep::map(isa, (x, k), &mut *terms, inline!(|(x, k)| half_gap(k, max, x)));
            add(&mut gap, isa.dispatch(SumBut(terms, E::NAN)));
        }
        let remaining = remaining.0 + remaining.1;
        // The rounding error of an infinite sum is NaN.
        let half_gap = if gap.1.is_nan() { gap.0 } else { gap.0 + gap.1 };
        Sums { total: remaining + (of_max.0 + of_max.1), remaining, half_gap }
    }

    /// Replaces a row's exponentials by its gradient: `e scale - factor k`, and `own` where the
    /// exponential is `only`.
    #[inline(always)]
    pub(super) fn differentiate<E: Math>(
        &self,
        options: Options<'_, E>,
        target: RowTarget<'_, E>,
        grad: &mut [E],
        (scale, factor): (E, E),
        (only, own): (E, E),
    ) {
        let isa = self.isa;
        let (only, own, factor) = (isa.splat(only), isa.splat(own), isa.splat(factor));
        let mut weights = Aligned([E::ZERO; CHUNK]);
        for (i, grad) in grad.chunks_mut(CHUNK).enumerate() {
            let k = &mut weights.0[..grad.len()];
            isa.dispatch(OfRow { options, target, from: i * CHUNK, k: &mut *k });
            sweep::update(
                isa,
                grad,
                &*k,
                inline!(|e, k| select(e.eq(only), own, factor.neg_mul_add(k, e * scale))),
            );
        }
    }
}

/// `sum_c (max - x_c) / 2`, each term times a weight. A kernel of its own, so that rows without
/// smoothing do not pay for its memory.
pub(super) struct HalfGaps<'a, E> {
    pub(super) x: &'a [E],
    pub(super) max: E,
    pub(super) weight: E,
}

impl<E: Math> Kernel for HalfGaps<'_, E> {
    type Out = f64;
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        let (max, weight) = (isa.splat(self.max), isa.splat(self.weight));
        let mut terms = Aligned([E::ZERO; CHUNK]);
        let mut gap = (0.0, 0.0);
        for x in self.x.chunks(CHUNK) {
            let terms = &mut terms.0[..x.len()];
            sweep::map(isa, x, &mut *terms, inline!(|x| half_gap(weight, max, x)));
            add(&mut gap, isa.dispatch(SumBut(terms, E::NAN)));
        }
        // The rounding error of an infinite sum is NaN.
        if gap.1.is_nan() { gap.0 } else { gap.0 + gap.1 }
    }
}

/// Adds to a sum of two numbers.
#[inline(always)]
fn add(sum: &mut (f64, f64), (term, error): (f64, f64)) {
    let (high, low) = two_sum(sum.0, term);
    *sum = (high, sum.1 + low + error);
}

/// `k (max - x) / 2`, 0 where the weight is 0.
#[inline(always)]
pub(super) fn half_gap<L: Lanes>(k: L, max: L, x: L) -> L {
    weighted(k, max * L::Elem::HALF - x * L::Elem::HALF)
}
