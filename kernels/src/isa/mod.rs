//! THE table of instruction sets, best first, and the only dispatch.
//!
//! `unsafe`, `core::arch` and `target_feature` stand in this folder and nowhere
//! else. Adding an instruction set is one file, one `mod` line and one row.

mod all_bits;
#[cfg(target_arch = "x86_64")]
mod avx;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(avx512)]
mod avx512;
mod in_out;
mod methods;
#[cfg(target_arch = "x86_64")]
mod pair;
mod portable;
mod scalar;
mod scratch;

pub use in_out::InOut;
pub(crate) use in_out::RegisterGroups;
pub(crate) use scratch::Scratch;

use crate::Kernel;
use core::fmt;

macro_rules! isa_table {
    ($($(#[$cfg:meta])? $level:ident = $name:literal => $module:ident;)*) => {
        /// An instruction set that this CPU has.
        ///
        /// The tokens inside have private fields and are made by detection
        /// alone, so safe code can't run what the CPU lacks.
        #[derive(Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Level {
            $(
                #[doc = concat!("`", $name, "`")]
                $(#[$cfg])?
                $level($module::$level),
            )*
        }

        /// Positions in the table, to compare with the cap.
        #[allow(dead_code)] // a row of another architecture
        enum Position { $($level,)* }

        impl Level {
            /// The names that `GRADSTEP_MAX_LEVEL` knows, best first.
            const NAMES: &[&str] = &[$($name,)*];

            /// The best level of this machine, no better than the environment
            /// variable `GRADSTEP_MAX_LEVEL` (`scalar`, `portable`, `avx2` or
            /// `avx512`; feature `std`) allows. The variable is read once; one that
            /// names no level is ignored, with a line on standard error.
            ///
            /// A debug build does without `avx512`, which gives the results of `avx2` and
            /// would be a quarter of that build; the feature `debug-avx512` brings it.
            ///
            /// ```
            /// let level = gradstep_kernels::Level::best();
            /// assert!(gradstep_kernels::Level::available().any(|each| each == level));
            /// ```
            #[must_use]
            #[inline]
            pub fn best() -> Self {
                let cap = cap();
                $(
                    $(#[$cfg])?
                    if Position::$level as usize >= cap
                        && let Some(isa) = $module::$level::detect()
                    {
                        return Level::$level(isa);
                    }
                )*
                unreachable!("every CPU has the last row")
            }

            /// Every level of this machine, best first, whatever the cap.
            ///
            /// ```
            /// use gradstep_kernels::Level;
            /// assert!(Level::available().any(|level| level.name() == "scalar"));
            /// ```
            pub fn available() -> impl Iterator<Item = Self> {
                [$(
                    $(#[$cfg])?
                    $module::$level::detect().map(Level::$level),
                )*]
                .into_iter()
                .flatten()
            }

            /// The level's name, as `GRADSTEP_MAX_LEVEL` spells it.
            ///
            /// ```
            /// let best = gradstep_kernels::Level::best();
            /// println!("running on {}", best.name());
            /// ```
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $($(#[$cfg])? Level::$level(_) => $name,)*
                }
            }

            /// Whether [`Lanes::mul_add`](crate::Lanes::mul_add) rounds once here. Levels
            /// that fuse give the same bits for every kernel; all levels do for
            /// kernels without an exponential or a logarithm.
            ///
            /// ```
            /// use gradstep_kernels::Level;
            /// let scalar = Level::available().find(|level| level.name() == "scalar");
            /// assert!(scalar.is_some_and(Level::fused));
            /// ```
            #[must_use]
            pub const fn fused(self) -> bool {
                use crate::lanes::Isa;
                match self {
                    $($(#[$cfg])? Level::$level(_) => <$module::$level as Isa>::FUSED,)*
                }
            }

            /// Runs a kernel on this level.
            #[inline]
            pub fn dispatch<K: Kernel>(self, kernel: K) -> K::Out {
                match self {
                    $($(#[$cfg])? Level::$level(isa) => isa.enter(kernel),)*
                }
            }
        }
    };
}

isa_table! {
    #[cfg(avx512)] Avx512 = "avx512" => avx512;
    #[cfg(target_arch = "x86_64")] Avx2 = "avx2" => avx2;
    Portable = "portable" => portable;
    Scalar = "scalar" => scalar;
}

impl fmt::Debug for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The level of that name, which this machine must have.
///
/// ```
/// use gradstep_kernels::Level;
///
/// assert_eq!("portable".parse().map(Level::name), Ok("portable"));
/// assert!("sse9".parse::<Level>().is_err());
/// ```
impl core::str::FromStr for Level {
    type Err = NoSuchLevel;

    fn from_str(name: &str) -> Result<Self, NoSuchLevel> {
        Level::available().find(|level| level.name() == name).ok_or(NoSuchLevel)
    }
}

/// This machine has no level of the name that was parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoSuchLevel;

impl fmt::Display for NoSuchLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a level must be one that this machine has:")?;
        Level::available().try_for_each(|level| write!(f, " {}", level.name()))
    }
}

impl core::error::Error for NoSuchLevel {}

/// The first row of the table that [`Level::best`] may choose.
#[cfg(feature = "std")]
#[inline]
fn cap() -> usize {
    use std::sync::OnceLock;
    static CAP: OnceLock<usize> = OnceLock::new();
    *CAP.get_or_init(|| {
        let Some(name) = std::env::var_os("GRADSTEP_MAX_LEVEL").filter(|name| !name.is_empty())
        else {
            return 0;
        };
        Level::NAMES.iter().position(|known| name == **known).unwrap_or_else(|| {
            std::eprintln!("gradstep: GRADSTEP_MAX_LEVEL={name:?} is none of {:?}", Level::NAMES);
            0
        })
    })
}

/// Without an environment there is no cap.
#[cfg(not(feature = "std"))]
#[inline]
fn cap() -> usize {
    let _ = Level::NAMES;
    0
}

/// Hides the value of `x` from the compiler, which would unroll a loop whose bound it knows.
#[inline(always)]
pub(crate) fn opaque(x: usize) -> usize {
    // Miri runs no assembly.
    #[cfg(all(
        any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64"),
        not(miri)
    ))]
    {
        let mut x = x;
        // SAFETY: the assembly is a comment, without an instruction.
        unsafe {
            core::arch::asm!("/* {0} */", inout(reg) x, options(pure, nomem, nostack, preserves_flags));
        }
        x
    }
    #[cfg(any(
        not(any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64")),
        miri
    ))]
    core::hint::black_box(x)
}

/// Asks the caches for the memory `ahead` bytes after `place`, if there is any.
#[inline(always)]
pub(crate) fn fetch<T>(place: *const T, ahead: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let address = place.cast::<i8>().wrapping_add(ahead);
        // SAFETY: every x86-64 CPU has SSE, and a prefetch reads nothing and never faults.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (place, ahead);
}
