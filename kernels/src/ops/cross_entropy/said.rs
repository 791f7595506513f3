//! What targets say of rows of few classes.

use super::mixed::Says;
use super::{BATCH, Work, likeliest};
use crate::{Classes, Float, Lanes, sweep};

/// In the place of a class: the row has none.
const NOTHING: f64 = -2.0;
/// In the place of a class: the row is left out.
const LEFT_OUT: f64 = -1.0;

/// What targets that are classes say of each row, in the logits' type.
#[repr(C, align(64))] // registers of it cross no cache line
pub(super) struct Said<E> {
    pub(super) class: [E; BATCH],
    /// The class's weight, if classes have weights.
    pub(super) weight: [E; BATCH],
}

impl<E: Float> Said<E> {
    #[inline(always)]
    pub(super) fn new(work: &Work<'_, E>) -> Self {
        let mut class = [E::from_f64(NOTHING); BATCH];
        let mut weight = [E::ONE; BATCH];
        for (class, y) in class.iter_mut().zip(work.class) {
            // Classes are below `FEW`, and the number of a row left out becomes -1.
            const { assert!(Classes::IGNORED == usize::MAX && LEFT_OUT == -1.0) }
            #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
            let number = *y as i32;
            *class = E::from_f64(number.into());
        }
        if let Some(weights) = work.options.class_weights {
            for (weight, y) in weight.iter_mut().zip(work.class) {
                *weight = weights.get(*y).copied().unwrap_or_default();
            }
        }
        if let Some(q) = work.probabilities
            && work.count_hits
        {
            for (class, q) in class.iter_mut().zip(q.chunks_exact(work.shape.classes)) {
                #[allow(clippy::cast_precision_loss)] // below FEW
                let number = likeliest(q) as f64;
                *class = E::from_f64(number);
            }
        }
        Self { class, weight }
    }
}

#[inline(always)]
pub(super) fn is_left_out<L: Lanes>(class: L) -> L::Mask {
    class.eq(class.splat(L::Elem::from_f64(LEFT_OUT)))
}

/// `k_c` of probabilities.
#[inline(always)]
pub(super) fn says<L: Lanes>(
    q: &[L::Elem],
    work: &Work<'_, L::Elem>,
    (from, count): (usize, usize),
    zero: L,
    said: &mut [L::Array],
) {
    let classes = work.shape.classes;
    sweep::gather(&q[from * classes..], classes, count, zero, said);
    let says = Says::new(zero.isa(), work.options);
    for (c, k) in said.iter_mut().enumerate() {
        let weight = zero.splat(L::Elem::from_f64(work.options.weight(c)));
        says.of(L::load(zero.isa(), k), weight).store(k);
    }
}
