//! The rows of a batch: classes, weights and factors, read from targets and options once.

use super::Work;
use crate::lanes::{Float, Lanes, narrowed};
use crate::math::Math;
use crate::ops::rows::factors::RowFactors;
use crate::ops::rows::narrow::FEW;
use crate::ops::rows::per_row::PerRow;
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

/// The target of one row: its class and the weight of that, or probabilities.
#[derive(Clone, Copy)]
pub(super) struct RowTarget<'a, E> {
    pub(super) class: Option<usize>,
    pub(super) weight: E,
    pub(super) probabilities: Option<&'a [E]>,
}

impl<'a, E: Float> RowTarget<'a, E> {
    /// That of row `row`, where its classes lie side by side; nothing where it is left out.
    #[inline(always)]
    pub(super) fn of(
        targets: &Targets<'a, E>,
        options: &Options<'_, E>,
        classes: usize,
        row: usize,
    ) -> Option<Self> {
        match targets {
            Targets::Probabilities(q) => {
                let probabilities = Some(&q[row * classes..][..classes]);
                Some(RowTarget { class: None, weight: E::ZERO, probabilities })
            }
            Targets::Classes(classes) => match classes.get(row) {
                Classes::IGNORED => None,
                class => {
                    let weight = options.hard(class);
                    Some(RowTarget { class: Some(class), weight, probabilities: None })
                }
            },
        }
    }

    /// The class, where all the others have the same weight.
    #[inline(always)]
    pub(super) fn even_class(&self, options: &Options<'_, E>) -> Option<usize> {
        self.class.filter(|_| options.class_weights.is_none() || options.share == 0.0)
    }

    /// Whether the target of a row is the first of its largest logits.
    #[inline(always)]
    pub(super) fn is_correct(&self, x: &[E], max: E) -> bool {
        let likeliest = || likeliest(self.probabilities.unwrap_or_default().iter());
        let class = self.class.unwrap_or_else(likeliest);
        x[class] == max && !x[..class].contains(&max)
    }
}

/// The class of a row that is left out.
pub(super) const LEFT_OUT: f64 = -1.0;

/// A batch: what its targets mean for each row, and the results.
pub(super) struct Batch<E> {
    /// The number of the row's class, or [`LEFT_OUT`]; the likeliest where targets are
    /// probabilities and correct rows are counted.
    pub(super) class: PerRow<E>,
    /// The target's weight of that class; 0 for a row left out.
    pub(super) weight: PerRow<E>,
    /// How many of the first weights are known to be `1 - smoothing`.
    same: usize,
    /// Factors of the rows' gradients; 0 for a row left out.
    pub(super) factors: RowFactors<E>,
    /// Whether a row is left out.
    pub(super) leaves_out: bool,
    /// `sum_rest / exp_max` of each row; `ln(1 + sum_rest / exp_max)` in the end, or with a z-loss.
    pub(super) ratio: PerRow<E>,
    /// `sum_c k_c`
    pub(super) total: PerRow<E>,
    /// Losses; half of the weighted gaps below `max` until [`finish`](Self::finish).
    pub(super) losses: PerRow<E>,
    /// Logarithms of the sums of exponentials; `max` until [`finish`](Self::finish).
    pub(super) logsumexp: PerRow<E>,
    pub(super) correct: u64,
}

impl<E: Math> Batch<E> {
    #[inline(always)]
    pub(super) fn new() -> Self {
        Self {
            class: PerRow::new(),
            weight: PerRow::new(),
            same: 0,
            factors: RowFactors::new(),
            leaves_out: false,
            ratio: PerRow::new(),
            total: PerRow::new(),
            losses: PerRow::new(),
            logsumexp: PerRow::new(),
            correct: 0,
        }
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
            numbers.reserve(rows);
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
        // So are the lanes of a register without a row.
        self.class[rows..].fill(E::from_f64(LEFT_OUT));
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

    /// Multiplies losses by their rows' weights.
    /// Not inlined, so that all levels share it.
    #[inline(never)]
    pub(super) fn weigh(&mut self, work: &Work<'_, E>) {
        let Some(weights) = work.row_weights else { return };
        for (r, loss) in self.losses[..work.shape.rows].iter_mut().enumerate() {
            *loss = weighed(*loss, weights.lifted(r));
        }
    }
}

/// The loss of a row times its weight; 0 where that is 0, of an infinite loss too.
#[inline(always)]
pub(super) fn weighed<E: Float>(loss: E, weight: f64) -> E {
    if weight == 0.0 && loss == E::INFINITY {
        return E::ZERO;
    }
    E::from_f64(loss.to_f64() * weight)
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
