//! Groups of neighbouring elements of a slice.

use crate::settings::stored;
use crate::{Error, check, kernels};

/// How the elements of a slice form groups: neighbours belong together.
///
/// ```
/// use gradstep::{Groups, prox::GroupSoftThreshold};
///
/// // Rows of 2, such as the weights of one feature in two tasks.
/// let mut w = [3.0f64, 4.0, 0.6, -0.8];
/// GroupSoftThreshold::new(2.5, Groups::of_length(2)?)?.apply(&mut w)?;
/// assert_eq!(w, [1.5, 2.0, 0.0, 0.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Groups<'o>(kernels::Groups<'o>);

impl<'o> Groups<'o> {
    /// `length` elements each: the slices that they are used with are whole groups.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `length` is 0.
    ///
    /// ```
    /// assert!(gradstep::Groups::of_length(0).is_err());
    /// ```
    pub fn of_length(length: usize) -> Result<Self, Error> {
        check::at_least_one("length", length as u64)?;
        Ok(Self(kernels::Groups::OfLength(length)))
    }

    /// Group `g` is `offsets[g]..offsets[g + 1]`: one offset more than groups, the
    /// first is 0, none is below the one before, and the last is the length of the
    /// slices that they are used with. Groups may be empty.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if there is no offset, [`Error::Element`] at the first that
    /// is not as described.
    ///
    /// ```
    /// use gradstep::Groups;
    ///
    /// assert!(Groups::by_offsets(&[0, 2, 2, 5]).is_ok());
    /// assert!(Groups::by_offsets(&[0, 2, 1]).is_err());
    /// ```
    pub fn by_offsets(offsets: &'o [usize]) -> Result<Self, Error> {
        check::offsets("offsets", offsets)?;
        Ok(Self(kernels::Groups::Offsets(offsets)))
    }

    /// The length of each, to be written.
    #[cfg(feature = "serde")]
    pub(crate) fn length(self) -> Result<usize, Error> {
        match self.0 {
            kernels::Groups::OfLength(length) => Ok(length),
            kernels::Groups::Offsets(_) => {
                let reason = "they are borrowed and can't be written";
                Err(Error::Conflict { option: "offsets", reason })
            }
        }
    }

    /// The groups of a slice of `len` elements, if they are whole.
    pub(crate) fn of(
        self,
        argument: &'static str,
        len: usize,
    ) -> Result<kernels::Groups<'o>, Error> {
        match self.0 {
            kernels::Groups::OfLength(length) => check::whole_rows(argument, length, len)?,
            kernels::Groups::Offsets(offsets) => {
                check::length(argument, offsets.last().copied().unwrap_or(0), len)?;
            }
        }
        Ok(self.0)
    }
}

stored!([] Groups<'_>, |this| {
    length: usize = this.length()?,
} => Self::of_length(length));
