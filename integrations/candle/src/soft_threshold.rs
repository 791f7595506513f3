//! Soft-threshold.

use crate::op::{dtype, slice, with_real, with_slice};
use candle_core::{CpuStorage, CustomOp1, Device, Error, Layout, Result, Shape, Tensor, WithDType};
use gradstep::Element;
use gradstep::prox::SoftThreshold;

/// Shrinks each element towards 0 by `lambda`; one of at most `lambda` becomes +0 and gets no
/// gradient.
///
/// ```
/// use candle_core::{Device, Tensor};
///
/// let x = Tensor::new(&[3f32, -0.5, -2.0], &Device::Cpu)?;
/// let y = gradstep_candle::soft_threshold(&x, 1.0)?;
/// assert_eq!(y.to_vec1::<f32>()?, [2.0, 0.0, -1.0]);
/// # Ok::<(), candle_core::Error>(())
/// ```
///
/// # Errors
///
/// If `lambda` is negative or NaN, or elements are neither `f32` nor `f64`.
pub fn soft_threshold(x: &Tensor, lambda: f64) -> Result<Tensor> {
    x.contiguous()?.apply_op1(Shrink(lambda))
}

struct Shrink(f64);

impl Shrink {
    fn of<E: Element>(&self) -> Result<SoftThreshold<E>> {
        SoftThreshold::new(self.0).map_err(Error::wrap)
    }
}

impl CustomOp1 for Shrink {
    fn name(&self) -> &'static str {
        "soft-threshold"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        with_real!(dtype(storage), E => {
            let x = slice::<E>((storage, layout))?;
            let mut out: Vec<E> = vec![0.0; x.len()];
            self.of::<E>()?.apply_into(x, &mut out).map_err(Error::wrap)?;
            Ok((E::to_cpu_storage_owned(out), layout.shape().clone()))
        })
    }

    fn bwd(&self, x: &Tensor, _out: &Tensor, upstream: &Tensor) -> Result<Option<Tensor>> {
        let upstream = upstream.contiguous()?;
        with_real!(x.dtype(), E => {
            let mut grad: Vec<E> = vec![0.0; x.elem_count()];
            let soft = self.of::<E>()?;
            with_slice::<E, _>(x, |x| with_slice::<E, _>(&upstream, |upstream| {
                soft.backward(x, upstream, &mut grad).map_err(Error::wrap)
            }))?;
            Tensor::from_vec(grad, x.shape(), &Device::Cpu).map(Some)
        })
    }
}
