//! The losses as operations of burn's backends: Flex, and automatic differentiation of it.

use crate::Error;
use crate::cross_entropy::CrossEntropy;
use crate::pointwise::Pointwise;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::flex::FlexTensor;
use burn::backend::ops::FloatTensorOps;
use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Autodiff, Backend, Flex, TensorMetadata, backend_extension};
use burn::tensor::{DType, Shape, TensorData};
use gradstep::Element;
use gradstep::kernels::Float;
use std::sync::{Arc, Mutex};

/// Element types that burn and gradstep have.
pub(crate) trait Real: Element + burn::tensor::Element + bytemuck::Pod {}
impl Real for f32 {}
impl Real for f64 {}

#[derive(Clone, Debug)]
pub(crate) enum Loss {
    Pointwise(Pointwise),
    CrossEntropy(CrossEntropy),
}

/// A loss that an operation is asked for.
#[derive(Clone, Debug)]
pub struct Call {
    loss: Loss,
    /// Why it was refused: operations return tensors alone.
    refused: Arc<Mutex<Option<Error>>>,
}

/// The losses as operations of a backend: a tensor of one element each.
///
/// Call [`Pointwise::forward`] and [`CrossEntropy::forward`] instead.
#[backend_extension(Flex, Autodiff)]
pub trait LossOps: Backend {
    /// Targets are numbers.
    fn loss_of_numbers(
        prediction: FloatTensor<Self>,
        target: FloatTensor<Self>,
        call: Call,
    ) -> FloatTensor<Self>;

    /// Targets are classes.
    fn loss_of_classes(
        logits: FloatTensor<Self>,
        target: IntTensor<Self>,
        call: Call,
    ) -> FloatTensor<Self>;
}

impl LossOps for Flex {
    fn loss_of_numbers(prediction: FlexTensor, target: FlexTensor, call: Call) -> FlexTensor {
        call.evaluate(&prediction, &target, false).0
    }

    fn loss_of_classes(logits: FlexTensor, target: FlexTensor, call: Call) -> FlexTensor {
        call.evaluate(&logits, &target, false).0
    }
}

impl<C: CheckpointStrategy> LossOps for Autodiff<Flex, C> {
    fn loss_of_numbers(
        prediction: FloatTensor<Self>,
        target: FloatTensor<Self>,
        call: Call,
    ) -> FloatTensor<Self> {
        differentiable::<C>(prediction, &target.into_primitive(), &call)
    }

    fn loss_of_classes(
        logits: FloatTensor<Self>,
        target: IntTensor<Self>,
        call: Call,
    ) -> FloatTensor<Self> {
        differentiable::<C>(logits, &target, &call)
    }
}

/// The loss with its gradient as what the backward pass keeps, if there will be one.
fn differentiable<C: CheckpointStrategy>(
    prediction: FloatTensor<Autodiff<Flex, C>>,
    target: &FlexTensor,
    call: &Call,
) -> FloatTensor<Autodiff<Flex, C>> {
    let (prediction, node) = prediction.into_parts();
    match Scaled.prepare::<C>([node]).compute_bound().stateful() {
        OpsKind::Tracked(prep) => {
            let (loss, grad) = call.evaluate(&prediction, target, true);
            prep.finish(grad, loss)
        }
        OpsKind::UnTracked(prep) => prep.finish(call.evaluate(&prediction, target, false).0),
    }
}

/// The gradient, times what comes from above.
#[derive(Debug)]
struct Scaled;

impl Backward<Flex, 1> for Scaled {
    type State = FlexTensor;

    fn backward(self, ops: Ops<FlexTensor, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        unary::<Flex, _>(ops.parents, ops.node, grads, |upstream| {
            let factor = match upstream.dtype() {
                DType::F64 => upstream.storage::<f64>()[0],
                _ => f64::from(upstream.storage::<f32>()[0]),
            };
            match factor {
                1.0 => ops.state,
                factor => Flex::float_mul_scalar(ops.state, factor.into()),
            }
        });
    }
}

impl Call {
    pub(crate) fn new(loss: Loss) -> Self {
        Self { loss, refused: Arc::default() }
    }

    /// What an operation returned, unless it was refused.
    pub(crate) fn unless_refused<T>(self, made: T) -> Result<T, Error> {
        match self.refused.lock().expect("no call panics with it").take() {
            Some(error) => Err(error),
            None => Ok(made),
        }
    }

    /// The loss, and its gradient if it is asked for, else an empty tensor.
    fn evaluate(
        &self,
        prediction: &FlexTensor,
        target: &FlexTensor,
        with_grad: bool,
    ) -> (FlexTensor, FlexTensor) {
        let result = match prediction.dtype() {
            DType::F32 => self.of_type::<f32>(prediction, target, with_grad),
            DType::F64 => self.of_type::<f64>(prediction, target, with_grad),
            other => Err(Error::Type(other)),
        };
        result.unwrap_or_else(|error| {
            *self.refused.lock().expect("no call panics with it") = Some(error);
            let zeros = |shape| FlexTensor::zeros(shape, prediction.dtype());
            (zeros(Shape::new([1])), zeros(prediction.shape()))
        })
    }

    fn of_type<E: Real>(
        &self,
        prediction: &FlexTensor,
        target: &FlexTensor,
        with_grad: bool,
    ) -> Result<(FlexTensor, FlexTensor), Error> {
        let (prediction, target) = (prediction.to_contiguous(), target.to_contiguous());
        let shape = prediction.shape();
        let x = prediction.as_slice::<E>().expect("contiguous, of this type");
        let mut grad = bytemuck::zeroed_vec::<E>(if with_grad { x.len() } else { 0 });
        let out = with_grad.then_some(&mut grad[..]);
        let loss = match &self.loss {
            Loss::Pointwise(loss) => loss.evaluate(x, numbers::<E>(&target)?, out)?,
            Loss::CrossEntropy(loss) => {
                let classes = shape.num_dims().checked_sub(1).map_or(0, |last| shape[last]);
                loss.evaluate(x, classes, &target, out)?
            }
        };
        let loss = <E as Float>::from_f64(loss);
        let shape = if with_grad { shape } else { Shape::new([0]) };
        Ok((
            FlexTensor::from_data(TensorData::new(vec![loss], [1])),
            FlexTensor::from_data(TensorData::new(grad, shape)),
        ))
    }
}

/// The elements of a contiguous tensor.
pub(crate) fn numbers<E: burn::tensor::Element + bytemuck::Pod>(
    tensor: &FlexTensor,
) -> Result<&[E], Error> {
    tensor.as_slice::<E>().ok_or(Error::Type(tensor.dtype()))
}
