//! How a call runs.

use gradstep_kernels::Level;

/// How a call runs: on which instruction set, and whether it may use threads.
///
/// Neither changes a result's bits, save for the choice of a level that does not
/// fuse multiplication and addition (see [`Level::fused`]).
///
/// ```
/// use gradstep::{Execution, Level, loss::Mse};
///
/// for level in Level::available() {
///     let mse = Mse::new().execution(Execution::new().level(level).sequential());
///     assert_eq!(mse.loss(&[1.0f32, 4.0], &[0.0, 2.0])?, 2.5);
/// }
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Execution {
    level: Option<Level>,
    sequential: bool,
}

impl Execution {
    /// The best level of the machine, and threads where they pay.
    #[must_use]
    pub const fn new() -> Self {
        Self { level: None, sequential: false }
    }

    /// Runs on `level`.
    #[must_use]
    pub const fn level(self, level: Level) -> Self {
        Self { level: Some(level), ..self }
    }

    /// Stays on the calling thread.
    #[must_use]
    pub const fn sequential(self) -> Self {
        Self { sequential: true, ..self }
    }

    /// The level that a call runs on.
    #[inline]
    pub(crate) fn chosen_level(self) -> Level {
        self.level.unwrap_or_else(best)
    }

    /// Whether threads are allowed.
    #[cfg(feature = "rayon")]
    pub(crate) fn may_use_threads(self) -> bool {
        !self.sequential
    }
}

/// Not inlined into every method of every operation.
#[inline(never)]
fn best() -> Level {
    Level::best()
}
