//! Class indices of any integer type.

/// An integer type that holds class indices.
///
/// ```
/// use gradstep_kernels::Target;
///
/// assert_eq!((-100i64).to_i128(), -100);
/// ```
pub trait Target: Copy + sealed::Sealed {
    /// The slice, its type told at run time, so that kernels are compiled once.
    fn indices(slice: &[Self]) -> Indices<'_>;
    /// The number.
    fn to_i128(self) -> i128;
}

mod sealed {
    pub trait Sealed {
        /// What the type can hold.
        const RANGE: core::ops::RangeInclusive<i128>;
        /// The number modulo 2^64: negative ones come after every class.
        fn code(self) -> u64;
    }
}
use sealed::Sealed;

macro_rules! integers {
    ($($variant:ident $integer:ident)*) => {
        /// Class indices in the type that the caller has.
        #[derive(Clone, Copy, Debug)]
        #[allow(missing_docs)] // the types say it
        pub enum Indices<'a> {
            $($variant(&'a [$integer]),)*
        }

        $(
            impl Sealed for $integer {
                #[allow(clippy::cast_lossless)]
                const RANGE: core::ops::RangeInclusive<i128> =
                    $integer::MIN as i128..=$integer::MAX as i128;

                #[inline(always)]
                #[allow(clippy::cast_sign_loss, clippy::cast_lossless)]
                fn code(self) -> u64 {
                    self as u64
                }
            }
            impl Target for $integer {
                fn indices(slice: &[Self]) -> Indices<'_> {
                    Indices::$variant(slice)
                }
                #[allow(clippy::cast_lossless)]
                fn to_i128(self) -> i128 {
                    self as i128
                }
            }
        )*

        /// The same for each integer type.
        macro_rules! each {
            ($indices:expr, $slice:ident => $body:expr) => {
                match $indices {
                    $(Indices::$variant($slice) => $body,)*
                }
            };
        }

        impl<'a> Targets<'a> {
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

integers! { U8 u8 U16 u16 U32 u32 U64 u64 Usize usize I32 i32 I64 i64 }

/// Class indices of a batch, and the one that means "leave this row out".
#[derive(Clone, Copy, Debug)]
pub struct Targets<'a> {
    indices: Indices<'a>,
    ignore: Option<u64>,
}

impl<'a> Targets<'a> {
    /// What [`Self::read`] gives for a row to leave out: no class, since no slice
    /// has so many elements.
    pub(crate) const IGNORED: usize = usize::MAX;

    /// Targets, where `ignore` is the index to leave out, if any.
    #[must_use]
    pub fn new<T: Target>(targets: &'a [T], ignore: Option<i128>) -> Self {
        // An index that the type can't hold leaves no row out.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
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

    /// How many rows are not left out.
    ///
    /// # Errors
    ///
    /// The row and target of the first that is neither a class nor left out.
    pub fn count(&self, classes: usize) -> Result<usize, (usize, i128)> {
        each!(self.indices, slice => count(slice, self.ignore, classes))
    }

    /// The classes of the rows from `from` on, [`Self::IGNORED`] for those to
    /// leave out.
    #[inline(always)]
    pub(crate) fn read(&self, from: usize, classes: &mut [usize]) {
        each!(self.indices, slice => read(&slice[from..], self.ignore, classes));
    }
}

fn count<T: Target>(
    targets: &[T],
    ignore: Option<u64>,
    classes: usize,
) -> Result<usize, (usize, i128)> {
    let mut rows = 0;
    for (row, target) in targets.iter().enumerate() {
        let code = target.code();
        if Some(code) != ignore {
            if code >= classes as u64 {
                return Err((row, target.to_i128()));
            }
            rows += 1;
        }
    }
    Ok(rows)
}

#[inline(always)]
fn read<T: Target>(targets: &[T], ignore: Option<u64>, classes: &mut [usize]) {
    for (class, target) in classes.iter_mut().zip(targets) {
        let code = target.code();
        // A class checked against a slice's length fits in usize.
        #[allow(clippy::cast_possible_truncation)]
        let index = code as usize;
        *class = if Some(code) == ignore { Targets::IGNORED } else { index };
    }
}
