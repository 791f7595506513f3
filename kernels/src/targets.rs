//! The targets of rows: of each the index of its class, in any integer type, or a probability
//! of every class.

use crate::Float;
use crate::math::eft::two_sum;

/// An integer type that holds class indices.
///
/// ```
/// use gradstep_kernels::Target;
///
/// assert_eq!((-100i64).to_i128(), -100);
/// ```
pub trait Target: Copy + sealed::Sealed {
    /// The slice with its type as a run-time tag, so that kernels are compiled once.
    fn indices(slice: &[Self]) -> Indices<'_>;
    /// The number.
    fn to_i128(self) -> i128;
}

mod sealed {
    pub trait Sealed {
        /// The numbers that the type can hold.
        const RANGE: core::ops::RangeInclusive<i128>;
        /// The number modulo 2^64: negative ones come after every class.
        fn code(self) -> u64;
        /// How many are this class.
        fn count_of(slice: &[Self], class: usize) -> usize
        where
            Self: Sized;
        /// Whether all are known to be below `classes`.
        fn are_below(slice: &[Self], classes: usize) -> bool
        where
            Self: Sized;
    }
}
use sealed::Sealed;

macro_rules! integers {
    ($($variant:ident $integer:ident $signed:ident)*) => {
        /// Class indices in the type that the caller has.
        #[derive(Clone, Copy, Debug)]
        #[allow(missing_docs)] // the types say it
        pub enum Indices<'a> {
            $($variant(&'a [$integer]),)*
        }

        $(
            impl Sealed for $integer {
                const RANGE: core::ops::RangeInclusive<i128> =
                    $integer::MIN as i128..=$integer::MAX as i128;

                #[inline(always)]
                fn code(self) -> u64 {
                    self as u64
                }
                #[inline(always)]
                fn count_of(slice: &[Self], class: usize) -> usize {
                    // In the target's own width, of which a register holds most.
                    let narrow = class as $integer;
                    if narrow as usize != class {
                        return 0;
                    }
                    slice.iter().filter(|x| **x == narrow).count()
                }
                #[inline(always)]
                fn are_below(slice: &[Self], classes: usize) -> bool {
                    let last = classes.checked_sub(1).map(<$signed>::try_from);
                    let Some(Ok(last)) = last else { return false };
                    // Negative if one is, or if one is above the last: no comparison, so that
                    // the compiler uses registers of the target's own width.
                    let signs = slice.iter().fold(0, |signs, x| {
                        signs | *x as $signed | last.wrapping_sub(*x as $signed)
                    });
                    signs >= 0
                }
            }
            impl Target for $integer {
                fn indices(slice: &[Self]) -> Indices<'_> {
                    Indices::$variant(slice)
                }
                fn to_i128(self) -> i128 {
                    self as i128
                }
            }
        )*

        /// Computes `$body` with `$slice` in the type that it has.
        macro_rules! each {
            ($indices:expr, $slice:ident => $body:expr) => {
                match $indices {
                    $(Indices::$variant($slice) => $body,)*
                }
            };
        }

        impl<'a> Classes<'a> {
            pub(crate) fn split_at(self, mid: usize) -> (Self, Self) {
                let (left, right) = match self.indices {
                    $(Indices::$variant(slice) => {
                        let (left, right) = slice.split_at(mid);
                        (Indices::$variant(left), Indices::$variant(right))
                    })*
                };
                (Self { indices: left, ..self }, Self { indices: right, ..self })
            }
        }
    };
}

integers! {
    U8 u8 i8 U16 u16 i16 U32 u32 i32 U64 u64 i64 Usize usize isize I32 i32 i32 I64 i64 i64
}

/// Class indices of a batch, and the one that means "leave this row out".
#[derive(Clone, Copy, Debug)]
pub struct Classes<'a> {
    indices: Indices<'a>,
    ignore: Option<u64>,
}

impl<'a> Classes<'a> {
    /// What [`Self::get`] gives for a row to leave out: no class, since no slice
    /// has so many elements.
    pub(crate) const IGNORED: usize = usize::MAX;

    /// Targets, where `ignore` is the index to leave out, if any.
    #[must_use]
    pub fn new<T: Target>(targets: &'a [T], ignore: Option<i128>) -> Self {
        // No target is equal to an index that the type can't hold.
        let ignore = ignore.filter(|index| T::RANGE.contains(index)).map(|index| index as u64);
        Self { indices: T::indices(targets), ignore }
    }

    /// Rows.
    #[must_use]
    pub fn len(&self) -> usize {
        each!(self.indices, slice => slice.len())
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many rows are not left out, and the sum of their weights: that of the class, times
    /// that of the row.
    ///
    /// # Errors
    ///
    /// The row and target of the first that is neither a class nor left out.
    pub fn count<E: Float>(
        &self,
        classes: usize,
        class_weights: Option<&[E]>,
        row_weights: Option<&[E]>,
    ) -> Result<(u64, f64), (usize, i128)> {
        each!(self.indices, slice => {
            count(slice, self.ignore, classes, class_weights, row_weights)
        })
    }

    /// The class of a row, [`Self::IGNORED`] for one to leave out.
    #[inline(never)] // once, not for each level
    pub(crate) fn get(&self, row: usize) -> usize {
        each!(self.indices, slice => index(slice[row], self.ignore))
    }

    /// The numbers of the classes of the rows from `from` on, of which there are few; -1 for
    /// a row to leave out. Returns whether there is such a row.
    #[inline(always)]
    pub(crate) fn numbers<E: Float>(&self, from: usize, numbers: &mut [E]) -> bool {
        each!(self.indices, slice => numbers_of(&slice[from..], self.ignore, numbers))
    }
}

fn count<T: Target, E: Float>(
    targets: &[T],
    ignore: Option<u64>,
    classes: usize,
    class_weights: Option<&[E]>,
    row_weights: Option<&[E]>,
) -> Result<(u64, f64), (usize, i128)> {
    let rows = kept(targets, ignore, classes)?;
    let sum = match (class_weights, row_weights) {
        (None, None) => rows as f64,
        (None, Some(weights)) if ignore.is_none() => {
            sum_of_terms(weights.len().min(targets.len()), |row| weights[row].to_f64())
        }
        // Few classes are counted one by one: a pass over the targets takes little.
        (Some(weights), None) if weights.len() <= COUNTED => {
            let is_kept = |class: usize| Some(class as u64) != ignore;
            let count = |class| if is_kept(class) { T::count_of(targets, class) } else { 0 };
            sum_of_terms(weights.len(), |class| weights[class].to_f64() * count(class) as f64)
        }
        _ => sum_of_weights(targets, ignore, class_weights, row_weights),
    };
    Ok((rows, sum))
}

/// Up to so many classes are counted to add their weights: with two of them a row takes 8
/// instructions instead of 23.
const COUNTED: usize = 4;

/// How many rows are not left out.
fn kept<T: Target>(
    targets: &[T],
    ignore: Option<u64>,
    classes: usize,
) -> Result<u64, (usize, i128)> {
    if ignore.is_none() && T::are_below(targets, classes) {
        return Ok(targets.len() as u64);
    }
    let (has_ignored, ignored) = (ignore.is_some(), ignore.unwrap_or_default());
    let is_kept = |code| !(has_ignored & (code == ignored));
    let is_class = |code| code < classes as u64;
    // No jump for each row: where rows are left out, it would often be guessed wrong.
    let (mut kept, mut refused) = (0, false);
    for target in targets {
        let code = target.code();
        kept += u64::from(is_kept(code));
        refused |= is_kept(code) & !is_class(code);
    }
    if !refused {
        return Ok(kept);
    }
    let refused = |target: &T| is_kept(target.code()) && !is_class(target.code());
    match targets.iter().position(refused) {
        None => Ok(kept),
        Some(row) => Err((row, targets[row].to_i128())),
    }
}

/// The sum of the weights of rows that are not left out: that of the class, times that of the row.
fn sum_of_weights<T: Target, E: Float>(
    targets: &[T],
    ignore: Option<u64>,
    class_weights: Option<&[E]>,
    row_weights: Option<&[E]>,
) -> f64 {
    sum_of_terms(targets.len(), |row| {
        let code = targets[row].code();
        if Some(code) == ignore {
            return 0.0;
        }
        let weight = |weights: Option<&[E]>, i| match weights {
            Some(weights) => weights.get(i).map_or(0.0, |w: &E| w.to_f64()),
            None => 1.0,
        };
        // A class checked against a slice's length fits in usize.
        weight(class_weights, code as usize) * weight(row_weights, row)
    })
}

/// The sum of `count` terms that are not negative. Four neighbours add up first, then a sum keeps
/// its rounding errors beside it, so that the sum of any number of terms keeps its digits.
#[inline(always)]
fn sum_of_terms(count: usize, term: impl Fn(usize) -> f64) -> f64 {
    let (mut sum, mut error) = (0.0, 0.0);
    let mut add = |term| {
        let lost;
        (sum, lost) = two_sum(sum, term);
        error += lost;
    };
    let fours = count - count % 4;
    for i in (0..fours).step_by(4) {
        add((term(i) + term(i + 1)) + (term(i + 2) + term(i + 3)));
    }
    for i in fours..count {
        add(term(i));
    }
    // The rounding error of an infinite sum is NaN.
    if error.is_nan() { sum } else { sum + error }
}

#[inline(always)]
fn index<T: Target>(target: T, ignore: Option<u64>) -> usize {
    let code = target.code();
    // A class checked against a slice's length fits in usize.
    if Some(code) == ignore { Classes::IGNORED } else { code as usize }
}

// Not inlined: once for each type, not again for each level.
#[inline(never)]
fn numbers_of<T: Target, E: Float>(targets: &[T], ignore: Option<u64>, numbers: &mut [E]) -> bool {
    // An integer in the low bits of a pattern, as `ROUND_MAGIC` leaves it there.
    let number = |code| E::from_bits(E::ROUND_MAGIC.bits().wrapping_add(code)) - E::ROUND_MAGIC;
    let Some(ignored) = ignore else {
        for (to, target) in numbers.iter_mut().zip(targets) {
            *to = number(target.code());
        }
        return false;
    };
    let mut any = false;
    for (to, target) in numbers.iter_mut().zip(targets) {
        let code = target.code();
        any |= code == ignored;
        *to = number(if code == ignored { u64::MAX } else { code });
    }
    any
}

/// The targets of the rows of a batch.
#[derive(Clone, Copy, Debug)]
pub enum Targets<'a, E> {
    /// `[rows]`: a class each.
    Classes(Classes<'a>),
    /// `[rows, classes]`: a probability of each class.
    Probabilities(&'a [E]),
}

impl<E> Targets<'_, E> {
    /// Those of the first `mid` rows, and the rest.
    pub(crate) fn cut(self, classes: usize, mid: usize) -> (Self, Self) {
        match self {
            Targets::Classes(indices) => {
                let (left, right) = indices.split_at(mid);
                (Targets::Classes(left), Targets::Classes(right))
            }
            Targets::Probabilities(q) => {
                let (left, right) = q.split_at(mid * classes);
                (Targets::Probabilities(left), Targets::Probabilities(right))
            }
        }
    }
}

/// An element of the targets of rows: an integer is the index of a class, a float of the
/// logits' type the probability of one class.
///
/// ```
/// use gradstep_kernels::{AnyTarget, Targets};
///
/// let classes = <u8 as AnyTarget<f32>>::targets(&[1, 0], None);
/// assert!(matches!(classes, Targets::Classes(_)));
/// let probabilities = f32::targets(&[0.5, 0.5], None);
/// assert!(matches!(probabilities, Targets::Probabilities(_)));
/// ```
pub trait AnyTarget<E>: Copy {
    /// The targets, where `ignore` is the index to leave out, if any.
    fn targets(slice: &[Self], ignore: Option<i128>) -> Targets<'_, E>;
}

impl<E, T: Target> AnyTarget<E> for T {
    fn targets(slice: &[Self], ignore: Option<i128>) -> Targets<'_, E> {
        Targets::Classes(Classes::new(slice, ignore))
    }
}

macro_rules! probabilities {
    ($($float:ident)*) => {$(
        impl AnyTarget<$float> for $float {
            fn targets(slice: &[Self], _: Option<i128>) -> Targets<'_, $float> {
                Targets::Probabilities(slice)
            }
        }
    )*};
}

probabilities!(f32 f64);
