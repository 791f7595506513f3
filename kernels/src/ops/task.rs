//! What a kernel of a function of single elements writes: values, or the gradient with respect
//! to the argument from that with respect to the value.

use crate::InOut;
use crate::split::Cut;

/// Whether to write values or derivatives, and the slices.
#[derive(Debug)]
pub enum Task<'a, E> {
    /// `[n]`: the values, in place of the arguments or apart.
    Apply(InOut<'a, E>),
    /// The derivatives times an upstream gradient.
    Backward {
        /// `[n]`: arguments, or what the forward pass saved.
        at: &'a [E],
        /// `[n]`
        upstream: &'a [E],
        /// `[n]`, overwritten.
        grad: &'a mut [E],
    },
}

impl<E> Task<'_, E> {
    /// Elements.
    #[must_use]
    #[inline(always)]
    pub fn len(&self) -> usize {
        match self {
            Task::Apply(x) => x.len(),
            Task::Backward { grad, .. } => grad.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<E> Cut for Task<'_, E> {
    #[inline(always)]
    fn cut(self, mid: usize) -> (Self, Self) {
        match self {
            Task::Apply(x) => {
                let (left, right) = x.cut(mid);
                (Task::Apply(left), Task::Apply(right))
            }
            Task::Backward { at, upstream, grad } => {
                let (at, at_rest) = at.cut(mid);
                let (upstream, upstream_rest) = upstream.cut(mid);
                let (grad, grad_rest) = grad.cut(mid);
                let rest = Task::Backward { at: at_rest, upstream: upstream_rest, grad: grad_rest };
                (Task::Backward { at, upstream, grad }, rest)
            }
        }
    }
}
