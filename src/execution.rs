//! On which instruction set a call runs, and whether on threads.

use crate::settings::{getters, stored};
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

    getters! {
        "Execution::new().sequential()":
        get_level -> Option<Level> = |this| this.level, "None";
        get_sequential -> bool = |this| this.sequential, "true";
    }

    /// The level that a call runs on.
    #[inline]
    pub(crate) fn chosen_level(self) -> Level {
        self.level.unwrap_or_else(best)
    }

    /// Whether threads are allowed.
    pub(crate) const fn may_use_threads(self) -> bool {
        cfg!(feature = "rayon") && !self.sequential
    }
}

// A level by its name, read where the machine has it.
stored!([] Execution, |this| {
    level: Option<alloc::string::String> = this.level.map(|level| level.name().into()),
    #[serde(default)]
    sequential: bool = this.sequential,
} => {
    let level = match level.map(|name| name.parse()) {
        None => None,
        Some(Ok(level)) => Some(level),
        Some(Err(_)) => {
            let reason = "this machine has no level of that name";
            return Err(crate::Error::Conflict { option: "level", reason });
        }
    };
    Ok(Self { level, sequential })
});

/// Not inlined into every method of every operation.
#[inline(never)]
fn best() -> Level {
    Level::best()
}

/// The method that sets a field of type [`Execution`]. Its example makes a value by `$new`
/// and `$then` uses it as `alone`.
macro_rules! execution {
    ($($field:ident).+, $new:expr, $then:literal) => {
        /// Sets how to run.
        ///
        /// ```
        /// use gradstep::Execution;
        ///
        #[doc = concat!("let value = gradstep::", $new, ";")]
        /// let alone = value.execution(Execution::new().sequential());
        #[doc = $then]
        /// # Ok::<(), gradstep::Error>(())
        /// ```
        #[must_use]
        pub fn execution(mut self, execution: $crate::Execution) -> Self {
            self.$($field).+ = execution;
            self
        }
    };
}
pub(crate) use execution;
