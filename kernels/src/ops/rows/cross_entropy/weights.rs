//! The target's weights of all classes, where a smoothing or probabilities give each class a
//! share.

use super::Work;
use super::target::{Options, weighted};
use crate::lanes::{Aligned, Float, Isa, Lanes, select};
use crate::ops::rows::exponentials::{Sum, two_sum};
use crate::ops::rows::narrow::{Array, Columns};
use crate::sweep;

/// `k_c = w_c ((1 - smoothing) q_c + smoothing / classes)`; for a class `y` as target `q_c` is
/// 1 for `c = y`, else 0.
pub(super) struct TargetWeights<I, E> {
    isa: I,
    keep: E,
    share: E,
    has_probabilities: bool,
    smooths: bool,
}

impl<I: Isa, E: Float> TargetWeights<I, E> {
    #[inline(always)]
    pub(super) fn new(isa: I, work: &Work<'_, E>) -> Self {
        let options = &work.options;
        Self {
            isa,
            keep: E::from_f64(options.keep),
            share: E::from_f64(options.share),
            has_probabilities: work.probabilities(0).is_some(),
            smooths: options.share != 0.0,
        }
    }

    /// Whether a class is all that targets know of.
    #[inline(always)]
    pub(super) fn are_hard(&self) -> bool {
        !self.has_probabilities & !self.smooths
    }

    /// Those of one row's classes from `from` on.
    #[inline(always)]
    fn of_row(
        &self,
        options: Options<'_, E>,
        (class, hard, probabilities): Known<'_, E>,
        from: usize,
        k: &mut [E],
    ) {
        let isa = self.isa;
        let (keep, share) = (isa.splat(self.keep), isa.splat(self.share));
        let all = from..from + k.len();
        match probabilities {
            Some(q) => sweep::map(
                isa,
                &q[all.clone()],
                &mut *k,
                #[inline(always)]
                |q| q.mul_add(keep, share),
            ),
            None => k.fill(self.share),
        }
        if let Some(weights) = options.class_weights {
            sweep::update(
                isa,
                &mut *k,
                &weights[all.clone()],
                #[inline(always)]
                |k, w| k * w,
            );
        }
        if let Some(class) = class
            && all.contains(&class)
        {
            k[class - from] = k[class - from] + hard;
        }
    }

    /// Those of a register of rows, a register for each class; `class` has the numbers of
    /// the rows' classes, and `hard` the target's weights of those.
    #[inline(always)]
    pub(super) fn of_rows<'m>(
        &self,
        work: &Work<'_, E>,
        (from, count): (usize, usize),
        (class, hard): (E::Lanes<I>, E::Lanes<I>),
        memory: &'m mut Columns<E>,
    ) -> &'m mut [Array<E, I>] {
        let isa = self.isa;
        let (zero, keep, share) = (isa.splat(E::ZERO), isa.splat(self.keep), isa.splat(self.share));
        let classes = work.shape.classes;
        if let Some(q) = work.probabilities(from) {
            let columns = memory.read(isa, q, classes, (classes, count));
            for (c, column) in columns.iter_mut().enumerate() {
                let k = E::Lanes::<I>::load(isa, column).mul_add(keep, share);
                (k * work.options.weight(c)).store(column);
            }
            return columns;
        }
        let columns = memory.of::<I>(classes);
        let kept = class.ge(zero);
        let mut number = zero;
        for (c, column) in columns.iter_mut().enumerate() {
            let k = (share * work.options.weight(c)).keep_where(kept);
            (k + hard.keep_where(class.eq(number))).store(column);
            number = number + E::ONE;
        }
        columns
    }
}

/// What the target's weights of a row add up to.
#[derive(Clone, Copy)]
pub(super) struct Sums<T> {
    /// `sum_c k_c`
    pub(super) total: T,
    /// The same over all but the largest logits.
    pub(super) remaining: T,
    /// `sum_c k_c (m - x_c) / 2`: half of it, so that no difference overflows.
    pub(super) half_gap: T,
}

impl<L: Lanes> Sums<L> {
    /// Those of rows in lanes.
    #[inline(always)]
    pub(super) fn of_rows(columns: &[L::Array], weights: &[L::Array], m: L) -> Self {
        let (mut remaining, mut gap) = (Sum::zero(m), Sum::zero(m));
        let mut of_largest = m.splat(L::Elem::ZERO);
        for (x, k) in columns.iter().zip(weights) {
            let (x, k) = (L::load(m.isa(), x), L::load(m.isa(), k));
            let is_largest = x.eq(m);
            remaining.add(k.zero_where(is_largest));
            of_largest = of_largest + k.keep_where(is_largest);
            gap.add(half_gap(k, m, x));
        }
        let remaining = remaining.total();
        Self { total: remaining + of_largest, remaining, half_gap: gap.total() }
    }
}

/// What is known of one row: its class and the target's weight of that, or probabilities.
pub(super) type Known<'a, E> = (Option<usize>, E, Option<&'a [E]>);

/// Classes whose weights are computed at a time: few enough to stay in the first cache.
const CHUNK: usize = 512;

impl<I: Isa, E: Float> TargetWeights<I, E> {
    /// The sums of a row whose largest logit is `m`.
    #[inline(always)]
    pub(super) fn sums(
        &self,
        options: Options<'_, E>,
        known: Known<'_, E>,
        x: &[E],
        m: E,
    ) -> Sums<f64> {
        let isa = self.isa;
        let m = isa.splat(m);
        let mut weights = Aligned([E::ZERO; CHUNK]);
        let (mut remaining, mut gap, mut of_largest) = ((0.0, 0.0), (0.0, 0.0), 0.0);
        for (i, x) in x.chunks(CHUNK).enumerate() {
            let k = &mut weights.0[..x.len()];
            self.of_row(options, known, i * CHUNK, k);
            let k = &*k;
            add(
                &mut remaining,
                sweep::sum_compensated(
                    isa,
                    (x, k),
                    #[inline(always)]
                    |(x, k)| k.zero_where(x.eq(m)),
                ),
            );
            add(
                &mut gap,
                sweep::sum_compensated(
                    isa,
                    (x, k),
                    #[inline(always)]
                    |(x, k)| half_gap(k, m, x),
                ),
            );
            of_largest += sweep::sum(
                isa,
                (x, k),
                #[inline(always)]
                |(x, k)| k.keep_where(x.eq(m)),
            );
        }
        let remaining = remaining.0 + remaining.1;
        // Beside an infinite sum the error is no number.
        let half_gap = if gap.1.is_nan() { gap.0 } else { gap.0 + gap.1 };
        Sums { total: remaining + of_largest, remaining, half_gap }
    }

    /// Makes the gradient of a row's exponentials: `e scale - factor k`, and `own` where the
    /// exponential is `only`.
    #[inline(always)]
    pub(super) fn differentiate(
        &self,
        options: Options<'_, E>,
        known: Known<'_, E>,
        grad: &mut [E],
        (scale, factor): (E, E),
        (only, own): (E, E),
    ) {
        let isa = self.isa;
        let (only, own, factor) = (isa.splat(only), isa.splat(own), isa.splat(factor));
        let mut weights = Aligned([E::ZERO; CHUNK]);
        for (i, grad) in grad.chunks_mut(CHUNK).enumerate() {
            let k = &mut weights.0[..grad.len()];
            self.of_row(options, known, i * CHUNK, k);
            sweep::update(
                isa,
                grad,
                &*k,
                #[inline(always)]
                |e, k| select(e.eq(only), own, factor.neg_mul_add(k, e * scale)),
            );
        }
    }
}

/// Adds to a sum of two numbers.
#[inline(always)]
fn add(sum: &mut (f64, f64), (term, error): (f64, f64)) {
    let (high, low) = two_sum(sum.0, term);
    *sum = (high, sum.1 + low + error);
}

/// `k (m - x) / 2`, 0 where the weight is 0.
#[inline(always)]
pub(super) fn half_gap<L: Lanes>(k: L, m: L, x: L) -> L {
    weighted(k, m * L::Elem::HALF - x * L::Elem::HALF)
}
