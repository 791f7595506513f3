//! Updates.

use super::{
    Adagrad, Adam, AdamW, Ftrl, Lion, Nadam, ProxAdamW, ProxMomentum, ProxSgd, RmsProp, Sgd,
    SgdMomentum,
};
use crate::laws::update::ReferencedUpdate;
use crate::numbers::Number;
use crate::reference::Double;
use crate::tolerance::Row;

/// As [`losses!`](crate::losses), with updates: stem, type, and the number of slices of state in
/// brackets.
///
/// ```
/// use gradstep_check::catalogue::{self, UpdateEntry};
/// use gradstep_check::laws::update::lists_agree;
///
/// macro_rules! check {
///     ($($stem:ident $update:ident [$n:literal])*) => {$(
///         let usual = <catalogue::$update as UpdateEntry<f32, $n>>::usual();
///         lists_agree::<f32, _, $n>(usual)?;
///     )*};
/// }
/// gradstep_check::updates!(check);
/// # Ok::<(), gradstep_check::Failure>(())
/// ```
#[macro_export]
macro_rules! updates {
    ($each:ident) => {
        $each! {
            sgd Sgd [0]
            sgd_momentum SgdMomentum [1]
            prox_sgd ProxSgd [0]
            prox_momentum ProxMomentum [1]
            adam Adam [2]
            adam_amsgrad Adam [3]
            adam_w AdamW [2]
            adam_w_amsgrad AdamW [3]
            prox_adam_w ProxAdamW [2]
            lion Lion [1]
            adagrad Adagrad [1]
            rms_prop RmsProp [1]
            rms_prop_of_two RmsProp [2]
            rms_prop_of_three RmsProp [3]
            nadam Nadam [2]
            ftrl Ftrl [2]
        }
    };
}

/// An update without exponential or logarithm that remembers `N` slices, at one step.
pub trait UpdateEntry<E: Number, const N: usize>: ReferencedUpdate<E, N> {
    /// Elements that are worth several threads.
    const LARGE: usize;
    /// Hashes of all results in `f32` and `f64`: the test of `bits` prints them.
    const BITS: [u64; 2];
    /// How far results may be off, and what roundings add up to it.
    const TOLERANCES: &'static [Row];

    /// With the parameters that are used where one of its kind is enough.
    fn usual() -> Self;

    /// With all parameters that the laws are checked for.
    fn all() -> Vec<Self>;

    /// With parameters that are drawn, refused ones too.
    fn draw(number: &mut dyn FnMut() -> f64, t: u64) -> Self;

    /// Whether the parameters are accepted, and the element type can hold the constants.
    fn fits(self) -> bool;

    /// The same at step `t`, at a rate by which weights change slowly.
    fn slow(self, t: u64) -> Self;

    /// Whether decay is a factor of the weight.
    fn decays(self) -> bool {
        false
    }

    /// How errors of a weight grow with the number of steps: as the number where steps of one
    /// length round alike again and again, as its root where they do not.
    fn growth(steps: f64) -> f64 {
        steps
    }
}

macro_rules! tolerances {
    ($($stem:ident $update:ident [$n:literal])*) => {
        /// Those of all updates; several numbers of slices share theirs.
        pub(crate) const UPDATES: &[&[Row]] =
            &[$(<$update as UpdateEntry<f32, $n>>::TOLERANCES),*];
    };
}
updates!(tolerances);

/// Finite and at least 0, as rates and penalties must be.
pub(super) fn strengths<const K: usize>(all: [f64; K]) -> bool {
    all.into_iter().all(|x| (0.0..f64::INFINITY).contains(&x))
}

/// Shares of the past, most of them from 0 to 1.
pub(super) fn drawn_shares<const K: usize>(number: &mut dyn FnMut() -> f64) -> [f64; K] {
    [(); K].map(|()| {
        let x = number();
        if x > 1.0 { 1.0 / x } else { x }
    })
}

/// Whether the element type can hold constants.
pub(super) fn holds<E: Number>(constants: &[f64]) -> bool {
    constants.iter().all(|x| E::from_f64(*x).finite())
}

/// Whether it can hold what is added to a root, and that is 0 only where `eps` is.
pub(super) fn holds_eps<E: Number>(eps: f64, correction: f64) -> bool {
    let rounded = E::from_f64(eps * correction);
    rounded.finite() && (eps == 0.0 || rounded != E::ZERO)
}

/// What a step takes for the gradient, if both terms had the same sign; errors below the
/// smallest normal number are no longer relative.
pub(super) fn gradient<E: Number>(
    [w, g]: [Double; 2],
    grad_scale: f64,
    weight_decay: f64,
) -> Double {
    let coupled = if weight_decay == 0.0 { Double::ZERO } else { weight_decay * w.abs() };
    let h = (g * grad_scale).abs() + coupled;
    h.max(Double::from(E::MIN_POSITIVE.to_f64()))
}

/// By how much more an error of a gradient `h` counts that moves the denominator, too.
pub(super) fn moved(h: Double, denominator: Double) -> Double {
    let moved = h / denominator;
    if moved.is_finite() { moved.max(Double::ONE) } else { Double::ONE }
}

/// Turns a square below 0 into one above.
pub(super) fn positive<E: Number>(square: &mut E) {
    if *square < E::ZERO {
        *square = -*square;
    }
}
