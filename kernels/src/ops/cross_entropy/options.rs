//! What the rows of a cross-entropy have in common.

use crate::Float;

/// What is the same for every row.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a, E> {
    /// `[classes]`, each at least 0.
    pub class_weights: Option<&'a [E]>,
    /// The sum of the weights, or the number of classes.
    pub total_weight: f64,
    /// `1 - smoothing`
    pub keep: f64,
    /// `smoothing / classes`
    pub share: f64,
    /// The factor of `logsumexp^2` in the loss.
    pub z_loss: f64,
}

impl<E: Float> Options<'_, E> {
    /// The weight of a class.
    #[inline(always)]
    pub(super) fn weight(&self, class: usize) -> f64 {
        self.class_weights.map_or(1.0, |weights| weights[class].to_f64())
    }

    /// Whether every class has a share in every row.
    #[inline(always)]
    pub(super) fn smooths(&self) -> bool {
        self.share != 0.0
    }
}
