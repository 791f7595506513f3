//! A cross-entropy that keeps its weights.

use super::CrossEntropy;
use crate::Element;
use crate::loss::{owned::Owned, sealed::Keep};

impl<E: Element> Keep for CrossEntropy<'static, E> {
    type Element = E;
    type Borrowing<'w> = CrossEntropy<'w, E>;

    fn borrowing<'w>(self, weights: [Option<&'w [E]>; 2]) -> CrossEntropy<'w, E> {
        let [row_weights, class_weights] = weights;
        CrossEntropy { row_weights, class_weights, ..self }
    }
}

impl<E: Element> CrossEntropy<'_, E> {
    /// The loss with a copy of its weights, for a struct to keep.
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// let kept = CrossEntropy::new(2)?.class_weights(&[3.0f64, 0.0])?.owned();
    /// assert_eq!(kept.get().loss(&[0.0, 0.0], &[0u8])?, 2f64.ln());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn owned(self) -> Owned<CrossEntropy<'static, E>> {
        let weights = [self.row_weights, self.class_weights];
        Owned::new(CrossEntropy { class_weights: None, row_weights: None, ..self }, weights)
    }
}

#[cfg(feature = "serde")]
impl<E: Element> crate::loss::owned::Restore for CrossEntropy<'static, E> {
    fn check(weights: [Option<&[E]>; 2], loss: &Self) -> Result<(), crate::Error> {
        let [row_weights, class_weights] = weights;
        row_weights.map(|x| loss.row_weights(x)).transpose()?;
        class_weights.map(|x| loss.class_weights(x)).transpose()?;
        Ok(())
    }
}
