//! One lane of plain arithmetic: the meaning that every other level must match.

use crate::lanes::{Float, Isa, Lanes, Mask};
use crate::{Kernel, isa::Level};

/// One lane; every CPU has it.
///
/// On x86-64 it runs as [`ScalarFma`] where the CPU fuses, so that the correctly
/// rounded `fma` both stand for costs one instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scalar(());

impl Scalar {
    #[allow(clippy::unnecessary_wraps)] // every row of the table detects alike
    pub(super) fn detect() -> Option<Self> {
        Some(Scalar(()))
    }

    #[inline]
    pub(super) fn enter<K: Kernel>(self, kernel: K) -> K::Out {
        #[cfg(target_arch = "x86_64")]
        if let Some(isa) = fused::ScalarFma::detect() {
            return isa.enter(kernel);
        }
        kernel.run(self)
    }
}

impl From<Scalar> for Level {
    fn from(isa: Scalar) -> Self {
        Level::Scalar(isa)
    }
}

/// `a * b + c` rounded once.
trait Fma: Sized {
    fn fma(self, factor: Self, term: Self) -> Self;
}

macro_rules! fma {
    ($float:ident, $software:path) => {
        impl Fma for $float {
            #[inline(always)]
            fn fma(self, factor: Self, term: Self) -> Self {
                // aarch64 has the instruction in its baseline, and only std
                // reaches it; elsewhere a C library's fma is not to be trusted.
                #[cfg(all(feature = "std", target_arch = "aarch64"))]
                return self.mul_add(factor, term);
                #[cfg(not(all(feature = "std", target_arch = "aarch64")))]
                return $software(self, factor, term);
            }
        }
    };
}

fma!(f32, libm::fmaf);
fma!(f64, libm::fma);

impl Mask for bool {
    #[inline(always)]
    fn and(self, other: Self) -> Self {
        self & other
    }
    #[inline(always)]
    fn or(self, other: Self) -> Self {
        self | other
    }
    #[inline(always)]
    fn not(self) -> Self {
        !self
    }
    #[inline(always)]
    fn any(self) -> bool {
        self
    }
    #[inline(always)]
    fn count(self) -> usize {
        self.into()
    }
}

macro_rules! one_lane {
    ($vis:vis $isa:ident, $f32:ident, $f64:ident, $fmaf:expr, $fma:expr) => {
        impl Isa for $isa {
            const FUSED: bool = true;
            type F32 = $f32;
            type F64 = $f64;
        }
        one_lane!($vis $isa, $f32, $f64, f32, u32, 32, libm::sqrtf, $fmaf);
        one_lane!($vis $isa, $f64, $f64, f64, u64, 16, libm::sqrt, $fma);
    };
    ($vis:vis $isa:ident, $lanes:ident, $wide:ident, $float:ident, $bits:ident, $group:literal, $sqrt:path, $fma:expr) => {
        #[doc = concat!("One `", stringify!($float), "`.")]
        #[derive(Clone, Copy, Debug)]
        $vis struct $lanes($float, $isa);

        impl $lanes {
            #[inline(always)]
            fn of_bits(self, bits: $bits) -> Self {
                $lanes($float::from_bits(bits), self.1)
            }
        }

        impl Lanes for $lanes {
            type Elem = $float;
            type Isa = $isa;
            type Mask = bool;
            type Array = [$float; 1];
            type Slot = [[$float; 1]; $group];
            type Group = [Self; $group];
            type Wide = [$wide; 1];
            type Wides = [$wide; $group];
            const LANES: usize = 1;
            const GROUP: usize = $group;

            $crate::isa::memory!($float);

            #[inline(always)]
            fn isa(self) -> $isa {
                self.1
            }
            #[inline(always)]
            fn splat(isa: $isa, x: $float) -> Self {
                $lanes(x, isa)
            }
            #[inline(always)]
            fn load(isa: $isa, from: &[$float; 1]) -> Self {
                $lanes(from[0], isa)
            }
            #[inline(always)]
            fn store(self, to: &mut [$float; 1]) {
                to[0] = self.0;
            }
            #[inline(always)]
            fn widen(self) -> [$wide; 1] {
                [$wide(self.0.into(), self.1)]
            }
            #[inline(always)]
            fn narrow([wide]: [$wide; 1]) -> Self {
                $lanes(Float::from_f64(wide.0), wide.1)
            }
            #[inline(always)]
            fn load_partial(from: &[$float], fill: Self) -> Self {
                from.first().map_or(fill, |x| $lanes(*x, fill.1))
            }
            #[inline(always)]
            fn store_partial(self, to: &mut [$float]) {
                if let Some(to) = to.first_mut() {
                    *to = self.0;
                }
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                $lanes(self.0 + other.0, self.1)
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                $lanes(self.0 - other.0, self.1)
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                $lanes(self.0 * other.0, self.1)
            }
            #[inline(always)]
            fn div(self, other: Self) -> Self {
                $lanes(self.0 / other.0, self.1)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                $lanes($sqrt(self.0), self.1)
            }
            #[inline(always)]
            fn mul_add(self, factor: Self, term: Self) -> Self {
                $lanes($fma(self.0, factor.0, term.0), self.1)
            }
            #[inline(always)]
            fn neg_mul_add(self, factor: Self, term: Self) -> Self {
                $lanes($fma(-self.0, factor.0, term.0), self.1)
            }
            #[inline(always)]
            fn min_or_self(self, other: Self) -> Self {
                if other.0 < self.0 { other } else { self }
            }
            #[inline(always)]
            fn max_or_self(self, other: Self) -> Self {
                if other.0 > self.0 { other } else { self }
            }
            #[inline(always)]
            fn lt(self, other: Self) -> bool {
                self.0 < other.0
            }
            #[inline(always)]
            fn le(self, other: Self) -> bool {
                self.0 <= other.0
            }
            #[inline(always)]
            fn eq(self, other: Self) -> bool {
                self.0 == other.0
            }
            #[inline(always)]
            fn select(mask: bool, yes: Self, no: Self) -> Self {
                if mask { yes } else { no }
            }
            #[inline(always)]
            fn keep_first(self, count: usize) -> Self {
                if count == 0 { $lanes(0.0, self.1) } else { self }
            }
            #[inline(always)]
            fn keep_where(self, mask: bool) -> Self {
                if mask { self } else { $lanes(0.0, self.1) }
            }
            #[inline(always)]
            fn zero_where(self, mask: bool) -> Self {
                if mask { $lanes(0.0, self.1) } else { self }
            }
            #[inline(always)]
            fn and_bits(self, other: Self) -> Self {
                self.of_bits(self.0.to_bits() & other.0.to_bits())
            }
            #[inline(always)]
            fn or_bits(self, other: Self) -> Self {
                self.of_bits(self.0.to_bits() | other.0.to_bits())
            }
            #[inline(always)]
            fn xor_bits(self, other: Self) -> Self {
                self.of_bits(self.0.to_bits() ^ other.0.to_bits())
            }
            #[inline(always)]
            fn add_bits(self, other: Self) -> Self {
                self.of_bits(self.0.to_bits().wrapping_add(other.0.to_bits()))
            }
            #[inline(always)]
            fn sub_bits(self, other: Self) -> Self {
                self.of_bits(self.0.to_bits().wrapping_sub(other.0.to_bits()))
            }
            #[inline(always)]
            fn low_to_exponent(self) -> Self {
                self.of_bits(self.0.to_bits() << $float::MANTISSA_BITS)
            }
            #[inline(always)]
            fn exponent_to_low(self) -> Self {
                self.of_bits(self.0.to_bits() >> $float::MANTISSA_BITS)
            }
        }
    };
}

one_lane!(pub Scalar, F32x1, F64x1, f32::fma, f64::fma);

#[cfg(target_arch = "x86_64")]
mod fused {
    use super::{Float, Isa, Kernel, Lanes};
    use core::arch::x86_64 as x86;

    cpufeatures::new!(has_fma, "fma");

    /// [`Scalar`](super::Scalar) on a CPU that has been seen to have FMA.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct ScalarFma(());

    impl ScalarFma {
        #[inline]
        pub(super) fn detect() -> Option<Self> {
            has_fma::get().then_some(ScalarFma(()))
        }

        #[inline]
        pub(super) fn enter<K: Kernel>(self, kernel: K) -> K::Out {
            #[target_feature(enable = "fma")]
            fn inner<K: Kernel>(isa: ScalarFma, kernel: K) -> K::Out {
                kernel.run(isa)
            }
            // SAFETY: the field is private and `detect` alone makes a
            // `ScalarFma`, so this CPU has the feature that `inner` enables.
            unsafe { inner(self, kernel) }
        }
    }

    macro_rules! one_instruction {
        ($name:ident, $float:ident, $set:ident, $fma:ident, $get:ident) => {
            #[inline(always)]
            fn $name(a: $float, b: $float, c: $float) -> $float {
                #[inline]
                #[target_feature(enable = "fma")]
                fn call(a: $float, b: $float, c: $float) -> $float {
                    x86::$get(x86::$fma(x86::$set(a), x86::$set(b), x86::$set(c)))
                }
                // SAFETY: used by the lanes of `ScalarFma` alone, each of which
                // holds the token that `ScalarFma::detect` made.
                unsafe { call(a, b, c) }
            }
        };
    }

    one_instruction!(fma32, f32, _mm_set_ss, _mm_fmadd_ss, _mm_cvtss_f32);
    one_instruction!(fma64, f64, _mm_set_sd, _mm_fmadd_sd, _mm_cvtsd_f64);
    one_lane!(pub(crate) ScalarFma, F32x1Fma, F64x1Fma, fma32, fma64);
}
