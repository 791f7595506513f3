//! The target's weights of the classes of one longer row, chunk by chunk, where a smoothing or
//! probabilities give each class a share.

use super::target::{Options, RowTarget};
use super::weights::{Sums, half_gap};
use crate::isa::Scratch;
use crate::lanes::{Float, Isa, Lanes, select};
use crate::math::{Math, eft::two_sum};
use crate::{Kernel, sweep};

/// Classes whose weights are computed at a time: few enough to stay in the first cache.
const CHUNK: usize = 512;

/// Memory for the weights of a chunk.
pub(super) type Memory<E> = Scratch<E, CHUNK>;

/// Writes the weights of a row's classes from `from` on.
struct OfChunk<'a, E> {
    options: Options<'a, E>,
    target: RowTarget<'a, E>,
    from: usize,
    k: &'a mut [E],
}

impl<E: Float> Kernel for OfChunk<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { options, target: RowTarget { class, weight, probabilities }, from, k } = self;
        let keep = isa.splat(E::from_f64(options.keep));
        let share = isa.splat(E::from_f64(options.share));
        let all = from..from + k.len();
        match (probabilities, options.class_weights) {
            (Some(q), Some(w)) => {
                let reads = (&q[all.clone()], &w[all.clone()]);
                sweep::map(isa, reads, &mut *k, inline!(|(q, w)| q.mul_add(keep, share) * w));
            }
            (Some(q), None) => {
                sweep::map(isa, &q[all.clone()], &mut *k, inline!(|q| q.mul_add(keep, share)));
            }
            (None, Some(w)) => sweep::map(isa, &w[all.clone()], &mut *k, inline!(|w| share * w)),
            (None, None) => k.fill(E::from_f64(options.share)),
        }
        if let Some(class) = class
            && all.contains(&class)
        {
            k[class - from] = k[class - from] + weight;
        }
    }
}

/// Sums over some classes of a row, each as the sum of two numbers: of the weights of those whose
/// `x` is not `but`, and of half of the weighted gaps below `max`.
struct SumsBut<'a, E> {
    x: &'a [E],
    k: &'a [E],
    max: E,
    but: E,
}

impl<E: Math> Kernel for SumsBut<'_, E> {
    type Out = [(f64, f64); 2];
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> [(f64, f64); 2] {
        let Self { x, k, max, but } = self;
        let (max, but) = (isa.splat(max), isa.splat(but));
        sweep::sums_compensated(
            isa,
            (x, k),
            inline!(|(x, k)| [k.zero_where(x.eq(but)), half_gap(k, max, x)]),
        )
    }
}

/// Replaces exponentials by the gradient: `e scale - factor k`, and `own` where the exponential is
/// `only`.
struct Differentiate<'a, E> {
    e: &'a mut [E],
    k: &'a [E],
    scale: E,
    factor: E,
    only: E,
    own: E,
}

impl<E: Math> Kernel for Differentiate<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { e, k, scale, factor, only, own } = self;
        let (only, own, factor) = (isa.splat(only), isa.splat(own), isa.splat(factor));
        sweep::update(
            isa,
            e,
            k,
            inline!(|e, k| select(e.eq(only), own, factor.neg_mul_add(k, e * scale))),
        );
    }
}

/// The weights of one row.
pub(super) struct WideWeights<'a, E, I> {
    pub(super) isa: I,
    pub(super) options: Options<'a, E>,
    pub(super) target: RowTarget<'a, E>,
}

impl<'a, E: Math, I: Isa> WideWeights<'a, E, I> {
    /// The sums of a row whose largest logit is `max`; `remaining` is left out.
    #[inline(always)]
    pub(super) fn sums(&self, x: &[E], max: E, memory: &mut Memory<E>) -> Sums<f64> {
        let (mut total, mut gap) = ((0.0, 0.0), (0.0, 0.0));
        for (i, x) in x.chunks(CHUNK).enumerate() {
            let k = self.of_chunk(i, x.len(), memory);
            let all = SumsBut { x, k, max, but: E::NAN };
            let [of_weights, of_gaps] = self.isa.dispatch(all);
            add(&mut total, of_weights);
            add(&mut gap, of_gaps);
        }
        Sums { total: total.0 + total.1, remaining: 0.0, half_gap: joined(gap) }
    }

    /// The sum of the weights of all classes but the one whose exponential is `only`; 0 where none
    /// is, as that is NaN.
    #[inline(always)]
    pub(super) fn remaining(&self, e: &[E], only: E, memory: &mut Memory<E>) -> f64 {
        let mut sum = (0.0, 0.0);
        if !only.is_nan() {
            for (i, e) in e.chunks(CHUNK).enumerate() {
                let k = self.of_chunk(i, e.len(), memory);
                let others = SumsBut { x: e, k, max: E::ZERO, but: only };
                let [of_others, _] = self.isa.dispatch(others);
                add(&mut sum, of_others);
            }
        }
        sum.0 + sum.1
    }

    /// Replaces exponentials by the gradient: see [`Differentiate`].
    #[inline(always)]
    pub(super) fn differentiate(
        &self,
        e: &mut [E],
        (scale, factor): (E, E),
        (only, own): (E, E),
        memory: &mut Memory<E>,
    ) {
        for (i, e) in e.chunks_mut(CHUNK).enumerate() {
            let k = self.of_chunk(i, e.len(), memory);
            self.isa.dispatch(Differentiate { e, k, scale, factor, only, own });
        }
    }

    /// The weights of a chunk's classes.
    #[inline(always)]
    pub(super) fn of_chunk<'m>(
        &self,
        chunk: usize,
        len: usize,
        memory: &'m mut Memory<E>,
    ) -> &'m [E]
    where
        'a: 'm,
    {
        let Self { isa, options, target } = *self;
        let from = chunk * CHUNK;
        if let Some(q) = target.probabilities
            && options.are_plain()
        {
            return &q[from..][..len];
        }
        let k = memory.first(len, E::ZERO);
        isa.dispatch(OfChunk { options, target, from, k: &mut *k });
        k
    }
}

/// `sum_c (max - x_c) / 2`, each term times the same weight.
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
        let mut gap = (0.0, 0.0);
        for x in self.x.chunks(CHUNK) {
            let sum = sweep::sum_compensated(isa, x, inline!(|x| half_gap(weight, max, x)));
            add(&mut gap, sum);
        }
        joined(gap)
    }
}

/// Adds to a sum of two numbers.
#[inline(always)]
fn add(sum: &mut (f64, f64), (term, error): (f64, f64)) {
    let (high, low) = two_sum(sum.0, term);
    *sum = (high, sum.1 + low + error);
}

/// A sum of two numbers as one; the rounding error of an infinite sum is NaN.
#[inline(always)]
fn joined((sum, error): (f64, f64)) -> f64 {
    if error.is_nan() { sum } else { sum + error }
}
