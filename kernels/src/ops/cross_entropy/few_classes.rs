//! Rows of few classes: a register holds one class of as many rows as it has lanes.
//! Each row adds its classes in order, so results do not depend on the width of
//! registers.

use super::few_sums::{Found, Mix, first, maxima, smooth};
use super::options::Options;
use super::row::{Row, weighted};
use super::rows::scaled;
use super::said::{Said, is_left_out, says};
use super::{Batch, FEW, Logits, Work};
use crate::lanes::{Aligned, Double, narrowed, part};
use crate::math::{Math, ln_1p};
use crate::{Isa, Lanes, Mask, sweep, select};

/// Memory for the classes of a register's rows: logits, exponentials, gradients.
pub(super) type Columns<L> = [<L as Lanes>::Array; FEW];

/// A register of rows and its exponentials.
struct Known<L> {
    class: L,
    largest: L,
    found: Found<L>,
    /// What a smoothing or probabilities say.
    mix: Mix<L>,
}

/// What the gradients of a register of rows are made of.
struct Slope<L> {
    /// The factor of exponentials, as a sum of two numbers.
    scale: (L, L),
    /// The gradient of the target, or of the only largest.
    own: L,
    /// Of the gradient, for what the targets say of all classes.
    factor: L,
}

/// Losses and gradients of a batch.
#[inline(always)]
pub(super) fn batch<E: Math, I: Isa>(
    isa: I,
    mut work: Work<'_, E>,
    columns: &mut Columns<E::Lanes<I>>,
    batch: &mut Batch<E>,
) {
    let said = Said::new(&work);
    let columns = &mut columns[..work.shape.classes.min(FEW)];
    for from in (0..work.shape.rows).step_by(E::Lanes::<I>::LANES) {
        let place = Place { from, count: E::Lanes::<I>::LANES.min(work.shape.rows - from) };
        let known = look(isa, &work, place, &said, columns, batch);
        let slope = conclude::<E, I>(&work, from, &said, &known, batch);
        differentiate(isa, &mut work, place, &known, &slope, columns);
    }
}

/// Rows of a register, in their batch.
#[derive(Clone, Copy)]
struct Place {
    from: usize,
    count: usize,
}

/// Reads the rows, and turns logits into exponentials.
#[inline(always)]
fn look<E: Math, I: Isa>(
    isa: I,
    work: &Work<'_, E>,
    Place { from, count }: Place,
    said: &Said<E>,
    columns: &mut [<E::Lanes<I> as Lanes>::Array],
    batch: &mut Batch<E>,
) -> Known<E::Lanes<I>> {
    let (shape, options) = (work.shape, work.options);
    let zero = isa.splat(E::ZERO);
    sweep::gather(&work.logits.values()[from * shape.stride..], shape.stride, count, zero, columns);
    let class = E::Lanes::<I>::load_partial(&said.class[from..], zero);
    let left_out = is_left_out(class);
    // What a row left out holds has no effect.
    if left_out.any() {
        for x in columns.iter_mut() {
            E::Lanes::<I>::load(isa, x).zero_where(left_out).store(x);
        }
    }
    let m = maxima(zero, columns);
    let mut mix = Mix::zero(zero);
    if let Some(q) = work.probabilities {
        let mut said = Aligned([zero.to_array(); FEW]);
        let said = &mut said.0[..columns.len()];
        says(q, work, (from, count), zero, said);
        mix = Mix::new(columns, said, m);
    } else if options.smooths() {
        mix.gap = smooth(columns, options, m);
    }
    let first = if work.count_hits { first(columns, m) } else { zero };
    let found = Found::new(columns, m, class);
    if work.count_hits {
        // Beside NaN there is no largest.
        batch.hits += (class.eq(first) & found.is_known()).count() as u64;
    }
    Known { class, largest: m, found, mix }
}

/// The rows of a register while their sums become losses and factors.
struct Rows<'a, L: Lanes> {
    options: &'a Options<'a, L::Elem>,
    /// Factors of the gradient.
    factor: L::Wide,
    /// The weight of the row's class.
    weight: L,
    /// 0 for a row left out, else 1.
    kept: L,
    found: Found<L>,
    /// What probabilities say.
    mix: Option<Mix<L>>,
    /// `2 z_loss logsumexp`
    z: L,
}

impl<L: Lanes<Elem: Math>> Rows<'_, L> {
    /// The target's own weight.
    #[inline(always)]
    fn hard(&self, i: usize) -> Double<L> {
        let weight = part(self.weight, i);
        weight * self.options.keep
    }

    #[inline(always)]
    fn row(&self, i: usize) -> Row<Double<L>> {
        let total = if let Some(mix) = &self.mix {
            mix.total(i)
        } else {
            let all = self.options.share * self.options.total_weight;
            let kept = part(self.kept, i);
            self.hard(i) + kept * all
        };
        Row {
            exponentials: self.found.exponentials(i),
            total,
            z: part(self.z, i),
            factor: self.factor.as_ref()[i],
        }
    }
}

/// Losses of the rows, and what their gradients are made of.
#[inline(always)]
fn conclude<E: Math, I: Isa>(
    work: &Work<'_, E>,
    from: usize,
    said: &Said<E>,
    known: &Known<E::Lanes<I>>,
    batch: &mut Batch<E>,
) -> Slope<E::Lanes<I>> {
    let options = work.options;
    let Known { class, largest: m, found, mix } = *known;
    let zero = m.splat(E::ZERO);
    let left_out = is_left_out(class);
    let kept = m.splat(E::ONE).zero_where(left_out);
    let ratio = found.ratio();
    let mut rows = Rows {
        options,
        factor: zero.widen(),
        weight: kept,
        kept,
        found,
        mix: work.probabilities.map(|_| mix),
        z: zero,
    };
    if options.class_weights.is_some() {
        rows.weight = E::Lanes::<I>::load_partial(&said.weight[from..], zero);
    }
    for (i, factor) in rows.factor.as_mut().iter_mut().enumerate() {
        let all = &work.factor[from + i * I::F64::LANES..];
        let kept = part(kept, i);
        let zero = kept.splat(0.0);
        // 0 for a row left out, even beside NaN.
        *factor = I::F64::load_partial(all, zero).zero_where(kept.eq(zero));
    }
    if options.z_loss != 0.0 {
        let twice = m.splat(E::from_f64(2.0 * options.z_loss));
        rows.z = (m + ln_1p(ratio)) * twice;
    }

    let total = narrowed(
        m,
        #[inline(always)]
        |i| rows.row(i).total,
    );
    let linear = if rows.mix.is_some() {
        mix.gap
    } else {
        narrowed(
            m,
            #[inline(always)]
            |i| {
                let gap = part(m - found.target, i);
                let smoothing = gap.splat(options.share) * part(mix.gap, i);
                weighted(rows.hard(i), gap) + smoothing
            },
        )
    };
    let Batch { largest, ratio: ratios, total: totals, linear: linears, .. } = batch;
    for (value, to) in [(m, largest), (ratio, ratios), (total, totals), (linear, linears)] {
        value.zero_where(left_out).store_partial(&mut to[from..]);
    }

    let high = narrowed(
        m,
        #[inline(always)]
        |i| rows.row(i).scale(),
    );
    let low = narrowed(
        m,
        #[inline(always)]
        |i| rows.row(i).scale_error(part(high, i)),
    );
    let own = if rows.mix.is_some() {
        narrowed(
            m,
            #[inline(always)]
            |i| rows.row(i).of_largest(part(mix.remaining, i)),
        )
    } else {
        narrowed(
            m,
            #[inline(always)]
            |i| {
                let (e, weight) = (part(found.of_target, i), part(rows.weight, i));
                rows.row(i).of_target(e, weight, options)
            },
        )
    };
    Slope { scale: (high, low), own, factor: E::Lanes::<I>::narrow(rows.factor) }
}

/// Turns exponentials into the gradient, and writes it.
#[inline(always)]
fn differentiate<E: Math, I: Isa>(
    isa: I,
    work: &mut Work<'_, E>,
    place: Place,
    known: &Known<E::Lanes<I>>,
    slope: &Slope<E::Lanes<I>>,
    columns: &mut [<E::Lanes<I> as Lanes>::Array],
) {
    if matches!(work.logits, Logits::Read(_)) {
        return;
    }
    let (shape, options) = (work.shape, work.options);
    let Slope { scale, own, factor } = *slope;
    let zero = own.splat(E::ZERO);
    if let Some(q) = work.probabilities {
        let mut said = Aligned([zero.to_array(); FEW]);
        let said = &mut said.0[..columns.len()];
        says(q, work, (place.from, place.count), zero, said);
        let top = known.found.only_top();
        for (column, k) in columns.iter_mut().zip(said) {
            let (e, k) = (E::Lanes::<I>::load(isa, column), E::Lanes::<I>::load(isa, k));
            let g = factor.neg_mul_add(k, scaled(e, scale));
            select(e.eq(top), own, g).store(column);
        }
    } else {
        let mut c = zero;
        for (number, column) in columns.iter_mut().enumerate() {
            let mut g = scaled(E::Lanes::<I>::load(isa, column), scale);
            if options.smooths() {
                let k = zero.splat(E::from_f64(options.share * options.weight(number)));
                g = factor.neg_mul_add(k, g);
            }
            select(known.class.eq(c), own, g).store(column);
            c = c + E::ONE;
        }
    }
    let Some((grad, stride)) = work.logits.grad(shape) else { return };
    let Place { from, count } = place;
    sweep::scatter::<E::Lanes<I>>(isa, columns, &mut grad[from * stride..], stride, count);
}
