//! Checks of anybody's kernels: losses as plain functions on slices, beside the references.
//!
//! What they return is a mean, as most crates' losses do, and they write the gradient of
//! that mean. Nothing is asked of a crate but such a function, so this is how candle, burn
//! or your own code is held against the same references as gradstep's kernels.
//!
//! ```
//! use gradstep_check::{reference, slices};
//!
//! // As it is written most often, with a gradient that is off by a factor where they differ
//! // by less than 1.
//! let smooth_l1 = |prediction: &[f32], target: &[f32], grad: &mut [f32]| {
//!     let n = prediction.len() as f32;
//!     let mut sum = 0.0;
//!     for ((p, t), g) in prediction.iter().zip(target).zip(grad) {
//!         let d = p - t;
//!         (sum, *g) = if d.abs() < 1.0 {
//!             (sum + 0.5 * d * d, 2.0 * d / n)
//!         } else {
//!             (sum + d.abs() - 0.5, d.signum() / n)
//!         };
//!     }
//!     f64::from(sum / n)
//! };
//! let exact = |p, t| reference::pointwise::smooth_l1(p, t, 1.0);
//! let report = slices::loss("my smooth_l1", smooth_l1, exact).run().unwrap_err();
//! let failure = &report.failures()[0];
//! assert_eq!(failure.law(), "ordinary numbers are exact but for roundings");
//! assert_eq!(failure.input(), [("prediction", 0.5), ("target", 0.0)]);
//! ```

mod cross_entropy;
mod loss;

pub use cross_entropy::{CrossEntropyCheck, cross_entropy};
pub use loss::{LossCheck, loss};

use crate::{Failure, Outcome};

/// The largest error so far that was allowed, or the first that was not.
struct Errors {
    law: &'static str,
    allowed: f64,
    worst: f64,
}

impl Errors {
    fn new(law: &'static str, allowed: f64) -> Self {
        Errors { law, allowed, worst: 0.0 }
    }

    /// Whether an error, in ULPs, is allowed; if so, it counts.
    fn allows(&mut self, ulps: f64) -> bool {
        let allowed = ulps <= self.allowed;
        if allowed {
            self.worst = self.worst.max(ulps);
        }
        allowed
    }

    /// The law with the largest error.
    fn text(&self) -> String {
        format!("{}: at most {:.2} ULP", self.law, self.worst)
    }
}

/// A law about NaN.
fn nan_stays(law: &'static str, holds: bool, found: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(Failure::new(law, found())) }
}
