//! Which rows are worked on together.

use crate::products::Real;
use gradstep::Error;
use gradstep::kernels::{AnyTarget, Targets};

/// A chunk is a multiple of this where it can be, so that the tiles of its products are full.
const ROWS: usize = 64;

/// Rows of a chunk: as many as have logits in `bytes`. It decides how sums are rounded, so it
/// follows from the shape and that number alone.
pub(crate) fn rows<E>(classes: usize, bytes: usize) -> usize {
    let rows = bytes / size_of::<E>() / classes;
    if rows >= ROWS { rows / ROWS * ROWS } else { rows.max(1) }
}

/// What targets say, once they are known to be right.
pub(crate) struct Counted {
    pub(crate) rows: usize,
    /// The rows not ignored, if some are.
    pub(crate) kept: Option<Vec<usize>>,
    /// The sum of their classes' weights.
    pub(crate) weight: f64,
    /// Targets of a row.
    pub(crate) per_row: usize,
}

pub(crate) fn count<E: Real, T: AnyTarget<E>>(
    targets: &[T],
    classes: usize,
    class_weights: Option<&[E]>,
    ignore: Option<i128>,
) -> Result<Counted, Error> {
    match T::targets(targets, ignore) {
        Targets::Classes(all) => {
            let wrong = |(row, target)| Error::Target { row, target, classes };
            let (counted, weight) = all.count(classes, class_weights, None).map_err(wrong)?;
            let rows = targets.len();
            let is_kept = |&row: &usize| match T::targets(&targets[row..=row], ignore) {
                Targets::Classes(one) => {
                    one.count::<E>(classes, None, None).is_ok_and(|(n, _)| n == 1)
                }
                Targets::Probabilities(_) => true,
            };
            let kept = (counted < rows as u64).then(|| (0..rows).filter(is_kept).collect());
            Ok(Counted { rows, kept, weight, per_row: 1 })
        }
        Targets::Probabilities(_) => {
            let rows = targets.len() / classes;
            Ok(Counted { rows, kept: None, weight: rows as f64, per_row: classes })
        }
    }
}

/// Copies the chosen rows of `width` values to the start of `out`.
pub(crate) fn gather<T: Copy>(values: &[T], width: usize, rows: &[usize], out: &mut Vec<T>) {
    out.clear();
    rows.iter().for_each(|&row| out.extend_from_slice(&values[row * width..][..width]));
}
