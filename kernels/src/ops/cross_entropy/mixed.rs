//! Long rows whose target says something of every class: by a smoothing or by
//! probabilities.

use super::options::Options;
use super::rows::{Parts, scaled};
use crate::math::Math;
use crate::sweep::{self, Stream};
use crate::{Float, Isa, Lanes, select};

/// Weights of the classes, or none.
pub(super) trait Weights<E: Float, I: Isa>: Stream<E, I> + Copy {
    /// The weights in a register.
    fn weight(isa: I, regs: Self::Regs) -> E::Lanes<I>;
}

impl<E: Float, I: Isa> Weights<E, I> for () {
    #[inline(always)]
    fn weight(isa: I, (): ()) -> E::Lanes<I> {
        isa.splat(E::ONE)
    }
}

impl<'a, E: Float, I: Isa> Weights<E, I> for &'a [E]
where
    <E::Lanes<I> as Lanes>::Slot: 'a,
{
    #[inline(always)]
    fn weight(_: I, weight: E::Lanes<I>) -> E::Lanes<I> {
        weight
    }
}

/// `weight (m - x)`, 0 where the weight is 0.
#[inline(always)]
pub(super) fn gap<L: Lanes>(weight: L, m: L, x: L) -> L {
    (weight * (m - x)).zero_where(weight.eq(m.splat(L::Elem::ZERO)))
}

/// `sum_c w_c (m - x_c)`
#[inline(always)]
pub(super) fn smooth<E: Float, I: Isa>(
    isa: I,
    x: &[E],
    options: &Options<'_, E>,
    largest: E,
) -> f64 {
    match options.class_weights {
        None => gaps::<E, I, _>(isa, x, (), largest),
        Some(weights) => gaps(isa, x, weights, largest),
    }
}

#[inline(always)]
fn gaps<E: Float, I: Isa, W: Weights<E, I>>(isa: I, x: &[E], weights: W, largest: E) -> f64 {
    let m = isa.splat(largest);
    let (sum, error) = sweep::sum_compensated(
        isa,
        (x, weights),
        #[inline(always)]
        |(x, w): (E::Lanes<I>, W::Regs)| gap(W::weight(isa, w), m, x),
    );
    sum + error
}

/// Sums of `k_c`, what probabilities say.
pub(super) struct Mixed {
    /// `sum_c k_c (m - x_c)`
    pub(super) gap: f64,
    /// `sum_c k_c` over the largest logits.
    pub(super) of_maxima: f64,
    /// `sum_c k_c` over the others.
    pub(super) others: f64,
}

/// `k_c = w_c ((1 - smoothing) q_c + smoothing / classes)`
#[derive(Clone, Copy)]
pub(super) struct Says<L> {
    keep: L,
    share: L,
}

impl<L: Lanes> Says<L> {
    #[inline(always)]
    pub(super) fn new(isa: L::Isa, options: &Options<'_, L::Elem>) -> Self {
        let splat = |x| L::fill(isa, L::Elem::from_f64(x));
        Self { keep: splat(options.keep), share: splat(options.share) }
    }
    #[inline(always)]
    pub(super) fn of(self, q: L, weight: L) -> L {
        weight * (self.keep * q + self.share)
    }
}

/// Logits, probabilities and weights.
type Reads<L, W> = (L, (L, W));

/// What probabilities say of a row.
#[inline(always)]
pub(super) fn mix<E: Math, I: Isa>(
    isa: I,
    x: &[E],
    q: &[E],
    options: &Options<'_, E>,
    largest: E,
) -> Mixed {
    match options.class_weights {
        None => sums::<E, I, _>(isa, x, q, (), options, largest),
        Some(weights) => sums(isa, x, q, weights, options, largest),
    }
}

#[inline(always)]
fn sums<E: Math, I: Isa, W: Weights<E, I>>(
    isa: I,
    x: &[E],
    q: &[E],
    weights: W,
    options: &Options<'_, E>,
    largest: E,
) -> Mixed {
    let m = isa.splat(largest);
    let zero = m.splat(E::ZERO);
    let says = Says::new(isa, options);
    let reads = (x, (q, weights));
    let gaps = sweep::sum_compensated(
        isa,
        reads,
        #[inline(always)]
        |(x, (q, w)): Reads<E::Lanes<I>, W::Regs>| gap(says.of(q, W::weight(isa, w)), m, x),
    );
    let of_maxima = sweep::sum_compensated(
        isa,
        reads,
        #[inline(always)]
        |(x, (q, w)): Reads<E::Lanes<I>, W::Regs>| {
            select(x.eq(m), says.of(q, W::weight(isa, w)), zero)
        },
    );
    let others = sweep::sum_compensated(
        isa,
        reads,
        #[inline(always)]
        |(x, (q, w)): Reads<E::Lanes<I>, W::Regs>| {
            select(x.eq(m), zero, says.of(q, W::weight(isa, w)))
        },
    );
    Mixed {
        gap: gaps.0 + gaps.1,
        of_maxima: of_maxima.0 + of_maxima.1,
        others: others.0 + others.1,
    }
}

/// Makes the gradient of exponentials where targets are classes and every class
/// has a share: `e scale - factor share w`.
#[inline(always)]
pub(super) fn share<E: Math, I: Isa>(
    isa: I,
    grad: &mut [E],
    options: &Options<'_, E>,
    scale: Parts<E::Lanes<I>>,
    factor: f64,
) {
    let k = scale.0.splat(E::from_f64(options.share * factor));
    match options.class_weights {
        None => sweep::update(
            isa,
            grad,
            (),
            #[inline(always)]
            |e: E::Lanes<I>, ()| scaled(e, scale) - k,
        ),
        Some(weights) => sweep::update(
            isa,
            grad,
            weights,
            #[inline(always)]
            |e: E::Lanes<I>, w| k.neg_mul_add(w, scaled(e, scale)),
        ),
    }
}

/// Makes the gradient of exponentials where targets are probabilities: `e scale -
/// factor k`, and `of_top` where the exponential is `top`.
#[inline(always)]
pub(super) fn soften<E: Math, I: Isa>(
    isa: I,
    grad: &mut [E],
    q: &[E],
    options: &Options<'_, E>,
    (scale, factor): (Parts<E::Lanes<I>>, f64),
    (top, of_top): (E, E),
) {
    let says = Says::new(isa, options);
    let (factor, top, of_top) =
        (scale.0.splat(E::from_f64(factor)), scale.0.splat(top), scale.0.splat(of_top));
    match options.class_weights {
        None => sweep::update(
            isa,
            grad,
            q,
            #[inline(always)]
            |e: E::Lanes<I>, q| {
                let g = factor.neg_mul_add(says.of(q, q.splat(E::ONE)), scaled(e, scale));
                select(e.eq(top), of_top, g)
            },
        ),
        Some(weights) => sweep::update(
            isa,
            grad,
            (q, weights),
            #[inline(always)]
            |e: E::Lanes<I>, (q, w)| {
                let g = factor.neg_mul_add(says.of(q, w), scaled(e, scale));
                select(e.eq(top), of_top, g)
            },
        ),
    }
}
