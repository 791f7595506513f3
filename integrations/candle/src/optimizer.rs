//! Updates as optimisers.

use crate::op::{dtype, slice};
use candle_core::backprop::GradStore;
use candle_core::{CpuStorage, DType, Error, InplaceOp2, Layout, Result, Var, bail};
use candle_nn::{Optimizer, ParamsAdamW};
use gradstep::{Element, update};
use std::cell::RefCell;

/// An update of one tensor, with `STATES` buffers of its size.
pub trait Rule: Copy {
    /// Buffers that begin as zeros.
    const STATES: usize;

    /// The step's length, as the update was made.
    fn rate(&self) -> f64;

    /// Step number `t` = 1, 2, .. with another length.
    ///
    /// # Errors
    ///
    /// What gradstep refuses.
    fn step<E: Element>(
        &self,
        rate: f64,
        w: &mut [E],
        g: &[E],
        state: &mut [Vec<E>],
        t: u64,
    ) -> std::result::Result<(), gradstep::Error>;
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident($($state:ident),*) |$update:ident, $w:ident, $g:ident, $t:ident| $step:expr;)*) => {$(
        impl Rule for update::$name {
            const STATES: usize = <[&str]>::len(&[$(stringify!($state)),*]);

            fn rate(&self) -> f64 {
                self.get_learning_rate()
            }

            fn step<E: Element>(
                &self,
                rate: f64,
                $w: &mut [E],
                $g: &[E],
                state: &mut [Vec<E>],
                $t: u64,
            ) -> std::result::Result<(), gradstep::Error> {
                let [$($state),*] = state else { unreachable!("as many as STATES") };
                let $update = self.learning_rate(rate)?;
                $step
            }
        }

        $(#[$doc])*
        pub type $name = Stepped<update::$name>;
    )*};
}

rules! {
    /// Gradient steps, with decay.
    Sgd() |update, w, g, _t| update.step(w, g);
    /// Momentum, Nesterov's too.
    SgdMomentum(buffer) |update, w, g, t| update.step(w, g, buffer, t);
    /// Adam with decay in the gradient.
    Adam(m, v) |update, w, g, t| update.step(w, g, m, v, t);
    /// Adam with decay of the weights.
    AdamW(m, v) |update, w, g, t| update.step(w, g, m, v, t);
    /// The sign of an average.
    Lion(m) |update, w, g, _t| update.step(w, g, m);
    /// A gradient step, then a soft-threshold: exact zeros.
    ProxSgd() |update, w, g, _t| update.step(w, g);
    /// An AdamW step, then a soft-threshold: exact zeros.
    ProxAdamW(m, v) |update, w, g, t| update.step(w, g, m, v, t);
}

/// gradstep's AdamW with candle's parameters.
///
/// # Errors
///
/// If one is out of range.
pub fn adam_w(params: &ParamsAdamW) -> Result<update::AdamW> {
    let ParamsAdamW { lr, beta1, beta2, eps, weight_decay } = *params;
    let update = update::AdamW::new(lr).and_then(|update| update.betas(beta1, beta2));
    let update = update.and_then(|update| update.eps(eps)?.weight_decay(weight_decay));
    update.map_err(Error::wrap)
}

/// Variables, and the state of their update: one pass over memory for each variable and step.
///
/// ```
/// use candle_core::{Device, Var};
/// use candle_nn::Optimizer;
/// use gradstep_candle::{Lion, update};
///
/// let w = Var::new(&[1f32, -2.0], &Device::Cpu)?;
/// let mut lion = Lion::new(vec![w.clone()], update::Lion::new(0.5)?)?;
/// lion.backward_step(&w.sqr()?.sum_all()?)?;
/// assert_eq!(w.to_vec1::<f32>()?, [0.5, -1.5]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Variables are contiguous, `f32` or `f64`, on the CPU; others are refused. One without a
/// gradient is left alone, as candle's optimisers do. A gradient that is not contiguous, like
/// that of a transposed weight, is copied first.
#[derive(Debug)]
pub struct Stepped<U> {
    update: U,
    rate: f64,
    vars: Vec<(Var, RefCell<State>)>,
    /// Steps so far.
    t: u64,
}

#[derive(Debug)]
enum State {
    F32(Vec<Vec<f32>>),
    F64(Vec<Vec<f64>>),
}

impl<U: Rule> Optimizer for Stepped<U> {
    type Config = U;

    fn new(vars: Vec<Var>, update: U) -> Result<Self> {
        let vars = vars.into_iter().map(|var| {
            if !var.device().is_cpu() || !var.is_contiguous() {
                bail!("a variable must be contiguous and on the CPU: {var:?}");
            }
            let n = var.elem_count();
            let state = match var.dtype() {
                DType::F32 => State::F32(vec![vec![0.0; n]; U::STATES]),
                DType::F64 => State::F64(vec![vec![0.0; n]; U::STATES]),
                other => bail!("a variable must be F32 or F64, not {other:?}"),
            };
            Ok((var, RefCell::new(state)))
        });
        Ok(Self { update, rate: update.rate(), vars: vars.collect::<Result<_>>()?, t: 0 })
    }

    fn step(&mut self, grads: &GradStore) -> Result<()> {
        self.t += 1;
        let Self { update, rate, vars, t } = self;
        for (var, state) in &*vars {
            if let Some(grad) = grads.get(var) {
                let step = Step { update: *update, rate: *rate, state, t: *t };
                var.inplace_op2(&grad.contiguous()?, &step)?;
            }
        }
        Ok(())
    }

    fn learning_rate(&self) -> f64 {
        self.rate
    }

    /// Of a rate that gradstep refuses, the next step is the error.
    fn set_learning_rate(&mut self, rate: f64) {
        self.rate = rate;
    }
}

struct Step<'a, U> {
    update: U,
    rate: f64,
    state: &'a RefCell<State>,
    t: u64,
}

impl<U: Rule> InplaceOp2 for Step<'_, U> {
    fn name(&self) -> &'static str {
        "step"
    }

    fn cpu_fwd(
        &self,
        w: &mut CpuStorage,
        w_layout: &Layout,
        g: &CpuStorage,
        g_layout: &Layout,
    ) -> Result<()> {
        let Self { update, rate, t, .. } = *self;
        let Some((start, end)) = w_layout.contiguous_offsets() else {
            bail!("a variable must be contiguous")
        };
        match (w, &mut *self.state.borrow_mut()) {
            (CpuStorage::F32(w), State::F32(state)) => {
                update.step(rate, &mut w[start..end], slice((g, g_layout))?, state, t)
            }
            (CpuStorage::F64(w), State::F64(state)) => {
                update.step(rate, &mut w[start..end], slice((g, g_layout))?, state, t)
            }
            (w, _) => bail!("a variable can't become {:?}", dtype(w)),
        }
        .map_err(Error::wrap)
    }
}
