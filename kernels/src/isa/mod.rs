//! THE table of instruction sets, best first, and the only dispatch.
//!
//! `unsafe`, `core::arch` and `target_feature` stand in this folder and nowhere
//! else. Adding an instruction set is one file, one `mod` line and one row.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod in_out;
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
        enum Row { $($level,)* }

        impl Level {
            /// The names that `GRADSTEP_MAX_LEVEL` knows, best first.
            const NAMES: &[&str] = &[$($name,)*];

            /// The best level of this machine, no better than the environment
            /// variable `GRADSTEP_MAX_LEVEL` (`scalar`, `portable`, `avx2` or
            /// `avx512`; feature `std`) allows. The variable is read once, and
            /// one that names no level is ignored.
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
                    if Row::$level as usize >= cap
                        && let Some(isa) = $module::$level::detect()
                    {
                        return isa.into();
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
                    $module::$level::detect().map(Level::from),
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
    #[cfg(target_arch = "x86_64")] Avx512 = "avx512" => avx512;
    #[cfg(target_arch = "x86_64")] Avx2 = "avx2" => avx2;
    Portable = "portable" => portable;
    Scalar = "scalar" => scalar;
}

impl fmt::Debug for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The first row of the table that [`Level::best`] may choose.
#[cfg(feature = "std")]
#[inline]
fn cap() -> usize {
    use std::sync::OnceLock;
    static CAP: OnceLock<usize> = OnceLock::new();
    *CAP.get_or_init(|| {
        let name = std::env::var("GRADSTEP_MAX_LEVEL").unwrap_or_default();
        Level::NAMES.iter().position(|n| *n == name).unwrap_or(0)
    })
}

/// Without an environment there is no cap.
#[cfg(not(feature = "std"))]
#[inline]
fn cap() -> usize {
    let _ = Level::NAMES;
    0
}

/// Returns `x`, of which the compiler then knows nothing. It would unroll a loop whose bound
/// it knew.
#[inline(always)]
pub(crate) fn opaque(x: usize) -> usize {
    // Miri runs no assembly.
    #[cfg(all(
        any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64"),
        not(miri)
    ))]
    {
        let mut x = x;
        // SAFETY: no instruction at all.
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

/// Asks the caches for what lies `ahead` bytes behind a place, whether or not that is memory
/// of anybody.
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

/// The operators of a register, from its methods of two registers.
macro_rules! operators {
    ([$($generics:tt)*] $lanes:ty, $float:ident) => {
        $crate::isa::operators!(@ [$($generics)*] $lanes, $float, Add add = sum);
        $crate::isa::operators!(@ [$($generics)*] $lanes, $float, Sub sub = difference);
        $crate::isa::operators!(@ [$($generics)*] $lanes, $float, Mul mul = product);
        $crate::isa::operators!(@ [$($generics)*] $lanes, $float, Div div = quotient);

        impl<$($generics)*> core::ops::Neg for $lanes {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                self.xor_bits(self.splat(-0.0))
            }
        }
    };
    (@ [$($generics:tt)*] $lanes:ty, $float:ident, $operator:ident $method:ident = $function:ident) => {
        impl<$($generics)*> core::ops::$operator for $lanes {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                self.$function(other)
            }
        }

        impl<$($generics)*> core::ops::$operator<$float> for $lanes {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: $float) -> Self {
                self.$function(self.splat(other))
            }
        }
    };
}
pub(crate) use operators;

/// The methods that [`operators`] asks for, where what the register holds has them itself.
macro_rules! plain_operators {
    ($($function:ident = $operator:tt;)*) => {$(
        #[inline(always)]
        fn $function(self, other: Self) -> Self {
            Self(self.0 $operator other.0, self.1)
        }
    )*};
}
pub(crate) use plain_operators;

/// The operators of a mask.
#[allow(unused_macros)] // where masks are integers
macro_rules! mask_operators {
    ($mask:ident) => {
        impl core::ops::BitAnd for $mask {
            type Output = Self;
            #[inline(always)]
            fn bitand(self, other: Self) -> Self {
                self.both(other)
            }
        }

        impl core::ops::BitOr for $mask {
            type Output = Self;
            #[inline(always)]
            fn bitor(self, other: Self) -> Self {
                self.either(other)
            }
        }

        impl core::ops::Not for $mask {
            type Output = Self;
            #[inline(always)]
            fn not(self) -> Self {
                self.opposite()
            }
        }
    };
}
pub(crate) use mask_operators;

/// The methods of [`Lanes`](crate::Lanes) that see a slice as registers in
/// memory; arrays make them the same on every level.
macro_rules! memory {
    ($float:ident) => {
        #[inline(always)]
        fn group(self) -> Self::Group {
            [self; _]
        }
        #[inline(always)]
        fn widen_group(group: Self::Group) -> Self::Wides {
            let mut wides: Self::Wides = [group[0].widen()[0]; _];
            let per_register = wides.len() / Self::GROUP;
            for (wides, register) in wides.chunks_exact_mut(per_register).zip(group) {
                wides.copy_from_slice(&register.widen());
            }
            wides
        }
        #[inline(always)]
        fn arrays(from: &[$float]) -> (&[Self::Array], &[$float]) {
            from.as_chunks()
        }
        #[inline(always)]
        fn arrays_mut(from: &mut [$float]) -> (&mut [Self::Array], &mut [$float]) {
            from.as_chunks_mut()
        }
        #[inline(always)]
        fn slots(from: &[$float]) -> (&[Self::Slot], &[$float]) {
            let (whole, rest) =
                from.split_at(from.len() - from.len() % (Self::LANES * Self::GROUP));
            (whole.as_chunks().0.as_chunks().0, rest)
        }
        #[inline(always)]
        fn slots_mut(from: &mut [$float]) -> (&mut [Self::Slot], &mut [$float]) {
            let whole = from.len() - from.len() % (Self::LANES * Self::GROUP);
            let (whole, rest) = from.split_at_mut(whole);
            (whole.as_chunks_mut().0.as_chunks_mut().0, rest)
        }
        #[inline(always)]
        fn to_array(self) -> Self::Array {
            let mut array: Self::Array = [0.0; _];
            self.store(&mut array);
            array
        }
    };
}
pub(crate) use memory;
