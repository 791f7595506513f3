//! What a check found.

use std::error::Error;
use std::fmt::{self, Debug, Display, Formatter};

/// A law that does not hold, with the smallest input that was found to break it.
///
/// Printed, with `{}` and with `{:?}` alike, it says in plain words which law, on which
/// input, and what came instead.
///
/// ```
/// use gradstep_check::Failure;
///
/// let failure = Failure::new("the derivative is the slope of the value", "3, not 2")
///     .at([("prediction", 1.0), ("target", 0.0)]);
/// assert_eq!(
///     failure.to_string(),
///     "the derivative is the slope of the value: at prediction = 1.0, target = 0.0: 3, not 2"
/// );
/// ```
#[derive(Clone)]
pub struct Failure {
    law: &'static str,
    input: Vec<(&'static str, f64)>,
    found: String,
}

/// What a law returns.
pub type Outcome = Result<(), Failure>;

impl Failure {
    /// A broken law, and what came instead of what it says.
    pub fn new(law: &'static str, found: impl Into<String>) -> Self {
        Failure { law, input: Vec::new(), found: found.into() }
    }

    /// The numbers that it broke on.
    #[must_use]
    pub fn at(self, input: impl IntoIterator<Item = (&'static str, f64)>) -> Self {
        Failure { input: input.into_iter().collect(), ..self }
    }

    /// The law.
    #[must_use]
    pub fn law(&self) -> &'static str {
        self.law
    }

    /// The numbers of the element that it broke on, with their names; none where it takes
    /// more than one element to break it.
    #[must_use]
    pub fn input(&self) -> &[(&'static str, f64)] {
        &self.input
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.law)?;
        for (i, (name, x)) in self.input.iter().enumerate() {
            write!(f, "{}{name} = {x:?}", if i == 0 { "at " } else { ", " })?;
        }
        write!(f, "{}{}", if self.input.is_empty() { "" } else { ": " }, self.found)
    }
}

impl Debug for Failure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl Error for Failure {}
