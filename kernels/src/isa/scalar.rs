//! One lane of plain arithmetic: the meaning that every other level must match, and the
//! fallback where there is no SIMD. It may be slow and must be small: loops are not
//! unrolled, and a fused multiply-add is a call.

use super::methods::{arrays, comparisons, methods, operators};
use crate::Kernel;
use crate::lanes::{Float, Isa, Lanes, Mask};

/// One lane; every CPU has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scalar(());

impl Scalar {
    pub(super) fn detect() -> Option<Self> {
        Some(Scalar(()))
    }

    // A function of its own, so that the way to better levels stays short.
    #[inline(never)]
    pub(super) fn enter<K: Kernel>(self, kernel: K) -> K::Out {
        kernel.run(self)
    }
}

/// `a * b + c` rounded once: by an instruction where the CPU has one, else in software.
#[cfg(target_arch = "x86_64")]
mod fma {
    use core::arch::x86_64::*;

    cpufeatures::new!(has_fma, "fma");

    macro_rules! fma {
        ($name:ident, $float:ident, $set:ident, $fmadd:ident, $get:ident, $software:path) => {
            // Not inlined, for code size: formulas call it often.
            #[inline(never)]
            pub(super) fn $name(a: $float, b: $float, c: $float) -> $float {
                #[inline]
                #[target_feature(enable = "fma")]
                fn instruction(a: $float, b: $float, c: $float) -> $float {
                    $get($fmadd($set(a), $set(b), $set(c)))
                }
                if has_fma::get() {
                    // SAFETY: the line above has seen that this CPU has the feature.
                    return unsafe { instruction(a, b, c) };
                }
                $software(a, b, c)
            }
        };
    }

    fma!(f32, f32, _mm_set_ss, _mm_fmadd_ss, _mm_cvtss_f32, libm::fmaf);
    fma!(f64, f64, _mm_set_sd, _mm_fmadd_sd, _mm_cvtsd_f64, libm::fma);
}

/// aarch64 has the instruction in its baseline, and only std reaches it.
#[cfg(all(feature = "std", target_arch = "aarch64"))]
mod fma {
    pub(super) fn f32(a: f32, b: f32, c: f32) -> f32 {
        a.mul_add(b, c)
    }
    pub(super) fn f64(a: f64, b: f64, c: f64) -> f64 {
        a.mul_add(b, c)
    }
}

/// Not that of the C library, which is not exact on every system.
#[cfg(not(any(target_arch = "x86_64", all(feature = "std", target_arch = "aarch64"))))]
mod fma {
    pub(super) use libm::{fma as f64, fmaf as f32};
}

impl Isa for Scalar {
    const FUSED: bool = true;
    const ROLLED: bool = true;
    type F32 = F32x1;
    type F64 = F64x1;

    #[inline(always)]
    fn dispatch<K: Kernel>(self, kernel: K) -> K::Out {
        self.enter(kernel)
    }
}

impl Mask for bool {
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
    ($lanes:ident, $float:ident, $group:literal, $sqrt:path) => {
        #[doc = concat!("One `", stringify!($float), "`.")]
        #[derive(Clone, Copy, Debug)]
        pub struct $lanes($float, Scalar);

        operators! {
            [] $lanes, $float:
            Add add(self, other) = Self(self.0 + other.0, self.1);
            Sub sub(self, other) = Self(self.0 - other.0, self.1);
            Mul mul(self, other) = Self(self.0 * other.0, self.1);
            Div div(self, other) = Self(self.0 / other.0, self.1);
        }

        impl Lanes for $lanes {
            arrays!(Scalar, bool, [$float; 1], $group, 1);
            methods! {
                sqrt(self) = $sqrt(self.0);
                mul_add(self, factor, term) = fma::$float(self.0, factor.0, term.0);
                neg_mul_add(self, factor, term) = fma::$float(-self.0, factor.0, term.0);
                min_or_self(self, other) = if other.0 < self.0 { other.0 } else { self.0 };
                max_or_self(self, other) = if other.0 > self.0 { other.0 } else { self.0 };
                and_bits(self, other) = $float::from_bits(self.0.to_bits() & other.0.to_bits());
                or_bits(self, other) = $float::from_bits(self.0.to_bits() | other.0.to_bits());
                xor_bits(self, other) = $float::from_bits(self.0.to_bits() ^ other.0.to_bits());
                add_bits(self, other) =
                    $float::from_bits(self.0.to_bits().wrapping_add(other.0.to_bits()));
                sub_bits(self, other) =
                    $float::from_bits(self.0.to_bits().wrapping_sub(other.0.to_bits()));
                low_to_exponent(self) =
                    $float::from_bits(self.0.to_bits() << $float::MANTISSA_BITS);
                exponent_to_low(self) =
                    $float::from_bits(self.0.to_bits() >> $float::MANTISSA_BITS);
            }
            comparisons! {
                lt(self, other) = self.0 < other.0;
                le(self, other) = self.0 <= other.0;
                eq(self, other) = self.0 == other.0;
            }
            #[inline(always)]
            fn isa(self) -> Scalar {
                self.1
            }
            #[inline(always)]
            fn fill(isa: Scalar, x: $float) -> Self {
                $lanes(x, isa)
            }
            #[inline(always)]
            fn load(isa: Scalar, from: &[$float; 1]) -> Self {
                $lanes(from[0], isa)
            }
            #[inline(always)]
            fn store(self, to: &mut [$float; 1]) {
                to[0] = self.0;
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
            fn widen(self) -> [F64x1; 1] {
                [F64x1(self.0.into(), self.1)]
            }
            #[inline(always)]
            fn narrow([wide]: [F64x1; 1]) -> Self {
                $lanes(Float::from_f64(wide.0), wide.1)
            }
            #[inline(always)]
            fn select(mask: bool, yes: Self, no: Self) -> Self {
                if mask { yes } else { no }
            }
            #[inline(always)]
            fn keep_first(self, count: usize) -> Self {
                self.keep_where(count > 0)
            }
            #[inline(always)]
            fn keep_where(self, mask: bool) -> Self {
                if mask { self } else { $lanes(0.0, self.1) }
            }
        }
    };
}

one_lane!(F32x1, f32, 32, libm::sqrtf);
one_lane!(F64x1, f64, 16, libm::sqrt);
