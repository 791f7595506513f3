//! What a run of all laws found.

use crate::{Failure, Outcome};
use gradstep::Level;
use std::error::Error;
use std::fmt::{self, Debug, Display, Formatter};

/// What holds and what does not, law by law.
///
/// Printed, with `{}` and with `{:?}` alike, it is a line for each law. A check that fails
/// returns it as its error, so `?` and `unwrap` print it.
///
/// ```
/// use gradstep::kernels::ops::Mse;
///
/// let report = gradstep_check::pointwise(Mse).run()?;
/// assert!(report.failures().is_empty());
/// assert!(report.to_string().contains("holds the derivative is the slope of the value in f32"));
/// # Ok::<(), gradstep_check::Report>(())
/// ```
#[derive(Clone)]
pub struct Report {
    subject: String,
    held: Vec<String>,
    failures: Vec<Failure>,
}

impl Report {
    /// Of a formula, which runs on every level.
    pub(crate) fn new(subject: &impl Debug) -> Self {
        let levels: Vec<_> = Level::available().map(Level::name).collect();
        Self::of(format!("{subject:?} on {}", levels.join(", ")))
    }

    pub(crate) fn of(subject: String) -> Self {
        Report { subject, held: Vec::new(), failures: Vec::new() }
    }

    /// Adds a law and whether it holds.
    pub(crate) fn law(&mut self, law: &str, outcome: Outcome) {
        match outcome {
            Ok(()) => self.held.push(law.to_owned()),
            Err(failure) => self.failures.push(failure),
        }
    }

    /// An error where anything failed.
    pub(crate) fn result(self) -> Result<Self, Self> {
        if self.failures.is_empty() { Ok(self) } else { Err(self) }
    }

    /// The laws that do not hold.
    #[must_use]
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.subject)?;
        for law in &self.held {
            writeln!(f, "  holds {law}")?;
        }
        for failure in &self.failures {
            writeln!(f, "  FAILS {failure}")?;
        }
        Ok(())
    }
}

impl Debug for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl Error for Report {}
