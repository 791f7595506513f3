//! The checks of a cross-entropy's arguments, and the call of its kernel.

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
    /// A power of 2 by which all weights of a mean are multiplied, so that neither they nor their
    /// sum are too near to an end of the type's range.
    lift: f64,
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
            check::whole_rows("targets", classes, q.len())?;
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
        // Exact below 2^53 rows.
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
            Reduction::Mean | Reduction::WeightedMean => {
                check::finite("sum of the class weights", weight)?
            }
            Reduction::Sum => 1.0,
            Reduction::DivideBy(x) => check::denominator(x)?,
        };
        let lift = self.lift(denominator);
        Ok(Checked { targets, shape, rows: counted, weight, denominator, lift })
    }

    /// 1, or a power of 2 half way to the other end of the type's range, if the denominator is
    /// the sum of weights that are all so near to one end that their products would overflow or
    /// vanish.
    fn lift(&self, denominator: f64) -> f64 {
        let Some(weights) = self.class_weights else { return 1.0 };
        let [up, down] = E::HALF_WAY_POW2.map(E::to_f64);
        let mut sizes = weights.iter().map(|w| w.to_f64());
        let is_mean = matches!(self.reduction, Reduction::Mean | Reduction::WeightedMean);
        // Without smoothing, only the weights in the denominator are used.
        let tiny = || self.label_smoothing == 0.0 || sizes.clone().all(|w| w <= 2.0 * down);
        if is_mean && denominator > 0.0 && denominator < down && tiny() {
            return up;
        }
        let huge = is_mean && denominator > up && sizes.all(|w| w == 0.0 || w * w >= down);
        if huge { down } else { 1.0 }
    }
}

impl<E: Element> Checked<'_, E> {
    /// The reduced loss, whose gradient is written, and its sum before the division.
    pub(super) fn reduce(
        &self,
        options: &CrossEntropy<'_, E>,
        logits: Logits<'_, E>,
        mut outputs: Outputs<'_, E>,
    ) -> Result<(f64, LossSum), Error> {
        let empty = self.denominator == 0.0;
        if empty && options.empty_mean == EmptyMean::Error {
            return Err(Error::EmptyMean);
        }
        let denominator = self.denominator * self.lift;
        let scale = if empty { 0.0 } else { denominator.recip() };
        let mut losses = outputs.losses.take();
        let wanted = Outputs { losses: losses.as_deref_mut(), ..outputs };
        let Total { loss, correct } = self.run(options, logits, (scale, self.lift), None, wanted);
        if let Some(losses) = losses
            && self.lift != 1.0
        {
            losses.iter_mut().for_each(|loss| *loss = E::from_f64(loss.to_f64() / self.lift));
        }
        let reduced = match options.empty_mean {
            _ if !empty => loss / denominator,
            EmptyMean::Zero => 0.0,
            _ => f64::NAN,
        };
        Ok((reduced, LossSum::new(loss / self.lift, self.weight, self.rows, correct)))
    }

    /// Runs the kernel with weights times `lift`.
    pub(super) fn run(
        &self,
        options: &CrossEntropy<'_, E>,
        logits: Logits<'_, E>,
        (scale, lift): (f64, f64),
        upstream: Option<&[E]>,
        outputs: Outputs<'_, E>,
    ) -> Total {
        // Exact below 2^53 classes.
        let classes = self.shape.classes as f64;
        let smoothing = options.label_smoothing;
        let kernel = ops::CrossEntropy {
            logits,
            shape: self.shape,
            targets: self.targets,
            options: Options {
                class_weights: options.class_weights,
                keep: (1.0 - smoothing) * lift,
                share: smoothing / classes * lift,
                z_loss: options.z_loss * lift,
            },
            scale,
            upstream,
            outputs,
        };
        split::run(options.execution, kernel)
    }
}
