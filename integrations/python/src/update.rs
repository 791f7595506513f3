//! Updates: one pass over memory, in the caller's arrays.

use crate::arrays::{Real, read_like, refused, slice, slice_mut, with_real, write, write_like};
use kernels::update;
use numpy::PyUntypedArrayMethods;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

macro_rules! updates {
    ($(
        $(#[$doc:meta])*
        $name:ident($($parameter:ident: $type:ty $(= $default:literal)?),*) $build:expr,
        step($($state:ident),* $(; $t:ident)?);
    )*) => {
        $(
            $(#[$doc])*
            #[pyclass(frozen, module = "gradstep")]
            pub(crate) struct $name(update::$name);

            #[pymethods]
            impl $name {
                #[new]
                #[pyo3(signature = ($($parameter $(= $default)?,)* *, grad_scale=1.0))]
                #[allow(clippy::too_many_arguments)]
                fn new($($parameter: $type,)* grad_scale: f64) -> PyResult<Self> {
                    let new = || -> Result<update::$name, kernels::Error> { $build };
                    new().and_then(|new| new.grad_scale(grad_scale)).map(Self).map_err(refused)
                }

                /// One step, in place; the state begins as zeros, `t` as 1.
                #[allow(clippy::too_many_arguments)]
                fn step(
                    &self,
                    py: Python<'_>,
                    w: &Bound<'_, PyAny>,
                    g: &Bound<'_, PyAny>,
                    $($state: &Bound<'_, PyAny>,)*
                    $($t: u64,)?
                ) -> PyResult<()> {
                    with_real!("w", w, E => {
                        let mut w = write::<E>("w", w)?;
                        let g = read_like::<E>("g", g, w.shape())?;
                        $(let mut $state = write_like::<E>(stringify!($state), $state, w.shape())?;)*
                        let (w, g) = (slice_mut(&mut w)?, slice(&g)?);
                        $(let $state = slice_mut(&mut $state)?;)*
                        py.detach(|| self.0.step(w, g $(, $state)* $(, $t)?)).map_err(refused)
                    })
                }
            }
        )*

        pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_class::<$name>()?;)*
            module.add_class::<RmsProp>()
        }
    };
}

updates! {
    /// A gradient step with decay.
    Sgd(learning_rate: f64, weight_decay: f64 = 0.0)
        update::Sgd::new(learning_rate)?.weight_decay(weight_decay),
        step();
    /// Momentum, in torch's form.
    SgdMomentum(
        learning_rate: f64, momentum: f64 = 0.9, dampening: f64 = 0.0, weight_decay: f64 = 0.0,
        nesterov: bool = false, decoupled: bool = false
    ) {
        let mut update = update::SgdMomentum::new(learning_rate, momentum)?
            .dampening(dampening)?
            .weight_decay(weight_decay)?;
        if nesterov {
            update = update.nesterov()?;
        }
        Ok(if decoupled { update.decoupled() } else { update })
    }, step(buffer; t);
    /// Adam with decay in the gradient.
    Adam(
        learning_rate: f64 = 1e-3, beta1: f64 = 0.9, beta2: f64 = 0.999, eps: f64 = 1e-8,
        weight_decay: f64 = 0.0
    ) update::Adam::new(learning_rate)?.betas(beta1, beta2)?.eps(eps)?.weight_decay(weight_decay),
        step(m, v; t);
    /// Adam with decay of the weights.
    AdamW(
        learning_rate: f64 = 1e-3, beta1: f64 = 0.9, beta2: f64 = 0.999, eps: f64 = 1e-8,
        weight_decay: f64 = 0.01
    ) update::AdamW::new(learning_rate)?.betas(beta1, beta2)?.eps(eps)?.weight_decay(weight_decay),
        step(m, v; t);
    /// Adam with Nesterov's momentum.
    Nadam(
        learning_rate: f64 = 2e-3, beta1: f64 = 0.9, beta2: f64 = 0.999, eps: f64 = 1e-8,
        weight_decay: f64 = 0.0, momentum_decay: f64 = 0.004, decoupled: bool = false
    ) {
        let update = update::Nadam::new(learning_rate)?
            .betas(beta1, beta2)?
            .eps(eps)?
            .weight_decay(weight_decay)?
            .momentum_decay(momentum_decay)?;
        Ok(if decoupled { update.decoupled() } else { update })
    }, step(m, v; t);
    /// A rate for each weight, from the sum of its squared gradients.
    Adagrad(
        learning_rate: f64 = 0.01, learning_rate_decay: f64 = 0.0, eps: f64 = 1e-10,
        weight_decay: f64 = 0.0
    ) update::Adagrad::new(learning_rate)?
        .learning_rate_decay(learning_rate_decay)?
        .eps(eps)?
        .weight_decay(weight_decay),
        step(sum; t);
    /// FTRL-proximal: exact zeros, a rate for each weight.
    Ftrl(learning_rate: f64, beta: f64 = 1.0, l1: f64 = 0.0, l2: f64 = 0.0)
        update::Ftrl::new(learning_rate)?.beta(beta)?.l1(l1)?.l2(l2),
        step(z, n);
    /// The sign of an average, with decay.
    Lion(
        learning_rate: f64 = 1e-4, beta1: f64 = 0.9, beta2: f64 = 0.99, weight_decay: f64 = 0.0
    ) update::Lion::new(learning_rate)?.betas(beta1, beta2)?.weight_decay(weight_decay),
        step(m);
    /// A gradient step, then the soft-threshold by `learning_rate * l1`.
    ProxSgd(learning_rate: f64, l1: f64 = 0.0, l2: f64 = 0.0)
        update::ProxSgd::new(learning_rate)?.l1(l1)?.l2(l2),
        step();
    /// A step of FISTA: `y` is the point ahead.
    ProxMomentum(learning_rate: f64, momentum: f64, l1: f64 = 0.0, l2: f64 = 0.0)
        update::ProxMomentum::new(learning_rate, momentum)?.l1(l1)?.l2(l2),
        step(y);
    /// An AdamW step, then a soft-threshold.
    ProxAdamW(
        learning_rate: f64 = 1e-3, l1: f64 = 0.0, beta1: f64 = 0.9, beta2: f64 = 0.999,
        eps: f64 = 1e-8, weight_decay: f64 = 0.01, isotropic: bool = false
    ) {
        let update = update::ProxAdamW::new(learning_rate)?
            .l1(l1)?.betas(beta1, beta2)?.eps(eps)?.weight_decay(weight_decay)?;
        Ok(if isotropic { update.isotropic() } else { update })
    }, step(m, v; t);
}

/// Steps over the root of an average of squares; its state is `v`, then `mean` if it is centred,
/// then `buffer` if it has momentum.
#[pyclass(frozen, module = "gradstep")]
pub(crate) struct RmsProp(update::RmsProp);

#[pymethods]
impl RmsProp {
    #[new]
    #[pyo3(signature = (
        learning_rate=0.01, alpha=0.99, eps=1e-8, weight_decay=0.0, momentum=0.0, centered=false, *,
        grad_scale=1.0
    ))]
    fn new(
        learning_rate: f64,
        alpha: f64,
        eps: f64,
        weight_decay: f64,
        momentum: f64,
        centered: bool,
        grad_scale: f64,
    ) -> PyResult<Self> {
        let new = || {
            let update = update::RmsProp::new(learning_rate)?.alpha(alpha)?.eps(eps)?;
            let update = update.weight_decay(weight_decay)?.momentum(momentum)?;
            let update = update.grad_scale(grad_scale)?;
            Ok(if centered { update.centered() } else { update })
        };
        new().map(Self).map_err(refused)
    }

    /// One step, in place; the state begins as zeros.
    #[pyo3(signature = (w, g, *state))]
    fn step(
        &self,
        py: Python<'_>,
        w: &Bound<'_, PyAny>,
        g: &Bound<'_, PyAny>,
        state: &Bound<'_, PyTuple>,
    ) -> PyResult<()> {
        with_real!("w", w, E => {
            let mut w = write::<E>("w", w)?;
            let g = read_like::<E>("g", g, w.shape())?;
            let state = state.iter().map(|any| write_like::<E>("state", &any, w.shape()));
            let mut state = state.collect::<PyResult<Vec<_>>>()?;
            let state = state.iter_mut().map(slice_mut).collect::<PyResult<Vec<_>>>()?;
            let (w, g, update) = (slice_mut(&mut w)?, slice(&g)?, &self.0);
            py.detach(|| match state.len() {
                1 => update.step::<E, 1>(w, g, counted(state)),
                2 => update.step::<E, 2>(w, g, counted(state)),
                3 => update.step::<E, 3>(w, g, counted(state)),
                _ => {
                    let reason = "it has one to three arrays";
                    Err(kernels::Error::Conflict { option: "state", reason })
                }
            })
            .map_err(refused)
        })
    }
}

/// As many as there are.
fn counted<E: Real, const N: usize>(state: Vec<&mut [E]>) -> [&mut [E]; N] {
    state.try_into().expect("as many as were counted")
}
