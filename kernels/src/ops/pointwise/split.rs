//! How losses of one prediction and one target are cut.

use super::{Evaluate, EvaluateInPlace, Output, Pointwise};
use crate::split::{Split, leaf, split_option};
use crate::sweep::Columns;
use crate::{Float, Level};

impl<E: Float, P: Pointwise<E>> Split for Evaluate<'_, E, P> {
    fn leaf(&self) -> usize {
        leaf::<E>()
    }
    fn cost(&self) -> f64 {
        P::COST
    }
    fn len(&self) -> usize {
        self.prediction.len()
    }
    fn split_at(self, mid: usize) -> (Self, Self) {
        let Self { formula, prediction, target, weights, columns, output } = self;
        let (prediction, prediction_rest) = prediction.split_at(mid);
        let (target, target_rest) = target.split_at(mid);
        let (weights, weights_rest) = split_option(weights, mid);
        let (output, output_rest) = output.split_at(mid);
        (
            Self { formula, prediction, target, weights, columns, output },
            Self {
                formula,
                prediction: prediction_rest,
                target: target_rest,
                weights: weights_rest,
                columns: skip(columns, mid),
                output: output_rest,
            },
        )
    }
    fn join(left: f64, right: f64) -> f64 {
        left + right
    }
    fn run_on(self, level: Level) -> f64 {
        P::evaluate(level, self)
    }
}

fn skip<E>(columns: Option<Columns<'_, E>>, elements: usize) -> Option<Columns<'_, E>> {
    columns.map(|columns| columns.skip(elements))
}

impl<E: Float> Output<'_, E> {
    fn split_at(self, mid: usize) -> (Self, Self) {
        match self {
            Output::Nothing => (Output::Nothing, Output::Nothing),
            Output::Values(values) => {
                let (values, rest) = values.split_at_mut(mid);
                (Output::Values(values), Output::Values(rest))
            }
            Output::Grad { grad, scale } => {
                let (grad, rest) = grad.split_at_mut(mid);
                (Output::Grad { grad, scale }, Output::Grad { grad: rest, scale })
            }
            Output::Backward { upstream, grad } => {
                let (upstream, upstream_rest) = upstream.split_at(mid);
                let (grad, grad_rest) = grad.split_at_mut(mid);
                (
                    Output::Backward { upstream, grad },
                    Output::Backward { upstream: upstream_rest, grad: grad_rest },
                )
            }
        }
    }
}

impl<E: Float, P: Pointwise<E>> Split for EvaluateInPlace<'_, E, P> {
    fn leaf(&self) -> usize {
        leaf::<E>()
    }
    fn cost(&self) -> f64 {
        P::COST
    }
    fn len(&self) -> usize {
        self.prediction.len()
    }
    fn split_at(self, mid: usize) -> (Self, Self) {
        let Self { formula, prediction, target, weights, columns, scale } = self;
        let (prediction, prediction_rest) = prediction.split_at_mut(mid);
        let (target, target_rest) = target.split_at(mid);
        let (weights, weights_rest) = split_option(weights, mid);
        (
            Self { formula, prediction, target, weights, columns, scale },
            Self {
                formula,
                prediction: prediction_rest,
                target: target_rest,
                weights: weights_rest,
                columns: skip(columns, mid),
                scale,
            },
        )
    }
    fn join(left: f64, right: f64) -> f64 {
        left + right
    }
    fn run_on(self, level: Level) -> f64 {
        P::evaluate_in_place(level, self)
    }
}
