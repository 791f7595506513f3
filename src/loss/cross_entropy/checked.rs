//! What is refused, and what follows from arguments that are not.

use super::{CrossEntropy, LossSum};
use crate::{Element, EmptyMean, Error, Reduction, check, split};
use gradstep_kernels::ops::{
    self, CrossEntropyOptions as Options, CrossEntropyOutputs as Outputs,
    CrossEntropyTotal as Total, Logits, Shape,
};
use gradstep_kernels::{AnyTarget, Targets};

/// Arguments that fit together.
pub(super) struct Checked<'t, E> {
    targets: Targets<'t, E>,
    pub(super) shape: Shape,
    /// Rows not ignored.
    rows: u64,
    /// The sum of their weights.
    weight: f64,
    denominator: f64,
}

impl<E: Element> CrossEntropy<'_, E> {
    /// Refuses what can't be computed.
    pub(super) fn check<'t, T: AnyTarget<E>>(
        &self,
        logits: &Logits<'_, E>,
        targets: &'t [T],
    ) -> Result<Checked<'t, E>, Error> {
        let classes = self.classes;
        let targets = T::targets(targets, self.ignore_index);
        let rows = match targets {
            Targets::Classes(targets) => targets.len(),
            Targets::Probabilities(q) => q.len() / classes,
        };
        if let Targets::Probabilities(q) = targets {
            check::length("targets", rows * classes, q.len())?;
        }
        let shape =
            Shape { rows, classes, stride: self.logits_stride, grad_stride: self.grad_stride };
        let (x, grad) = match logits {
            Logits::Read(x) => (&**x, None),
            Logits::Grad(x, grad) => (&**x, Some(&**grad)),
            Logits::InPlace(x) => (&**x, None),
        };
        check::rows("logits", rows, classes, shape.stride, x.len())?;
        if let Some(grad) = grad {
            check::rows("grad", rows, classes, shape.grad_stride, grad.len())?;
        }
        #[allow(clippy::cast_precision_loss)] // exact below 2^53 rows
        let (counted, weight) = match targets {
            Targets::Classes(targets) => targets
                .count(classes, self.class_weights)
                .map_err(|(row, target)| Error::Target { row, target, classes })?,
            Targets::Probabilities(_) if self.ignore_index.is_some() => {
                return Err(Error::Conflict {
                    option: "ignore_index",
                    reason: "targets are probabilities, not classes",
                });
            }
            Targets::Probabilities(_) => (rows as u64, rows as f64),
        };
        let denominator = match self.reduction {
            Reduction::Mean | Reduction::WeightedMean => weight,
            Reduction::Sum => 1.0,
            Reduction::DivideBy(x) => check::finite_positive("denominator", x)?,
        };
        Ok(Checked { targets, shape, rows: counted, weight, denominator })
    }
}

impl<E: Element> Checked<'_, E> {
    /// The reduced loss and what it was made of; the gradient is that of the former.
    pub(super) fn reduce(
        &self,
        options: &CrossEntropy<'_, E>,
        logits: Logits<'_, E>,
        outputs: Outputs<'_, E>,
    ) -> Result<(f64, LossSum), Error> {
        let empty = self.denominator == 0.0;
        if empty && options.empty_mean == EmptyMean::Error {
            return Err(Error::EmptyMean);
        }
        let scale = if empty { 0.0 } else { self.denominator.recip() };
        let Total { loss, hits } = self.run(options, logits, scale, None, outputs);
        let reduced = match options.empty_mean {
            _ if !empty => loss / self.denominator,
            EmptyMean::Zero => 0.0,
            _ => f64::NAN,
        };
        Ok((reduced, LossSum::new(loss, self.weight, self.rows, hits)))
    }

    pub(super) fn run(
        &self,
        options: &CrossEntropy<'_, E>,
        logits: Logits<'_, E>,
        scale: f64,
        upstream: Option<&[E]>,
        outputs: Outputs<'_, E>,
    ) -> Total {
        #[allow(clippy::cast_precision_loss)] // exact below 2^53 classes
        let classes = self.shape.classes as f64;
        let smoothing = options.label_smoothing;
        let kernel = ops::CrossEntropy {
            logits,
            shape: self.shape,
            targets: self.targets,
            options: Options {
                class_weights: options.class_weights,
                keep: 1.0 - smoothing,
                share: smoothing / classes,
                z_loss: options.z_loss,
            },
            scale,
            upstream,
            outputs,
        };
        split::run(options.execution, kernel)
    }
}
