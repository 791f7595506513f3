//! What tests, fuzz targets and benches know of an operation, told once.
//!
//! An entry is a type with the operation's parameters in a file of its stem, and its line in
//! a list: [`losses!`](crate::losses), [`operators!`](crate::operators),
//! [`updates!`](crate::updates) or [`activations!`](crate::activations).

pub(crate) mod activation;
mod adagrad;
mod adam;
mod binary_cross_entropy;
mod binary_cross_entropy_with_logits;
mod box_constraint;
mod elastic_net;
mod focal;
mod ftrl;
mod gamma;
mod hard_threshold;
mod huber;
mod kl_divergence;
mod l1;
mod lion;
mod log_cosh;
mod modified_huber;
mod mse;
mod nadam;
mod nonnegative_soft_threshold;
mod poisson;
mod prox_adam_w;
mod prox_momentum;
mod prox_sgd;
mod quantile;
mod rms_prop;
mod sgd;
mod sgd_momentum;
mod smooth_l1;
mod soft_threshold;
mod squared_hinge;
mod tweedie;
mod update;

pub(crate) use activation::ACTIVATIONS;
pub use activation::{ActivationCase, ActivationEntry};
pub use adagrad::Adagrad;
pub use adam::{Adam, AdamW, AdamWith};
pub use binary_cross_entropy::BinaryCrossEntropy;
pub use binary_cross_entropy_with_logits::BinaryCrossEntropyWithLogits;
pub use box_constraint::BoxConstraint;
pub use elastic_net::ElasticNet;
pub use focal::Focal;
pub use ftrl::Ftrl;
pub use gamma::Gamma;
pub use hard_threshold::HardThreshold;
pub use huber::Huber;
pub use kl_divergence::KlDivergence;
pub use l1::L1;
pub use lion::Lion;
pub use log_cosh::LogCosh;
pub use modified_huber::ModifiedHuber;
pub use mse::Mse;
pub use nadam::Nadam;
pub use nonnegative_soft_threshold::NonnegativeSoftThreshold;
pub use poisson::Poisson;
pub use prox_adam_w::ProxAdamW;
pub use prox_momentum::ProxMomentum;
pub use prox_sgd::ProxSgd;
pub use quantile::Quantile;
pub use rms_prop::RmsProp;
pub use sgd::Sgd;
pub use sgd_momentum::SgdMomentum;
pub use smooth_l1::SmoothL1;
pub use soft_threshold::SoftThreshold;
pub use squared_hinge::SquaredHinge;
pub use tweedie::Tweedie;
pub(crate) use update::UPDATES;
pub use update::UpdateEntry;

use crate::laws::pointwise::{Exact, ReferencedLoss};
use crate::laws::proximal::ReferencedOperator;
use crate::numbers::{Number, Random, not_negative};
use crate::reference::Double;
use crate::tolerance::{self, Row};

/// Calls a macro with all losses of one prediction and one target: the stem of a loss, its
/// type, and `E` in brackets if that has the element type for a parameter.
///
/// ```
/// use gradstep_check::catalogue::{self, LossEntry};
/// use gradstep_check::laws::pointwise::derivative_is_the_slope;
///
/// macro_rules! check {
///     ($($stem:ident $loss:ident [$($E:ident)?])*) => {$(
///         let usual = <catalogue::$loss $(<$E>)? as LossEntry<E>>::usual();
///         derivative_is_the_slope::<E, _>(usual)?;
///     )*};
/// }
/// type E = f64;
/// gradstep_check::losses!(check);
/// # Ok::<(), gradstep_check::Failure>(())
/// ```
#[macro_export]
macro_rules! losses {
    ($each:ident) => {
        $each! {
            mse Mse []
            l1 L1 []
            log_cosh LogCosh []
            smooth_l1 SmoothL1 [E]
            huber Huber [E]
            quantile Quantile [E]
            binary_cross_entropy BinaryCrossEntropy [E]
            binary_cross_entropy_with_logits BinaryCrossEntropyWithLogits [E]
            focal Focal [E]
            squared_hinge SquaredHinge []
            modified_huber ModifiedHuber []
            poisson Poisson []
            gamma Gamma []
            tweedie Tweedie [E]
            kl_divergence KlDivergence []
        }
    };
}

/// As [`losses!`](crate::losses), with those that have a second derivative.
///
/// ```
/// use gradstep_check::catalogue::{self, LossEntry};
/// use gradstep_check::laws::pointwise::second_is_the_slope;
///
/// macro_rules! check {
///     ($($stem:ident $loss:ident [$($E:ident)?])*) => {$(
///         let usual = <catalogue::$loss $(<$E>)? as LossEntry<E>>::usual();
///         second_is_the_slope::<E, _>(usual)?;
///     )*};
/// }
/// type E = f64;
/// gradstep_check::curved_losses!(check);
/// # Ok::<(), gradstep_check::Failure>(())
/// ```
#[macro_export]
macro_rules! curved_losses {
    ($each:ident) => {
        $each! {
            mse Mse []
            log_cosh LogCosh []
            smooth_l1 SmoothL1 [E]
            huber Huber [E]
            binary_cross_entropy_with_logits BinaryCrossEntropyWithLogits [E]
            squared_hinge SquaredHinge []
            modified_huber ModifiedHuber []
            poisson Poisson []
            gamma Gamma []
            tweedie Tweedie [E]
        }
    };
}

/// A loss of one prediction and one target.
pub trait LossEntry<E: Number>: ReferencedLoss<E> {
    /// Whether predictions and targets are between 0 and 1.
    const UNIT: [bool; 2] = [false; 2];
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

    /// With parameters that are drawn; `None` where they are refused, as they should be.
    fn draw(_number: &mut dyn FnMut() -> E) -> Option<Self> {
        Some(Self::usual())
    }
}

/// As [`losses!`](crate::losses), with all proximal operators of single elements.
///
/// ```
/// use gradstep_check::catalogue::{self, OperatorEntry};
/// use gradstep_check::laws::proximal::it_keeps_the_order;
///
/// macro_rules! check {
///     ($($stem:ident $operator:ident [$E:ident])*) => {$(
///         it_keeps_the_order(<catalogue::$operator<$E> as OperatorEntry<$E>>::usual())?;
///     )*};
/// }
/// type E = f32;
/// gradstep_check::operators!(check);
/// # Ok::<(), gradstep_check::Failure>(())
/// ```
#[macro_export]
macro_rules! operators {
    ($each:ident) => {
        $each! {
            soft_threshold SoftThreshold [E]
            nonnegative_soft_threshold NonnegativeSoftThreshold [E]
            elastic_net ElasticNet [E]
            box_constraint BoxConstraint [E]
            hard_threshold HardThreshold [E]
        }
    };
}

/// A proximal operator of single elements, without exponential or logarithm.
pub trait OperatorEntry<E: Number>: ReferencedOperator<E> {
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

    /// With parameters that are drawn; `None` where they are refused, as they should be.
    fn draw(number: &mut dyn FnMut() -> E) -> Option<Self>;
}

macro_rules! tolerances_of_operators {
    ($($stem:ident $operator:ident [$E:ident])*) => {
        /// Those of all operators.
        pub(crate) const OPERATORS: &[&[Row]] =
            &[$(<$operator<f32> as OperatorEntry<f32>>::TOLERANCES),*];
    };
}
operators!(tolerances_of_operators);

macro_rules! tolerances {
    ($($stem:ident $loss:ident [$($E:ident)?])*) => {
        /// Those of all losses.
        pub(crate) const LOSSES: &[&[Row]] = &{
            type E = f32;
            [$(<$loss $(<$E>)? as LossEntry<E>>::TOLERANCES),*]
        };
    };
}
losses!(tolerances);

/// Value and derivative within the tolerances of an operation.
fn within<E: Number>(operation: &str, (value, derivative): (Double, Double)) -> [Exact; 2] {
    let ulps = |output| tolerance::ulps(operation, output, E::FORMAT);
    [Exact::new(value, ulps("value")), Exact::new(derivative, ulps("derivative"))]
}

/// The same of a difference, unless it overflows: then it is infinite by definition, and the
/// reference subtracts exactly.
fn of_difference<E: Number>(
    operation: &str,
    prediction: E,
    target: E,
    exact: impl Fn(f64, f64) -> (Double, Double),
) -> Option<[Exact; 2]> {
    let overflows = prediction.finite() && target.finite() && !(prediction - target).finite();
    let pair = || exact(prediction.to_f64(), target.to_f64());
    (!overflows).then(|| within::<E>(operation, pair()))
}

/// 0, 1, or between.
fn label<E: Number>(random: &mut Random) -> E {
    match random.below(4) {
        0 => E::ZERO,
        1 => E::ONE,
        _ => random.ordinary(0.0, 1.0),
    }
}

fn is_label<E: Number>(y: E) -> bool {
    y.is_nan() || (y >= E::ZERO && y <= E::ONE)
}

/// A result whose roundings count in ULPs of its largest term.
fn of_term<E: Number>(operation: &str, output: &str, value: Double, term: Double) -> Exact {
    let ulps = tolerance::ulps(operation, output, E::FORMAT);
    Exact { magnitude: if value.is_nan() { value } else { term }, ..Exact::new(value, ulps) }
}

/// What is far from the largest number of the type.
fn most<E: Number>() -> f64 {
    E::LARGEST.to_f64() * 0.125
}

/// Whether it is a normal number of the type and far from the largest.
fn is_ordinary<E: Number>(x: Double) -> bool {
    x.abs() >= E::MIN_POSITIVE.to_f64() && x.abs() < most::<E>()
}

/// Whether the exact and the rounded difference are on the same side of a bound.
fn far_from<E: Number>(d: f64, bound: E) -> bool {
    let bound = bound.to_f64();
    d.is_nan() || (d.abs() - bound).abs() > bound * 1e-6
}

/// A label of -1 or 1. NaN stays NaN.
fn sign<E: Number>(y: E) -> E {
    if y.is_nan() {
        y
    } else if y < E::ZERO {
        -E::ONE
    } else {
        E::ONE
    }
}

/// Whether it is such a label, or NaN.
fn is_sign<E: Number>(y: E) -> bool {
    y.is_nan() || y == sign(y)
}

/// A finite number of at least 0. NaN stays NaN.
fn count<E: Number>(y: E) -> E {
    if y.is_nan() {
        y
    } else if y.finite() {
        not_negative(y)
    } else {
        E::ONE
    }
}
