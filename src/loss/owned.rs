//! Losses that keep their weights.

use super::sealed::Keep;
use alloc::vec::Vec;
use core::fmt;

/// A loss with weights of its own, for a struct that keeps both.
///
/// Losses borrow their weights, so that they are small values that are copied, and need no
/// allocator. This one is made by `owned` of a loss, and lends the loss to each call.
///
/// # Examples
///
/// ```
/// use gradstep::loss::{CrossEntropy, Owned};
///
/// struct Model {
///     loss: Owned<CrossEntropy<'static, f32>>,
/// }
///
/// let counts = [90.0f32, 10.0];
/// let weights = counts.map(|count| 50.0 / count);
/// let model = Model { loss: CrossEntropy::new(2)?.class_weights(&weights)?.owned() };
/// drop(weights);
/// assert!(model.loss.get().loss(&[0.0, 0.0], &[1u8])? > 0.6);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub struct Owned<L: Keep> {
    loss: L,
    weights: [Option<Vec<L::Element>>; 2],
}

impl<L: Keep> Owned<L> {
    pub(super) fn new(loss: L, weights: [Option<&[L::Element]>; 2]) -> Self {
        Self { loss, weights: weights.map(|x| x.map(<[_]>::to_vec)) }
    }

    /// The loss, which borrows the weights from here.
    ///
    /// ```
    /// use gradstep::loss::Mse;
    ///
    /// let kept = Mse::new().weights(&[1.0f32, 3.0]).owned();
    /// assert_eq!(kept.get().loss(&[2.0, 1.0], &[0.0, 0.0])?, 3.5);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn get(&self) -> L::Borrowing<'_> {
        self.loss.borrowing(self.slices())
    }

    fn slices(&self) -> [Option<&[L::Element]>; 2] {
        self.weights.each_ref().map(Option::as_deref)
    }
}

impl<L: Keep> Clone for Owned<L> {
    fn clone(&self) -> Self {
        Self { loss: self.loss, weights: self.weights.clone() }
    }
}

impl<L: Keep + fmt::Debug> fmt::Debug for Owned<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { loss, weights } = self;
        f.debug_struct("Owned").field("loss", loss).field("weights", weights).finish()
    }
}

impl<L: Keep + PartialEq> PartialEq for Owned<L> {
    fn eq(&self, other: &Self) -> bool {
        self.loss == other.loss && self.weights == other.weights
    }
}

#[cfg(feature = "serde")]
mod stored {
    use super::{Keep, Owned};
    use crate::{Element, Error};
    use alloc::vec::Vec;
    use gradstep_kernels::Float;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    /// What setters check of weights that were read.
    pub trait Restore: Keep {
        /// Refuses weights of elements or rows, or of columns or classes.
        fn check(weights: [Option<&[Self::Element]>; 2], loss: &Self) -> Result<(), Error>;
    }

    /// The loss, unless it has weights: those are not its own.
    pub(in crate::loss) fn unweighted<L>(loss: &L, weighted: bool) -> Result<&L, Error> {
        let reason = "they are borrowed: write `owned()`";
        if weighted { Err(Error::Conflict { option: "weights", reason }) } else { Ok(loss) }
    }

    /// The loss, then weights of elements or rows, then those of columns or classes.
    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Options<L> {
        loss: L,
        weights: Option<Vec<f64>>,
        columns: Option<Vec<f64>>,
    }

    fn read<E: Element>(x: Vec<f64>) -> Result<Vec<E>, Error> {
        let exact = |x: f64| crate::check::rounded(|_, x| Ok(x), "weights", x);
        x.into_iter().map(exact).collect()
    }

    impl<L: Keep + Serialize> Serialize for Owned<L> {
        fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            let numbers = |x: &Vec<L::Element>| x.iter().map(|x| x.to_f64()).collect();
            let [weights, columns] = self.weights.each_ref().map(|x| x.as_ref().map(numbers));
            Options { loss: self.loss, weights, columns }.serialize(to)
        }
    }

    impl<'de, L: Restore + Deserialize<'de>> Deserialize<'de> for Owned<L> {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            let Options { loss, weights, columns } = Options::<L>::deserialize(from)?;
            let owned = || -> Result<Self, Error> {
                let weights = [weights.map(read).transpose()?, columns.map(read).transpose()?];
                let owned = Self { loss, weights };
                L::check(owned.slices(), &owned.loss)?;
                Ok(owned)
            };
            owned().map_err(de::Error::custom)
        }
    }
}
#[cfg(feature = "serde")]
pub(super) use stored::{Restore, unweighted};
