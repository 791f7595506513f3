//! Checks of formulas that are not ours.

mod activation;
mod pointwise;
mod proximal;
mod second;

pub use activation::{ActivationCheck, activation};
pub use pointwise::{PointwiseCheck, pointwise};
pub use proximal::{ProximalCheck, proximal};

use crate::laws::elementwise::{self, Operation};
use crate::numbers::Number;
use crate::report::Report;
use gradstep::Level;

/// Elements that spread over several threads where each of them is worth one.
#[cfg(feature = "rayon")]
const SEVERAL_LEAVES: usize = 3 * 65_536 + 5;

/// What holds for every operation whose elements do not know each other; `costly` is one
/// whose every element is worth a thread.
fn elements<E: Number, O: Operation<E>, C: Operation<E>>(
    report: &mut Report,
    operation: O,
    costly: C,
) {
    let name = |law: &str| format!("{law} in {}", E::FORMAT);
    report.law(
        &name("NaN in an argument is NaN in its result alone"),
        elementwise::nan_stays_in_its_place(operation),
    );
    report.law(
        &name("an element's result does not depend on its place"),
        elementwise::place_does_not_matter(operation),
    );
    report.law(
        &name("nor on length, 0 to 257, and offset"),
        elementwise::every_length_and_offset(operation, [0, 1, 7, 32, 63]),
    );
    let lengths = [1, 31, 1023, 4097];
    report.law(
        &name("levels that fuse agree to the bit"),
        elementwise::agree_on(operation, lengths, Level::fused),
    );
    if elementwise::agree_on(operation, lengths, |_| true).is_ok() {
        report.law(&name("so do all others"), Ok(()));
    }
    #[cfg(feature = "rayon")]
    report
        .law(&name("threads agree to the bit"), elementwise::threads_agree(costly, SEVERAL_LEAVES));
    #[cfg(not(feature = "rayon"))]
    let _ = costly;
}
