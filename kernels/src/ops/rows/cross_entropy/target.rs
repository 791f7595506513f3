//! The rows of a batch: classes, weights and factors, read from targets and options once.

use super::Work;
use crate::isa::Scratch;
use crate::lanes::{Float, Isa, Lanes, narrowed};
use crate::math::Math;
use crate::ops::rows::BATCH;
use crate::ops::rows::factors::RowFactors;
use crate::ops::rows::narrow::FEW;
use crate::{Classes, Targets};

/// Options that are the same for every row.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a, E> {
    /// `[classes]`, each at least 0.
    pub class_weights: Option<&'a [E]>,
    /// `1 - smoothing`
    pub keep: f64,
    /// `smoothing / classes`
    pub share: f64,
    /// The factor of `logsumexp^2` in the loss.
    pub z_loss: f64,
}

impl<E: Float> Options<'_, E> {
    /// `z_loss logsumexp^2`, and its derivative with respect to `logsumexp`: in `f64`, because the
    /// square may overflow where the product does not.
    #[inline(always)]
    pub(super) fn z<L: Lanes<Elem = E>>(&self, logsumexp: L) -> (L, L) {
        let (z, wide) = (self.z_loss, logsumexp.widen());
        let square = narrowed(
            logsumexp,
            inline!(|i| {
                let x = wide.as_ref()[i];
                x * z * x
            }),
        );
        (square, narrowed(logsumexp, inline!(|i| wide.as_ref()[i] * (2.0 * z))))
    }

    /// The share of the smoothing that every class gets, where class weights do not make it
    /// uneven; else 0.
    #[inline(always)]
    pub(super) fn share_if_even(&self) -> f64 {
        if self.class_weights.is_some() { 0.0 } else { self.share }
    }

    /// Whether probabilities as targets are the weights themselves.
    #[inline(always)]
    pub(super) fn are_plain(&self) -> bool {
        self.keep == 1.0 && self.share == 0.0 && self.class_weights.is_none()
    }

    /// The weight of a class.
    #[inline(always)]
    pub(super) fn weight(&self, class: usize) -> E {
        self.class_weights.map_or(E::ONE, |weights| weights[class])
    }

    /// The weight of a target's class, without its share of the smoothing.
    #[inline(always)]
    pub(super) fn hard(&self, class: usize) -> E {
        E::from_f64(self.weight(class).to_f64() * self.keep)
    }
}

/// The class of a row that is left out.
pub(super) const LEFT_OUT: f64 = -1.0;

/// A batch: what its targets mean for each row, and the results.
pub(super) struct Batch<E> {
    /// The number of the row's class, or [`LEFT_OUT`]; the likeliest where targets are
    /// probabilities and correct rows are counted.
    pub(super) class: Scratch<E, BATCH>,
    /// The target's weight of that class; 0 for a row left out.
    pub(super) weight: Scratch<E, BATCH>,
    /// How many of the first weights are known to be `1 - smoothing`.
    same: usize,
    /// Factors of the rows' gradients; 0 for a row left out.
    pub(super) factors: RowFactors<E>,
    /// Whether a row is left out.
    pub(super) leaves_out: bool,
    /// `sum_rest / exp_max` of each row; `ln(1 + sum_rest / exp_max)` in the end, or with a z-loss.
    pub(super) ratio: Scratch<E, BATCH>,
    /// `sum_c k_c`
    pub(super) total: Scratch<E, BATCH>,
    /// Losses; half of the weighted gaps below `max` until [`finish`](Self::finish).
    pub(super) losses: Scratch<E, BATCH>,
    /// Logarithms of the sums of exponentials; `max` until [`finish`](Self::finish).
    pub(super) logsumexp: Scratch<E, BATCH>,
    pub(super) correct: u64,
}

impl<E: Math> Batch<E> {
    #[inline(always)]
    pub(super) fn new() -> Self {
        Self {
            class: Scratch::new(),
            weight: Scratch::new(),
            same: 0,
            factors: RowFactors::new(),
            leaves_out: false,
            ratio: Scratch::new(),
            total: Scratch::new(),
            losses: Scratch::new(),
            logsumexp: Scratch::new(),
            correct: 0,
        }
    }

    /// A register of classes; in lanes beyond the rows, [`LEFT_OUT`].
    #[inline(always)]
    pub(super) fn class<I: Isa>(&self, isa: I, rows: core::ops::Range<usize>) -> E::Lanes<I> {
        Lanes::load_partial(&self.class[rows], isa.splat(E::from_f64(LEFT_OUT)))
    }

    /// Reads targets and options. Not inlined, so that all levels share it: it touches no
    /// register.
    #[inline(never)]
    pub(super) fn read(&mut self, work: &Work<'_, E>, scale: f64, upstream: Option<&[E]>) {
        let rows = work.shape.rows;
        let options = &work.options;
        self.correct = 0;
        self.leaves_out = false;
        let Self { class, weight, ratio, total, losses, logsumexp, .. } = &mut *self;
        for numbers in [class, weight, ratio, total, losses, logsumexp] {
            numbers.reserve(rows, E::ZERO);
        }
        match work.targets {
            Targets::Classes(classes) => {
                self.leaves_out = classes.numbers(work.from, &mut self.class[..rows]);
            }
            Targets::Probabilities(_) if work.count_correct => {
                let class = work.shape.strides(work.stride_of_shares()).class;
                for r in 0..rows {
                    let q = work.probabilities(r).unwrap_or_default();
                    let classes = q.iter().step_by(class).take(work.shape.classes);
                    let likeliest = likeliest(classes) as f64;
                    self.class[r] = E::from_f64(likeliest);
                }
            }
            _ => {}
        }
        self.factors.read(rows, scale, upstream.map(|u| &u[work.from..]), work.row_weights);
        let Targets::Classes(classes) = work.targets else {
            return self.weight[..rows].fill(E::from_f64(options.keep));
        };
        if !self.leaves_out && options.class_weights.is_none() {
            if self.same < rows {
                self.weight[..rows].fill(E::from_f64(options.keep));
                self.same = rows;
            }
            return;
        }
        self.same = 0;
        if work.shape.classes > FEW {
            for r in 0..rows {
                let class = classes.get(work.from + r);
                self.weight[r] = E::ZERO;
                if class == Classes::IGNORED {
                    self.factors.clear(r);
                } else {
                    self.weight[r] = options.hard(class);
                }
            }
            return;
        }
        let numbers = &self.class[..rows];
        match options.class_weights {
            Some(&[_, _]) => {
                let (hard0, hard1) = (options.hard(0), options.hard(1));
                for (weight, number) in self.weight.iter_mut().zip(numbers) {
                    let of_class = if *number == E::ONE { hard1 } else { hard0 };
                    *weight = if *number >= E::ZERO { of_class } else { E::ZERO };
                }
            }
            Some(weights) => {
                for (weight, number) in self.weight.iter_mut().zip(numbers) {
                    // The numbers of few classes are exact in every element type, and that of a
                    // row left out is beyond them.
                    let class = (*number + E::ROUND_MAGIC).bits();
                    let class = class.wrapping_sub(E::ROUND_MAGIC.bits());
                    let of_class = weights.get(class as usize).copied().unwrap_or(E::ZERO);
                    *weight = E::from_f64(of_class.to_f64() * options.keep);
                }
            }
            None => {
                let keep = E::from_f64(options.keep);
                for (weight, number) in self.weight.iter_mut().zip(numbers) {
                    *weight = if *number >= E::ZERO { keep } else { E::ZERO };
                }
            }
        }
        if self.leaves_out {
            self.factors.clear_negative(numbers);
        }
    }

    /// Multiplies losses by their rows' weights; 0 where the weight is, of an infinite loss too.
    /// Not inlined, so that all levels share it.
    #[inline(never)]
    pub(super) fn weigh(&mut self, work: &Work<'_, E>) {
        let Some(weights) = work.row_weights else { return };
        for (r, loss) in self.losses[..work.shape.rows].iter_mut().enumerate() {
            let weight = weights.lifted(r);
            if weight == 0.0 && *loss == E::INFINITY {
                *loss = E::ZERO;
            } else {
                *loss = E::from_f64(loss.to_f64() * weight);
            }
        }
    }
}

/// The first class of the largest probability.
#[inline(always)]
pub(super) fn likeliest<'a, E: Float>(probabilities: impl Iterator<Item = &'a E>) -> usize {
    let (mut best, mut largest) = (0, None);
    for (class, q) in probabilities.enumerate() {
        if largest.is_none_or(|largest| q > largest) {
            (best, largest) = (class, Some(q));
        }
    }
    best
}

/// `weight x`, and 0 where the weight is 0, whatever the `x`.
#[inline(always)]
pub(super) fn weighted<L: Lanes>(weight: L, x: L) -> L {
    (weight * x).zero_where(weight.eq(weight.splat(L::Elem::ZERO)))
}
