//! The checks of a cross-entropy's arguments, and the call of its kernel.

use super::{CrossEntropy, LossSum};
use crate::{Element, EmptyMean, Error, Reduction, check, split};
use gradstep_kernels::ops::{
    self, CrossEntropyOptions as Options, CrossEntropyOutputs as Outputs,
    CrossEntropyTotal as Total, Logits, RowWeights, Shape,
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
    /// The same for the weights of rows.
    row_lift: f64,
}

impl<E: Element> CrossEntropy<'_, E> {
    /// The targets, in any type.
    pub(super) fn targets<'t, T: AnyTarget<E>>(&self, targets: &'t [T]) -> Targets<'t, E> {
        T::targets(targets, self.ignore_index)
    }

    /// Refuses what can't be computed.
    #[inline(never)]
    pub(super) fn check<'t>(
        &self,
        logits: &Logits<'_, E>,
        targets: Targets<'t, E>,
    ) -> Result<Checked<'t, E>, Error> {
        self.check_here(logits, targets)
    }

    /// The same inlined, as [`Checked::reduce`] is, so that a call builds its kernel where it is
    /// run: to hand on what is known costs a call for one row a tenth of its time.
    #[inline(always)]
    pub(super) fn check_here<'t>(
        &self,
        logits: &Logits<'_, E>,
        targets: Targets<'t, E>,
    ) -> Result<Checked<'t, E>, Error> {
        let classes = self.classes;
        let rows = match targets {
            Targets::Classes(targets) => targets.len(),
            Targets::Probabilities(q) => q.len() / classes,
        };
        let positions = self.positions;
        if let Targets::Probabilities(q) = targets {
            check::whole_rows("targets", classes, q.len())?;
        }
        if positions != 0 {
            check::whole_rows("targets", positions, rows)?;
        }
        let (stride, grad_stride) = (self.logits_stride, self.grad_stride);
        let shape = Shape { rows, classes, stride, grad_stride, positions };
        let (x, grad) = match logits {
            Logits::Read(x) => (&**x, None),
            Logits::Grad(x, grad) => (&**x, Some(&**grad)),
            Logits::InPlace(x) => (&**x, None),
        };
        self.fits("logits", rows, stride, x.len())?;
        if let Some(grad) = grad {
            self.fits("grad", rows, grad_stride, grad.len())?;
        }
        if let Some(weights) = self.row_weights {
            check::length("row_weights", rows, weights.len())?;
        }
        // Exact below 2^53 rows.
        let (counted, weight) = match &targets {
            Targets::Classes(targets) => targets
                .count(classes, self.class_weights, self.row_weights)
                .map_err(|(row, target)| Error::Target { row, target, classes })?,
            Targets::Probabilities(_) if self.ignore_index.is_some() => {
                return Err(Error::Conflict {
                    option: "ignore_index",
                    reason: "targets are probabilities, not classes",
                });
            }
            Targets::Probabilities(_) => {
                let weights = self.row_weights;
                // None is negative.
                let sum = |x| split::run(self.execution, ops::AbsSum { x });
                (rows as u64, weights.map_or(rows as f64, sum))
            }
        };
        let denominator = match self.reduction {
            Reduction::Mean | Reduction::WeightedMean => {
                let of_rows = self.row_weights.is_some();
                let name = ["sum of the class weights", "sum of the row weights"];
                check::finite(name[usize::from(of_rows)], weight)?
            }
            Reduction::Sum => 1.0,
            Reduction::DivideBy(x) => check::denominator(x)?,
        };
        let (lift, row_lift) = self.lifts(denominator);
        Ok(Checked { targets, shape, rows: counted, weight, denominator, lift, row_lift })
    }

    /// A buffer of logits or their gradients is as long as the rows ask for.
    pub(super) fn fits(
        &self,
        name: &'static str,
        rows: usize,
        stride: usize,
        found: usize,
    ) -> Result<(), Error> {
        let (classes, positions) = (self.classes, self.positions);
        // The usual call, without what a refusal needs.
        if positions == 0 && rows.checked_mul(stride) == Some(found) {
            return Ok(());
        }
        // What lies side by side, and how often.
        let (lines, length) = match rows.checked_div(positions) {
            None => (Some(rows), classes),
            Some(samples) => (samples.checked_mul(classes), positions),
        };
        let too_many = Error::Shape { rows, classes };
        match lines.map(|lines| check::rows(name, lines, length, stride, found)) {
            None | Some(Err(Error::Shape { .. })) => Err(too_many),
            Some(fits) => fits,
        }
    }

    /// Powers of 2 for the weights of classes and of rows: 1, or half way to the other end of the
    /// type's range, if the denominator is a sum so near to one end that products with the
    /// weights would overflow or vanish.
    fn lifts(&self, denominator: f64) -> (f64, f64) {
        let [up, down] = E::HALF_WAY_POW2.map(E::to_f64);
        let is_mean = matches!(self.reduction, Reduction::Mean | Reduction::WeightedMean);
        match self.lift(denominator) {
            lift if self.row_weights.is_none() || lift != 1.0 || !is_mean => (lift, 1.0),
            _ if denominator > 0.0 && denominator < down => (1.0, up),
            _ => (1.0, if denominator > up { down } else { 1.0 }),
        }
    }

    /// The first, if all weights of classes are as near to that end.
    fn lift(&self, denominator: f64) -> f64 {
        let Some(weights) = self.class_weights else { return 1.0 };
        let [up, down] = E::HALF_WAY_POW2.map(E::to_f64);
        let mut sizes = weights.iter().map(|w| w.to_f64());
        let is_mean = matches!(self.reduction, Reduction::Mean | Reduction::WeightedMean);
        // Without smoothing, only the weights in the denominator are used.
        let alone = self.label_smoothing == 0.0 && self.row_weights.is_none();
        let tiny = || alone || sizes.clone().all(|w| w <= 2.0 * down);
        if is_mean && denominator > 0.0 && denominator < down && tiny() {
            return up;
        }
        let huge = is_mean && denominator > up && sizes.all(|w| w == 0.0 || w * w >= down);
        if huge { down } else { 1.0 }
    }
}

impl<E: Element> Checked<'_, E> {
    /// The reduced loss, whose gradient is written, and its sum before the division.
    #[inline(always)]
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
        let lift = self.lift * self.row_lift;
        let denominator = self.denominator * lift;
        let scale = if empty { 0.0 } else { denominator.recip() };
        let mut losses = outputs.losses.take();
        let wanted = Outputs { losses: losses.as_deref_mut(), ..outputs };
        let Total { loss, correct } = self.run(options, logits, scale, None, wanted);
        if let Some(losses) = losses
            && lift != 1.0
        {
            losses.iter_mut().for_each(|loss| *loss = E::from_f64(loss.to_f64() / lift));
        }
        let reduced = match options.empty_mean {
            _ if !empty => loss / denominator,
            EmptyMean::Zero => 0.0,
            _ => f64::NAN,
        };
        Ok((reduced, LossSum::new(loss / lift, self.weight, self.rows, correct)))
    }

    /// Each row by itself, with weights as they are.
    pub(super) fn run_rows(
        self,
        options: &CrossEntropy<'_, E>,
        logits: Logits<'_, E>,
        upstream: Option<&[E]>,
        outputs: Outputs<'_, E>,
    ) {
        Self { lift: 1.0, row_lift: 1.0, ..self }.run(options, logits, 1.0, upstream, outputs);
    }

    /// Runs the kernel with weights times their lifts.
    #[inline(always)]
    fn run(
        &self,
        options: &CrossEntropy<'_, E>,
        logits: Logits<'_, E>,
        scale: f64,
        upstream: Option<&[E]>,
        outputs: Outputs<'_, E>,
    ) -> Total {
        // Exact below 2^53 classes.
        let classes = self.shape.classes as f64;
        let (smoothing, lift) = (options.label_smoothing, self.lift);
        let row_weights =
            options.row_weights.map(|weights| RowWeights { weights, lift: self.row_lift });
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
            row_weights,
            outputs,
        };
        split::run(options.execution, kernel)
    }
}
