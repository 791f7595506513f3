//! Rows of few classes, a batch at a time: rows are transposed, so that a register
//! holds one class of as many rows as it has lanes. Each row adds its classes in
//! order, so results do not depend on the width of registers.

use super::mixed::gap;
use super::options::{Exponentials, Row, weighted};
use super::rows::scaled;
use super::{BATCH, Batch, FEW, Work, is_hit, likeliest};
use crate::math::{Math, ScaledExp, ln_1p};
use crate::{Classes, Float, Isa, Lanes};

/// A column for each class.
pub(in crate::ops) type Columns<E> = [[E; BATCH]; FEW];

/// Columns of 0.
#[inline(always)]
pub(in crate::ops) fn columns<E: Float>() -> Columns<E> {
    [[E::ZERO; BATCH]; FEW]
}

/// What registers find out, for each row.
pub(in crate::ops) struct Found<E> {
    /// The exponential of a maximum.
    top: [E; BATCH],
    /// How many maxima there are beside it.
    ties: [E; BATCH],
    /// The exponentials that are not of a maximum: their sum, and its error.
    small: [E; BATCH],
    small_error: [E; BATCH],
    /// `sum_c k_c (m - x_c)` of a share of every class or of probabilities.
    mixed: [E; BATCH],
    /// `sum_c k_c` over maxima and over the other classes, for probabilities.
    of_maxima: [E; BATCH],
    remaining: [E; BATCH],
}

impl<E: Float> Found<E> {
    #[inline(always)]
    pub(in crate::ops) fn new() -> Self {
        let zero = [E::ZERO; BATCH];
        Self {
            top: zero,
            ties: zero,
            small: zero,
            small_error: zero,
            mixed: zero,
            of_maxima: zero,
            remaining: zero,
        }
    }

    /// The exponentials of a row.
    #[inline(always)]
    pub(in crate::ops) fn exponentials(&self, row: usize) -> Exponentials {
        let (top, ties) = (self.top[row].to_f64(), self.ties[row].to_f64());
        let small = self.small[row].to_f64() + self.small_error[row].to_f64();
        Exponentials { top, others: ties * top + small }
    }
}

#[inline(always)]
pub(super) fn batch<E: Math, I: Isa>(
    isa: I,
    mut work: Work<'_, E>,
    columns: &mut Columns<E>,
    batch: &mut Batch<E>,
) {
    let (rows, classes) = (work.shape.rows, work.shape.classes.min(FEW));
    let columns = &mut columns[..classes];
    gather(&work, columns);
    let zero = [E::ZERO; BATCH];
    let mut found = Found::new();
    let mut said = work.probabilities.map(|q| probabilities(q, &work, classes));
    for from in (0..rows).step_by(E::Lanes::<I>::LANES) {
        maxima::<E, I>(isa, columns, from, &mut batch.largest);
        if let Some(said) = &said {
            mix::<E, I>(isa, columns, &said[..classes], from, &batch.largest, &mut found);
        } else if work.options.smooths() {
            smooth::<E, I>(isa, columns, &work, from, &batch.largest, &mut found);
        }
        exponentials::<E, I>(isa, columns, from, &batch.largest, &mut found);
    }

    let mut exponentials = [Exponentials::default(); BATCH];
    for (r, exponentials) in exponentials.iter_mut().enumerate().take(rows) {
        *exponentials = found.exponentials(r);
        batch.ratio[r] = E::from_f64(exponentials.ratio());
    }
    let mut z = [E::ZERO; BATCH];
    if work.options.z_loss != 0.0 {
        let twice = E::Lanes::<I>::splat(isa, E::from_f64(2.0 * work.options.z_loss));
        crate::sweep::update(
            isa,
            &mut z[..],
            (&batch.largest[..], &batch.ratio[..]),
            #[inline(always)]
            |_: E::Lanes<I>, (largest, ratio)| largest.add(ln_1p(ratio)).mul(twice),
        );
    }
    // The factor of each exponential, that of `k_c`, and one element of its own.
    let (mut scale, mut scale_low, mut factor) = (zero, zero, zero);
    let mut place = [(FEW, E::ZERO); BATCH]; // none if FEW
    for r in 0..rows {
        let values = &work.logits.values()[r * work.shape.stride..][..classes];
        let largest = batch.largest[r];
        let row = |total| Row {
            exponentials: exponentials[r],
            total,
            z: z[r].to_f64(),
            factor: work.factor[r],
        };
        let known = batch.ratio[r].partial_cmp(&E::ZERO).is_some();
        if let Some(q) = work.probabilities {
            let remaining = found.remaining[r].to_f64();
            let row = row(remaining + found.of_maxima[r].to_f64());
            (scale[r], scale_low[r]) = row.scale();
            factor[r] = E::from_f64(row.factor);
            if exponentials[r].others < exponentials[r].top {
                let c = values.iter().position(|x| *x == largest).unwrap_or(0);
                place[r] = (c, E::from_f64(row.of_largest(remaining)));
            }
            batch.total[r] = E::from_f64(row.total);
            batch.linear[r] = found.mixed[r];
            let likeliest = || likeliest(&q[r * classes..][..classes]);
            batch.hits +=
                u64::from(work.count_hits && known && is_hit(values, largest, likeliest()));
            continue;
        }
        let Some(&y) = work.class.get(r) else {
            (scale[r], scale_low[r]) = row(1.0).scale();
            batch.total[r] = E::ONE;
            continue;
        };
        if y == Classes::IGNORED {
            (batch.ratio[r], batch.largest[r]) = (E::ZERO, E::ZERO);
            continue;
        }
        let options = work.options;
        let w = options.weight(y);
        let hard = options.keep * w;
        let row = row(hard + options.share * options.total_weight);
        (scale[r], scale_low[r]) = row.scale();
        factor[r] = E::from_f64(row.factor);
        place[r] = (y, E::from_f64(row.of_target(columns[y][r].to_f64(), w, options)));
        batch.total[r] = E::from_f64(row.total);
        let gap = (largest - values[y]).to_f64();
        batch.linear[r] =
            E::from_f64(weighted(hard, gap) + weighted(options.share, found.mixed[r].to_f64()));
        batch.hits += u64::from(work.count_hits && known && is_hit(values, largest, y));
    }

    let shape = work.shape;
    let Some((grad, stride)) = work.logits.grad(shape) else { return };
    for from in (0..rows).step_by(E::Lanes::<I>::LANES) {
        let scale = (load::<E, I>(isa, &scale, from), load::<E, I>(isa, &scale_low, from));
        let factor = load::<E, I>(isa, &factor, from);
        for (c, column) in columns.iter_mut().enumerate() {
            let mut g = scaled(load::<E, I>(isa, column, from), scale);
            if let Some(said) = &mut said {
                g = factor.neg_mul_add(load::<E, I>(isa, &said[c], from), g);
            } else if work.options.smooths() {
                let k = E::from_f64(work.options.share * work.options.weight(c));
                g = factor.neg_mul_add(factor.same(k), g);
            }
            g.store_partial(&mut column[from..]);
        }
    }
    for (r, (c, g)) in place.iter().enumerate().take(rows) {
        if let Some(column) = columns.get_mut(*c) {
            column[r] = *g;
        }
    }
    for (r, grad) in grad.chunks_mut(stride).enumerate() {
        for (g, column) in grad.iter_mut().zip(columns.iter()) {
            *g = column[r];
        }
    }
}

/// Transposes the logits; those of a row left out are not read.
#[inline(always)]
fn gather<E: Float>(work: &Work<'_, E>, columns: &mut [[E; BATCH]]) {
    for (r, x) in work.logits.values().chunks(work.shape.stride).enumerate() {
        let ignored = work.class.get(r) == Some(&Classes::IGNORED);
        for (column, x) in columns.iter_mut().zip(x) {
            column[r] = if ignored { E::ZERO } else { *x };
        }
    }
}

/// `k_c` of probabilities, transposed.
#[inline(always)]
fn probabilities<E: Float>(q: &[E], work: &Work<'_, E>, classes: usize) -> Columns<E> {
    let mut said = columns();
    let (keep, share) = (E::from_f64(work.options.keep), E::from_f64(work.options.share));
    for (c, column) in said.iter_mut().enumerate().take(classes) {
        let weight = E::from_f64(work.options.weight(c));
        for (r, k) in column.iter_mut().enumerate().take(work.shape.rows) {
            *k = weight * (keep * q[r * classes + c] + share);
        }
    }
    said
}

#[inline(always)]
fn load<E: Float, I: Isa>(isa: I, column: &[E; BATCH], from: usize) -> E::Lanes<I> {
    E::Lanes::<I>::load_partial(&column[from..], E::Lanes::<I>::splat(isa, E::ZERO))
}

/// The largest logit of each row.
#[inline(always)]
pub(in crate::ops) fn maxima<E: Float, I: Isa>(
    isa: I,
    columns: &[[E; BATCH]],
    from: usize,
    largest: &mut [E; BATCH],
) {
    let mut m = E::Lanes::<I>::splat(isa, -E::INFINITY);
    for column in columns {
        m = m.max_or_self(load::<E, I>(isa, column, from));
    }
    m.store_partial(&mut largest[from..]);
}

/// A sum and its error, by Knuth, "The Art of Computer Programming", volume 2,
/// section 4.2.2, for terms in any order.
#[derive(Clone, Copy)]
struct Sum<L> {
    high: L,
    low: L,
}

impl<L: Lanes> Sum<L> {
    #[inline(always)]
    fn zero(like: L) -> Self {
        Self { high: like.same(L::Elem::ZERO), low: like.same(L::Elem::ZERO) }
    }
    #[inline(always)]
    fn add(self, term: L) -> Self {
        let high = self.high.add(term);
        let added = high.sub(self.high);
        let error = self.high.sub(high.sub(added)).add(term.sub(added));
        Self { high, low: self.low.add(error) }
    }
    #[inline(always)]
    fn total(self) -> L {
        let total = self.high.add(self.low);
        // Beside an infinite sum there is no error to speak of.
        L::select(self.low.is_nan(), self.high, total)
    }
}

/// Replaces logits by exponentials, and adds them up.
#[inline(always)]
pub(in crate::ops) fn exponentials<E: Math, I: Isa>(
    isa: I,
    columns: &mut [[E; BATCH]],
    from: usize,
    largest: &[E; BATCH],
    found: &mut Found<E>,
) {
    let m = load::<E, I>(isa, largest, from);
    let (zero, one) = (m.same(E::ZERO), m.same(E::ONE));
    let scaled = ScaledExp::new(m);
    let mut small = Sum::zero(m);
    let mut ties = one.neg();
    for column in columns {
        let x = load::<E, I>(isa, column, from);
        let e = scaled.exp(x);
        let is_maximum = x.eq(m);
        ties = ties.add(E::Lanes::<I>::select(is_maximum, one, zero));
        small = small.add(E::Lanes::<I>::select(is_maximum, zero, e));
        e.store_partial(&mut column[from..]);
    }
    scaled.exp(m).store_partial(&mut found.top[from..]);
    ties.store_partial(&mut found.ties[from..]);
    small.high.store_partial(&mut found.small[from..]);
    small.low.store_partial(&mut found.small_error[from..]);
}

/// What every class has a share of.
#[inline(always)]
fn smooth<E: Float, I: Isa>(
    isa: I,
    columns: &[[E; BATCH]],
    work: &Work<'_, E>,
    from: usize,
    largest: &[E; BATCH],
    found: &mut Found<E>,
) {
    let m = load::<E, I>(isa, largest, from);
    let mut sum = Sum::zero(m);
    for (c, column) in columns.iter().enumerate() {
        let weight = m.same(E::from_f64(work.options.weight(c)));
        sum = sum.add(gap(weight, m, load::<E, I>(isa, column, from)));
    }
    sum.total().store_partial(&mut found.mixed[from..]);
}

/// What probabilities say.
#[inline(always)]
fn mix<E: Float, I: Isa>(
    isa: I,
    columns: &[[E; BATCH]],
    said: &[[E; BATCH]],
    from: usize,
    largest: &[E; BATCH],
    found: &mut Found<E>,
) {
    let m = load::<E, I>(isa, largest, from);
    let zero = m.same(E::ZERO);
    let (mut mixed, mut of_maxima, mut remaining) = (Sum::zero(m), Sum::zero(m), Sum::zero(m));
    for (column, said) in columns.iter().zip(said) {
        let (x, k) = (load::<E, I>(isa, column, from), load::<E, I>(isa, said, from));
        let is_maximum = x.eq(m);
        mixed = mixed.add(gap(k, m, x));
        of_maxima = of_maxima.add(E::Lanes::<I>::select(is_maximum, k, zero));
        remaining = remaining.add(E::Lanes::<I>::select(is_maximum, zero, k));
    }
    mixed.total().store_partial(&mut found.mixed[from..]);
    of_maxima.total().store_partial(&mut found.of_maxima[from..]);
    remaining.total().store_partial(&mut found.remaining[from..]);
}
