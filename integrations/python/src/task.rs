//! What a loss is asked for, with where it reads and writes.

pub(crate) enum Task<'a, E> {
    /// The loss.
    Loss(&'a [E]),
    /// The loss, and its gradient.
    Grad(&'a [E], &'a mut [E]),
    /// The same, in place.
    InPlace(&'a mut [E]),
    /// The loss of each element or row.
    Losses(&'a [E], &'a mut [E]),
    /// The gradient of these, times an upstream gradient.
    Backward(&'a [E], &'a [E], &'a mut [E]),
    /// The first and second derivative of each element's loss.
    GradHess(&'a [E], &'a mut [E], &'a mut [E]),
    /// The same, and the loss.
    LossGradHess(&'a [E], &'a mut [E], &'a mut [E]),
    /// The weight and the working response of each element.
    Irls(&'a [E], &'a mut [E], &'a mut [E]),
}
