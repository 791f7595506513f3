//! Weight updates: one pass over memory, in the caller's buffers.
//!
//! | update | step | state |
//! |---|---|---|
//! | [`Sgd`] | `w := w (1 - learning_rate weight_decay) - learning_rate g` | |
//! | [`SgdMomentum`] | momentum, dampening, Nesterov's form, coupled or decoupled decay | `buffer` |
//! | [`Adam`] | averages of `g` and `g^2`, coupled decay; AMSGrad | `m`, `v` (`v_max`) |
//! | [`AdamW`] | the same with decoupled decay | `m`, `v` (`v_max`) |
//! | [`Nadam`] | Adam that looks ahead | `m`, `v` |
//! | [`Adagrad`] | over the root of the sum of `g^2` | `sum` |
//! | [`RmsProp`] | over the root of an average of `g^2`; centred, momentum | `v` (`mean`) (`buffer`) |
//! | [`Lion`] | the sign of an average, decoupled decay | `m` |
//! | [`ProxSgd`] | `w := soft(w - learning_rate g, learning_rate l1) / (1 + learning_rate l2)` | |
//! | [`ProxMomentum`] | the same from a point ahead: ISTA, FISTA | `y` |
//! | [`ProxAdamW`] | AdamW, then a soft-threshold | `m`, `v` |
//! | [`Ftrl`] | rates for each coordinate, L1 and L2, exact zeros | `z`, `n` |
//!
//! [`ClipGradNorm`], [`clip_grad_norm`] and [`clip_grad_value`] limit gradients.
//!
//! An update of your own has lists, threads and all else, too: implement [`Update`] and hand it
//! to [`Updater::from_formula`]; [`formula`](crate::formula) shows how.
//!
//! Hyper-parameters are `f64` for `f32` weights too; what is derived from them is
//! computed in `f64` and rounded once. An update owns no state, and a gradient is
//! never written. Schedules are the caller's: an update is a small value, and one with
//! another `learning_rate` for each step costs nothing.
//!
//! # Over many steps
//!
//! Each step rounds a weight by half a ULP, and steps of equal length round alike, so
//! errors may grow with the number of steps. Against the same steps in double-double
//! arithmetic, 300 steps of Adam, AdamW, AMSGrad and Lion with a learning rate of 0.001
//! stay within 0.6 ULP of the largest weight for each step, of ProxAdamW within 1.1, of
//! ProxMomentum with a momentum of 0.5 within 4; a decay factor, which is rounded once,
//! adds up to half a ULP a step (`f64`: 1.5; ProxMomentum twice that).
//!
//! # Many tensors
//!
//! Every update has `step_many`, which takes a list of [`Tensor`]s: weights, gradient,
//! and the state of the table, in its order. Threads are spread over the work of the
//! whole list, a tensor costs little beside its elements, and each one's result is that
//! of `step`, bit for bit. All lengths are checked before anything is written.
//!
//! ```
//! use gradstep::update::{AdamW, Tensor};
//!
//! let (mut w, mut m, mut v) = ([1.0f32, -2.0], [0.0; 2], [0.0; 2]);
//! let (mut bias, mut bias_m, mut bias_v) = ([0.5f32], [0.0], [0.0]);
//! AdamW::new(1e-3)?.step_many(
//!     &mut [
//!         Tensor { w: &mut w, g: &[0.1, 0.2], state: [&mut m, &mut v] },
//!         Tensor { w: &mut bias, g: &[-0.3], state: [&mut bias_m, &mut bias_v] },
//!     ],
//!     1,
//! )?;
//! assert!(w[0] < 1.0 && w[1] < -1.999 && bias[0] > 0.5);
//! # Ok::<(), gradstep::Error>(())
//! ```
//!
//! # Rows of a table
//!
//! [`Sgd`], [`Adagrad`], [`Adam`], [`AdamW`], [`Ftrl`] and your own have `step_rows`, which steps
//! those rows of a table that a gradient has: [`Rows`].

mod adagrad;
mod adam;
mod adam_w;
mod clip_grad;
mod ftrl;
mod lion;
mod lists;
mod nadam;
mod options;
mod prox_adam_w;
mod prox_momentum;
mod prox_sgd;
mod rms_prop;
mod rows;
mod sgd;
mod sgd_momentum;
mod updater;

pub use adagrad::Adagrad;
pub use adam::{Adam, AdamWith};
pub use adam_w::AdamW;
pub use clip_grad::{ClipGradNorm, GradNorm, clip_grad_norm, clip_grad_value, clip_grad_value_all};
pub use ftrl::Ftrl;
pub use gradstep_kernels::ops::{Tensor, Update};
pub use lion::Lion;
pub use nadam::Nadam;
pub use prox_adam_w::ProxAdamW;
pub use prox_momentum::ProxMomentum;
pub use prox_sgd::ProxSgd;
pub use rms_prop::RmsProp;
pub use rows::Rows;
pub use sgd::Sgd;
pub use sgd_momentum::SgdMomentum;
pub use updater::Updater;
