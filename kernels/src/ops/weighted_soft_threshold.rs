//! Soft-threshold with a threshold of each element: the weighted (adaptive)
//! lasso.

use super::proximal::{ProxInput, pass_on, write};
use super::soft_threshold::soft_any;
use crate::split::leaf;
use crate::{Element, Float, Isa, Kernel, Lanes, Level, Split, sweep};

/// As [`Prox`](super::Prox) of [`SoftThreshold`](super::SoftThreshold), with a
/// threshold of each element.
#[derive(Debug)]
pub struct WeightedSoftThreshold<'a, E> {
    /// `[n]`, not negative, not NaN.
    pub lambdas: &'a [E],
    /// What to read.
    pub input: ProxInput<'a, E>,
    /// `[n]`, overwritten.
    pub out: &'a mut [E],
    /// Whether zeros are counted; those of a derivative are not.
    pub count: bool,
}

impl<E: Float> Kernel for WeightedSoftThreshold<'_, E> {
    type Out = usize;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> usize {
        let Self { lambdas, input, out, count } = self;
        let x = match input {
            ProxInput::InPlace => None,
            ProxInput::From(x) => Some(x),
            ProxInput::Backward { x, upstream } => {
                let reads = ((x, upstream), lambdas);
                sweep::update(
                    isa,
                    out,
                    reads,
                    #[inline(always)]
                    |_: E::Lanes<I>, ((x, upstream), lambda)| {
                        pass_on(x.abs().gt(lambda), x, upstream)
                    },
                );
                return 0;
            }
        };
        write::<E, I, _>(
            isa,
            x,
            out,
            lambdas,
            count,
            #[inline(always)]
            |x: E::Lanes<I>, lambda| soft_any(x, lambda),
        )
    }
}

impl<E: Element> Split for WeightedSoftThreshold<'_, E> {
    fn leaf(&self) -> usize {
        leaf::<E>()
    }
    fn cost(&self) -> f64 {
        0.06
    }
    fn len(&self) -> usize {
        self.out.len()
    }
    fn split_at(self, mid: usize) -> (Self, Self) {
        let Self { lambdas, input, out, count } = self;
        let (lambdas, lambdas_rest) = lambdas.split_at(mid);
        let (input, input_rest) = input.split_at(mid);
        let (out, out_rest) = out.split_at_mut(mid);
        (
            Self { lambdas, input, out, count },
            Self { lambdas: lambdas_rest, input: input_rest, out: out_rest, count },
        )
    }
    fn join(left: usize, right: usize) -> usize {
        left + right
    }
    fn run_on(self, level: Level) -> usize {
        E::run(level, self)
    }
}
