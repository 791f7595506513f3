//! The layer, its options and its methods.

use crate::chunks::{self, Counted, gather};
use crate::products::{self, Real};
use gradstep::kernels::{AnyTarget, Target};
use gradstep::loss::{CrossEntropy, Logits, LossSum, Outputs};
use gradstep::{EmptyMean, Error, Reduction};

/// Where gradients go; all are overwritten.
#[derive(Debug)]
pub struct Grads<'a, E> {
    /// `[rows, width]`
    pub hidden: &'a mut [E],
    /// `[classes, width]`
    pub weights: &'a mut [E],
    /// `[classes]`
    pub bias: Option<&'a mut [E]>,
}

/// Cross-entropy of the softmax of `hidden weights^T + bias`, with the options of
/// [`gradstep::loss::CrossEntropy`].
///
/// For the logits `z = hidden weights^T + bias` and the derivatives `d` of the reduced loss by
/// them, the gradients are `d weights`, `d^T hidden` and the sum of the rows of `d`.
///
/// # Shapes
///
/// Hidden states are `[rows, width]`, weights `[classes, width]`, the bias `[classes]`, all row
/// after row; targets are `[rows]` classes or `[rows, classes]` probabilities. Logits are made
/// for as many rows at a time as fit into [`chunk_bytes`](Self::chunk_bytes).
///
/// # Errors
///
/// Those of [`gradstep::loss::CrossEntropy`]. A refused call writes nothing.
///
/// # Special values
///
/// An ignored row costs 0 and its gradient is 0; its hidden states are not read, and no time is
/// spent on it. NaN in another row makes the loss NaN, and with it the gradients that the row
/// has a part in.
///
/// # Accuracy
///
/// Products are faer's, so errors grow with the root of `width`; the loss of logits is
/// gradstep's. The same bits for any number of threads on one machine; another chunk, or another
/// machine's products, rounds otherwise.
#[derive(Clone, Copy, Debug)]
pub struct LinearCrossEntropy<'w, E> {
    loss: CrossEntropy<'w, E>,
    width: usize,
    classes: usize,
    class_weights: Option<&'w [E]>,
    ignore: Option<i128>,
    reduction: Reduction,
    empty_mean: EmptyMean,
    chunk_bytes: usize,
}

/// Of logits at a time: 512 rows of 32,000 classes in `f32`. From 256 rows on the products of a
/// chunk are as fast as those of the whole (see the bench).
const CHUNK_BYTES: usize = 64 << 20;

impl<'w, E: Real> LinearCrossEntropy<'w, E> {
    /// From `width` hidden numbers to `classes`, averaged over rows.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if one is 0.
    pub fn new(width: usize, classes: usize) -> Result<Self, Error> {
        if width == 0 {
            let expected = "at least 1";
            return Err(Error::Parameter { parameter: "width", expected, found: 0.0 });
        }
        Ok(Self {
            loss: CrossEntropy::new(classes)?,
            width,
            classes,
            class_weights: None,
            ignore: None,
            reduction: Reduction::Mean,
            empty_mean: EmptyMean::Nan,
            chunk_bytes: CHUNK_BYTES,
        })
    }

    /// A weight for each class; see [`CrossEntropy::class_weights`].
    ///
    /// # Errors
    ///
    /// Those of [`CrossEntropy::class_weights`].
    pub fn class_weights(self, weights: &'w [E]) -> Result<Self, Error> {
        let loss = self.loss.class_weights(weights)?;
        Ok(Self { loss, class_weights: Some(weights), ..self })
    }

    /// See [`CrossEntropy::label_smoothing`].
    ///
    /// # Errors
    ///
    /// Those of [`CrossEntropy::label_smoothing`].
    pub fn label_smoothing(self, smoothing: f64) -> Result<Self, Error> {
        Ok(Self { loss: self.loss.label_smoothing(smoothing)?, ..self })
    }

    /// See [`CrossEntropy::z_loss`].
    ///
    /// # Errors
    ///
    /// Those of [`CrossEntropy::z_loss`].
    pub fn z_loss(self, z_loss: f64) -> Result<Self, Error> {
        Ok(Self { loss: self.loss.z_loss(z_loss)?, ..self })
    }

    /// The target that means "leave this row out".
    #[must_use]
    pub fn ignore_index<T: Target>(self, index: T) -> Self {
        Self { loss: self.loss.ignore_index(index), ignore: Some(index.to_i128()), ..self }
    }

    /// How losses become one number.
    #[must_use]
    pub fn reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// What the mean over no rows is.
    #[must_use]
    pub fn empty_mean(self, empty_mean: EmptyMean) -> Self {
        Self { empty_mean, ..self }
    }

    /// How much memory logits may take: 64 MiB if not said. A row at a time is the least.
    #[must_use]
    pub fn chunk_bytes(self, bytes: usize) -> Self {
        Self { chunk_bytes: bytes, ..self }
    }

    /// Rows whose logits are there at a time.
    #[must_use]
    pub fn chunk_rows(&self) -> usize {
        chunks::rows::<E>(self.classes, self.chunk_bytes)
    }

    /// The loss.
    ///
    /// # Errors
    ///
    /// See [`LinearCrossEntropy`].
    pub fn loss<T: AnyTarget<E>>(
        &self,
        hidden: &[E],
        weights: &[E],
        bias: Option<&[E]>,
        targets: &[T],
    ) -> Result<f64, Error> {
        let checked = self.check(hidden, weights, bias, targets)?;
        self.run(&checked, [hidden, weights], bias, targets, None)
    }

    /// The loss; also writes all gradients.
    ///
    /// # Errors
    ///
    /// See [`LinearCrossEntropy`]; [`Error::Conflict`] for a bias without a place for its
    /// gradient, or the place without a bias.
    pub fn loss_and_grads<T: AnyTarget<E>>(
        &self,
        hidden: &[E],
        weights: &[E],
        bias: Option<&[E]>,
        targets: &[T],
        grads: Grads<'_, E>,
    ) -> Result<f64, Error> {
        check_length("grads.hidden", hidden.len(), grads.hidden.len())?;
        check_length("grads.weights", weights.len(), grads.weights.len())?;
        match (bias, &grads.bias) {
            (Some(bias), Some(grad)) => check_length("grads.bias", bias.len(), grad.len())?,
            (None, None) => {}
            _ => {
                let reason = "a bias and its gradient come together";
                return Err(Error::Conflict { option: "bias", reason });
            }
        }
        let checked = self.check(hidden, weights, bias, targets)?;
        self.run(&checked, [hidden, weights], bias, targets, Some(grads))
    }

    /// Refuses what can't be computed.
    fn check<T: AnyTarget<E>>(
        &self,
        hidden: &[E],
        weights: &[E],
        bias: Option<&[E]>,
        targets: &[T],
    ) -> Result<Counted, Error> {
        let counted = chunks::count(targets, self.classes, self.class_weights, self.ignore)?;
        check_length("targets", counted.rows * counted.per_row, targets.len())?;
        check_length("hidden", counted.rows * self.width, hidden.len())?;
        check_length("weights", self.classes * self.width, weights.len())?;
        if let Some(bias) = bias {
            check_length("bias", self.classes, bias.len())?;
        }
        // The options that gradstep refuses for any rows, as for none.
        let sum = self.loss.reduction(match self.reduction {
            Reduction::DivideBy(x) => Reduction::DivideBy(x),
            _ => Reduction::Sum,
        });
        sum.loss::<T>(&[], &[])?;
        if self.denominator(&counted) == 0.0 && self.empty_mean == EmptyMean::Error {
            return Err(Error::EmptyMean);
        }
        Ok(counted)
    }

    fn denominator(&self, counted: &Counted) -> f64 {
        match self.reduction {
            Reduction::Sum => 1.0,
            Reduction::DivideBy(x) => x,
            _ => counted.weight,
        }
    }

    fn run<T: AnyTarget<E>>(
        &self,
        counted: &Counted,
        [hidden, weights]: [&[E]; 2],
        bias: Option<&[E]>,
        targets: &[T],
        mut grads: Option<Grads<'_, E>>,
    ) -> Result<f64, Error> {
        let Counted { rows, kept, per_row, .. } = counted;
        let (width, classes, chunk) = (self.width, self.classes, self.chunk_rows());
        let denominator = self.denominator(counted);
        let count = kept.as_ref().map_or(*rows, Vec::len);
        if let Some(grads) = &mut grads
            && (kept.is_some() || count == 0 || denominator == 0.0)
        {
            let zero = E::from_f64(0.0);
            grads.hidden.fill(zero);
            grads.weights.fill(zero);
            grads.bias.iter_mut().for_each(|bias| bias.fill(zero));
        }
        if denominator == 0.0 {
            return Ok(if self.empty_mean == EmptyMean::Zero { 0.0 } else { f64::NAN });
        }
        let loss = self.loss.reduction(Reduction::DivideBy(denominator));
        let mut logits = vec![E::from_f64(0.0); chunk.min(count) * classes];
        let (mut gathered, mut gathered_targets) = (Vec::new(), Vec::new());
        // The gradient of gathered rows, before each goes to its place.
        let mut scattered = Vec::new();
        let mut total = LossSum::default();
        for first in (0..count).step_by(chunk) {
            let n = chunk.min(count - first);
            let chosen = kept.as_ref().map(|kept| &kept[first..first + n]);
            let (x, y) = match chosen {
                None => (
                    &hidden[first * width..][..n * width],
                    &targets[first * per_row..][..n * per_row],
                ),
                Some(chosen) => {
                    gather(hidden, width, chosen, &mut gathered);
                    gather(targets, *per_row, chosen, &mut gathered_targets);
                    (&*gathered, &*gathered_targets)
                }
            };
            let z = &mut logits[..n * classes];
            products::logits(x, weights, bias, width, z);
            let Some(grads) = &mut grads else {
                total += loss.evaluate(Logits::Read(z), y, Outputs::default())?;
                continue;
            };
            total += loss.evaluate(Logits::InPlace(z), y, Outputs::default())?;
            let is_first = first == 0;
            products::weights_grad(z, x, width, is_first, grads.weights);
            if let Some(bias) = &mut grads.bias {
                products::bias_grad(z, is_first, bias);
            }
            match chosen {
                None => products::hidden_grad(
                    z,
                    weights,
                    width,
                    &mut grads.hidden[first * width..][..n * width],
                ),
                Some(chosen) => {
                    scattered.resize(n * width, E::from_f64(0.0));
                    products::hidden_grad(z, weights, width, &mut scattered);
                    for (&row, grad) in chosen.iter().zip(scattered.chunks_exact(width)) {
                        grads.hidden[row * width..][..width].copy_from_slice(grad);
                    }
                }
            }
        }
        Ok(total.sum() / denominator)
    }
}

fn check_length(argument: &'static str, expected: usize, found: usize) -> Result<(), Error> {
    if expected == found { Ok(()) } else { Err(Error::Length { argument, expected, found }) }
}
