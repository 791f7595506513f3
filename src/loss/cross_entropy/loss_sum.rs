//! The summed losses of parts of a batch, which add up to that of the batch.

use core::iter::Sum;
use core::ops::{Add, AddAssign};

/// The summed loss of some rows and what their mean divides by: those of parts of
/// a batch add up to that of the batch, in `f64`.
///
/// Counts end at the largest `u64`. The gradients of the parts are those of the batch, to the
/// bit, if each part divides by the batch's denominator
/// ([`Reduction::DivideBy`](crate::Reduction::DivideBy)).
///
/// ```
/// use gradstep::Reduction;
/// use gradstep::loss::{CrossEntropy, Logits, LossSum, Outputs};
///
/// let weights = [1.0f32, 3.0];
/// let ce = CrossEntropy::new(2)?.class_weights(&weights)?.ignore_index(-1);
/// let (logits, targets) = ([0.5f32, -0.5, 2.0, 1.0, 0.0, 0.0], [1i32, 0, -1]);
/// let mut all = LossSum::default();
/// for (logits, targets) in logits.chunks(2).zip(targets.chunks(1)) {
///     all += ce.evaluate(Logits::Read(logits), targets, Outputs::default())?;
/// }
/// assert_eq!(all.denominator(), 4.0);
/// assert!((all.mean() - ce.loss(&logits, &targets)?).abs() < 1e-7);
///
/// // Divided by the whole batch's denominator, gradients of its parts are those of the
/// // whole, to the bit.
/// let (mut whole, mut parts) = ([0.0; 6], [0.0; 6]);
/// ce.loss_and_grad(&logits, &targets, &mut whole)?;
/// let ce = ce.reduction(Reduction::DivideBy(all.denominator()));
/// ce.loss_and_grad(&logits[..2], &targets[..1], &mut parts[..2])?;
/// ce.loss_and_grad(&logits[2..], &targets[1..], &mut parts[2..])?;
/// assert_eq!(parts.map(f32::to_bits), whole.map(f32::to_bits));
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LossSum {
    sum: f64,
    denominator: f64,
    rows: u64,
    correct: u64,
}

impl LossSum {
    pub(super) const fn new(sum: f64, denominator: f64, rows: u64, correct: u64) -> Self {
        Self { sum, denominator, rows, correct }
    }

    /// What travels to another process: sum and denominator, rows and correct rows.
    ///
    /// ```
    /// use gradstep::loss::LossSum;
    ///
    /// let part = LossSum::from_parts([3.0, 2.0], [2, 1]);
    /// assert_eq!(part.to_parts(), ([3.0, 2.0], [2, 1]));
    /// assert_eq!((part.mean(), part.rows(), part.correct()), (1.5, 2, 1));
    /// ```
    #[must_use]
    pub const fn to_parts(self) -> ([f64; 2], [u64; 2]) {
        ([self.sum, self.denominator], [self.rows, self.correct])
    }

    /// The sum that [`to_parts`](Self::to_parts) took apart.
    ///
    /// ```
    /// use gradstep::loss::LossSum;
    ///
    /// assert_eq!(LossSum::from_parts([0.0, 0.0], [0, 0]), LossSum::default());
    /// ```
    #[must_use]
    pub const fn from_parts([sum, denominator]: [f64; 2], [rows, correct]: [u64; 2]) -> Self {
        Self { sum, denominator, rows, correct }
    }

    /// The sum of the rows' losses.
    ///
    /// ```
    /// assert_eq!(gradstep::loss::LossSum::default().sum(), 0.0);
    /// ```
    #[must_use]
    pub const fn sum(&self) -> f64 {
        self.sum
    }

    /// The denominator of the mean: the rows not ignored, each counted by the weight of
    /// its class; for probabilities the rows.
    ///
    /// ```
    /// assert_eq!(gradstep::loss::LossSum::default().denominator(), 0.0);
    /// ```
    #[must_use]
    pub const fn denominator(&self) -> f64 {
        self.denominator
    }

    /// The mean loss; NaN where nothing was counted.
    ///
    /// ```
    /// assert!(gradstep::loss::LossSum::default().mean().is_nan());
    /// ```
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.sum / self.denominator
    }

    /// The rows not ignored.
    ///
    /// ```
    /// assert_eq!(gradstep::loss::LossSum::default().rows(), 0);
    /// ```
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// Rows whose target is the first of their largest logits, if
    /// [`Outputs::count_correct`](crate::loss::Outputs::count_correct) was set; rows without a
    /// largest number (NaN or `+inf` among the logits, or nothing but `-inf`) do not count. Of
    /// probabilities the first of the largest is the target.
    ///
    /// ```
    /// assert_eq!(gradstep::loss::LossSum::default().correct(), 0);
    /// ```
    #[must_use]
    pub const fn correct(&self) -> u64 {
        self.correct
    }
}

impl Add for LossSum {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            sum: self.sum + other.sum,
            denominator: self.denominator + other.denominator,
            rows: self.rows.saturating_add(other.rows),
            correct: self.correct.saturating_add(other.correct),
        }
    }
}

impl AddAssign for LossSum {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for LossSum {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), Add::add)
    }
}
