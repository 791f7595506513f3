//! Checks of formulas that are not ours.

mod activation;
mod pointwise;
mod proximal;
mod second;
mod update;

pub use activation::{ActivationCheck, activation};
pub use pointwise::{PointwiseCheck, pointwise};
pub use proximal::{ProximalCheck, proximal};
pub use update::{UpdateCheck, update};

use crate::laws::elementwise::{self, Operation};
use crate::numbers::Number;
use crate::report::Report;
use gradstep::Level;

/// The methods that run a check, for use in its `impl`: it has a field `formula`, of the type
/// `$formula`, and a method `laws`. `$one` is an example of a formula in one type alone.
macro_rules! runs {
    ($formula:ident: $bound:ident $(, $n:ident)?; $one:literal) => {
        /// Checks the formula in `f32` and in `f64`.
        ///
        /// # Errors
        ///
        /// A [`Report`](crate::Report) with what does not hold, and the smallest inputs that
        /// show it.
        pub fn run(self) -> Result<crate::Report, crate::Report>
        where
            $formula: $bound<f32 $(, $n)?> + $bound<f64 $(, $n)?> + std::fmt::Debug + 'static,
        {
            let mut report = crate::Report::new(&self.formula);
            self.laws::<f32>(&mut report);
            self.laws::<f64>(&mut report);
            report.result()
        }

        /// Checks it in one type: a formula whose parameters have that type.
        ///
        /// # Errors
        ///
        /// As [`run`](Self::run).
        ///
        /// ```
        #[doc = $one]
        /// println!("{}", check.run_in::<f32>()?);
        /// # Ok::<(), gradstep_check::Report>(())
        /// ```
        pub fn run_in<E: Number>(self) -> Result<crate::Report, crate::Report>
        where
            $formula: $bound<E $(, $n)?> + std::fmt::Debug + 'static,
        {
            let mut report = crate::Report::new(&self.formula);
            self.laws::<E>(&mut report);
            report.result()
        }
    };
}
use runs;

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
