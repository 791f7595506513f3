//! A loss as an operation of candle's graph.

use candle_core::{
    CpuStorage, CustomOp2, DType, Device, Layout, Result, Shape, Storage, Tensor, WithDType, bail,
};
use std::sync::Mutex;

/// Element types that both crates have.
pub(crate) trait Real:
    gradstep::Element + WithDType + gradstep::loss::AnyTarget<Self>
{
}
impl Real for f32 {}
impl Real for f64 {}

/// A tensor's storage and where in it the elements are.
pub(crate) type View<'a> = (&'a CpuStorage, &'a Layout);

/// The elements of a contiguous view.
pub(crate) fn slice<T: WithDType>((storage, layout): View<'_>) -> Result<&[T]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&T::cpu_storage_as_slice(storage)?[start..end]),
        None => bail!("a tensor of {:?} is not contiguous", layout.shape()),
    }
}

/// Hands the elements of a contiguous tensor to `f`.
pub(crate) fn with_slice<T: WithDType, R>(
    tensor: &Tensor,
    f: impl FnOnce(&[T]) -> Result<R>,
) -> Result<R> {
    let (storage, layout) = tensor.storage_and_layout();
    match &*storage {
        Storage::Cpu(storage) => f(slice((storage, layout))?),
        _ => bail!("a tensor is on {:?}, not on the CPU", tensor.device()),
    }
}

/// `$body` with `$E` as the element type that `$dtype` names.
macro_rules! with_real {
    ($dtype:expr, $E:ident => $body:expr) => {
        match $dtype {
            candle_core::DType::F32 => {
                type $E = f32;
                $body
            }
            candle_core::DType::F64 => {
                type $E = f64;
                $body
            }
            other => candle_core::bail!("elements must be F32 or F64, not {other:?}"),
        }
    };
}
pub(crate) use with_real;

/// What a loss is asked for.
pub(crate) enum Task<'a, E> {
    /// The reduced loss.
    Loss,
    /// The same, and its gradient.
    Grad(&'a mut [E]),
    /// A loss for each element or row.
    Losses(&'a mut [E]),
    /// The gradient of these, times an upstream gradient.
    Backward(&'a [E], &'a mut [E]),
}

/// A loss on slices.
pub(crate) trait OnSlices: Clone + Send + Sync + 'static {
    const NAME: &'static str;

    /// Refuses shapes that do not fit; gives that of the unreduced losses.
    fn shape(&self, input: &Shape, target: &Shape) -> Result<Shape>;

    /// The reduced loss, or 0 where it was not asked for. `columns` is the length of the
    /// input's last axis.
    fn run<E: Real>(
        &self,
        input: &[E],
        columns: usize,
        target: View<'_>,
        task: Task<'_, E>,
    ) -> Result<f64>;

    /// The reduced loss as a node of the graph.
    fn reduce(&self, input: &Tensor, target: &Tensor) -> Result<Tensor> {
        let wants_gradient = input.track_op();
        let op = Reduced { loss: self.clone(), wants_gradient, gradient: Mutex::new(None) };
        let (input, target) = (input.contiguous()?, untracked(target)?);
        if wants_gradient {
            input.apply_op2(&target, op)
        } else {
            input.apply_op2_no_bwd(&target, &op)
        }
    }

    /// All losses as a node of the graph.
    fn each(&self, input: &Tensor, target: &Tensor) -> Result<Tensor> {
        input.contiguous()?.apply_op2(&untracked(target)?, Each(self.clone()))
    }
}

/// A target gets no gradient, and candle panics over a tracked argument that gets none.
fn untracked(target: &Tensor) -> Result<Tensor> {
    target.detach().contiguous()
}

fn columns(shape: &Shape) -> usize {
    shape.dims().last().copied().unwrap_or(1)
}

struct Reduced<L> {
    loss: L,
    wants_gradient: bool,
    /// From the forward pass to the backward pass.
    gradient: Mutex<Option<Tensor>>,
}

impl<L: OnSlices> CustomOp2 for Reduced<L> {
    fn name(&self) -> &'static str {
        L::NAME
    }

    fn cpu_fwd(
        &self,
        input: &CpuStorage,
        layout: &Layout,
        target: &CpuStorage,
        target_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        self.loss.shape(layout.shape(), target_layout.shape())?;
        with_real!(dtype(input), E => {
            let x = slice::<E>((input, layout))?;
            let target = (target, target_layout);
            let columns = columns(layout.shape());
            let loss = if self.wants_gradient {
                let mut gradient: Vec<E> = vec![0.0; x.len()];
                let loss = self.loss.run(x, columns, target, Task::Grad(&mut gradient))?;
                let gradient = Tensor::from_vec(gradient, layout.shape(), &Device::Cpu)?;
                *self.gradient.lock().expect("no one panics with the lock") = Some(gradient);
                loss
            } else {
                self.loss.run(x, columns, target, Task::Loss)?
            };
            Ok((E::to_cpu_storage_owned(vec![loss as E]), Shape::from(())))
        })
    }

    fn bwd(
        &self,
        _input: &Tensor,
        _target: &Tensor,
        _loss: &Tensor,
        upstream: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let gradient = self.gradient.lock().expect("no one panics with the lock").clone();
        let Some(gradient) = gradient else { bail!("{}: no forward pass before", L::NAME) };
        let factor = upstream.to_dtype(DType::F64)?.to_scalar::<f64>()?;
        let gradient = if factor == 1.0 { gradient } else { (gradient * factor)? };
        Ok((Some(gradient), None))
    }
}

struct Each<L>(L);

impl<L: OnSlices> CustomOp2 for Each<L> {
    fn name(&self) -> &'static str {
        L::NAME
    }

    fn cpu_fwd(
        &self,
        input: &CpuStorage,
        layout: &Layout,
        target: &CpuStorage,
        target_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let shape = self.0.shape(layout.shape(), target_layout.shape())?;
        with_real!(dtype(input), E => {
            let mut losses: Vec<E> = vec![0.0; shape.elem_count()];
            let x = slice::<E>((input, layout))?;
            let task = Task::Losses(&mut losses);
            self.0.run(x, columns(layout.shape()), (target, target_layout), task)?;
            Ok((E::to_cpu_storage_owned(losses), shape))
        })
    }

    fn bwd(
        &self,
        input: &Tensor,
        target: &Tensor,
        _losses: &Tensor,
        upstream: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let upstream = upstream.contiguous()?;
        let (storage, layout) = target.storage_and_layout();
        let Storage::Cpu(target) = &*storage else { bail!("{}: not on the CPU", L::NAME) };
        with_real!(input.dtype(), E => {
            let mut gradient: Vec<E> = vec![0.0; input.elem_count()];
            with_slice::<E, _>(input, |x| {
                with_slice::<E, _>(&upstream, |upstream| {
                    let task = Task::Backward(upstream, &mut gradient);
                    self.0.run(x, columns(input.shape()), (target, layout), task)
                })
            })?;
            Ok((Some(Tensor::from_vec(gradient, input.shape(), &Device::Cpu)?), None))
        })
    }
}

pub(crate) fn dtype(storage: &CpuStorage) -> DType {
    use candle_core::backend::BackendStorage;
    storage.dtype()
}
