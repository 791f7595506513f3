//! 128-bit registers of the `wide` crate: SSE2, NEON, wasm simd128, or plain
//! arrays, as the target was compiled.

use super::all_bits::AllBits;
use super::methods::{arrays, comparisons, methods, operators};
use crate::Kernel;
use crate::lanes::{Float, Isa, Lanes, Mask};
use wide::bytemuck::cast;
use wide::{f32x4, f64x2, u32x4, u64x2};

/// The instructions that the target was compiled for. Kernels of long formulas get rolled loops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Portable<const ROLLED: bool = false>(());

impl Portable {
    pub(super) fn detect() -> Option<Self> {
        Some(Portable(()))
    }

    // A function of its own, so that the way to better levels stays short.
    #[inline(never)]
    pub(super) fn enter<K: Kernel>(self, kernel: K) -> K::Out {
        if K::LONG { kernel.run(Portable::<true>(())) } else { kernel.run(self) }
    }
}

impl<const ROLLED: bool> Isa for Portable<ROLLED> {
    // The same conditions under which `wide` fuses.
    const FUSED: bool = cfg!(any(
        all(target_arch = "x86_64", target_feature = "fma"),
        all(target_arch = "x86", target_feature = "sse2", target_feature = "fma"),
        all(target_arch = "aarch64", target_feature = "neon"),
    ));
    const ROLLED: bool = ROLLED;
    type F32 = F32x4<ROLLED>;
    type F64 = F64x2<ROLLED>;

    #[inline(always)]
    fn dispatch<K: Kernel>(self, kernel: K) -> K::Out {
        Portable::<false>(()).enter(kernel)
    }
}

/// Whether the target has registers for `wide`.
const REGISTERS: bool = cfg!(any(
    target_feature = "sse2",
    target_feature = "simd128",
    all(target_arch = "aarch64", target_feature = "neon"),
));

macro_rules! wide_lanes {
    ($lanes:ident, $wide:ident, $uint:ident, [$float:ident; $n:literal], $bits:ident, $group:literal, $sqrt:path) => {
        #[doc = concat!("`wide::", stringify!($wide), "`.")]
        #[derive(Clone, Copy, Debug)]
        pub struct $lanes<const ROLLED: bool>($wide, Portable<ROLLED>);

        impl<const ROLLED: bool> Mask for AllBits<$lanes<ROLLED>> {
            #[inline(always)]
            fn any(self) -> bool {
                self.0.0.any()
            }
            #[inline(always)]
            fn count(self) -> usize {
                self.0.0.to_bitmask().count_ones() as usize
            }
        }

        impl<const ROLLED: bool> $lanes<ROLLED> {
            #[inline(always)]
            fn uint(self) -> $uint {
                cast(self.0)
            }
            /// Without registers `wide` 1.7 computes roots by a way that is wrong for subnormal
            /// numbers of `f64`.
            #[inline(always)]
            fn root_by_root(self) -> $wide {
                let mut roots = self.0.to_array();
                for x in &mut roots {
                    *x = $sqrt(*x);
                }
                $wide::new(roots)
            }
        }

        operators! {
            [const ROLLED: bool] $lanes<ROLLED>, $float:
            Add add(self, other) = Self(self.0 + other.0, self.1);
            Sub sub(self, other) = Self(self.0 - other.0, self.1);
            Mul mul(self, other) = Self(self.0 * other.0, self.1);
            Div div(self, other) = Self(self.0 / other.0, self.1);
        }

        impl<const ROLLED: bool> Lanes for $lanes<ROLLED> {
            arrays!(Portable<ROLLED>, AllBits<Self>, [$float; $n], $group, $n / 2);
            methods! {
                sqrt(self) = if REGISTERS { self.0.sqrt() } else { self.root_by_root() };
                mul_add(self, factor, term) = self.0.mul_add(factor.0, term.0);
                neg_mul_add(self, factor, term) = self.0.mul_neg_add(factor.0, term.0);
                and_bits(self, other) = self.0 & other.0;
                or_bits(self, other) = self.0 | other.0;
                xor_bits(self, other) = self.0 ^ other.0;
                add_bits(self, other) = cast(self.uint() + other.uint());
                sub_bits(self, other) = cast(self.uint() - other.uint());
                low_to_exponent(self) = cast(self.uint() << $float::MANTISSA_BITS);
                exponent_to_low(self) = cast(self.uint() >> $float::MANTISSA_BITS);
            }
            comparisons! {
                lt(self, other) = AllBits(Self(self.0.simd_lt(other.0), self.1));
                le(self, other) = AllBits(Self(self.0.simd_le(other.0), self.1));
                eq(self, other) = AllBits(Self(self.0.simd_eq(other.0), self.1));
            }
            #[inline(always)]
            fn isa(self) -> Portable<ROLLED> {
                self.1
            }
            #[inline(always)]
            fn fill(isa: Portable<ROLLED>, x: $float) -> Self {
                $lanes($wide::splat(x), isa)
            }
            #[inline(always)]
            fn load(isa: Portable<ROLLED>, from: &[$float; $n]) -> Self {
                $lanes($wide::new(*from), isa)
            }
            #[inline(always)]
            fn store(self, to: &mut [$float; $n]) {
                *to = self.0.to_array();
            }
            #[inline(always)]
            fn load_partial(from: &[$float], fill: Self) -> Self {
                if let Some(whole) = from.first_chunk() {
                    return Self::load(fill.1, whole);
                }
                let mut array = fill.0.to_array();
                for (lane, x) in array.iter_mut().zip(from) {
                    *lane = *x;
                }
                $lanes($wide::new(array), fill.1)
            }
            #[inline(always)]
            fn store_partial(self, to: &mut [$float]) {
                if let Some(whole) = to.first_chunk_mut() {
                    return self.store(whole);
                }
                for (x, lane) in to.iter_mut().zip(self.0.to_array()) {
                    *x = lane;
                }
            }
            #[inline(always)]
            fn widen(self) -> Self::Wide {
                let mut wide = [F64x2(f64x2::ZERO, self.1); $n / 2];
                for (wide, pair) in wide.iter_mut().zip(self.0.to_array().as_chunks().0) {
                    let [a, b] = *pair;
                    wide.0 = f64x2::new([a.into(), b.into()]);
                }
                wide
            }
            #[inline(always)]
            fn narrow(wide: Self::Wide) -> Self {
                let mut array = [0.0; $n];
                for (pair, wide) in array.as_chunks_mut().0.iter_mut().zip(wide) {
                    let [a, b] = wide.0.to_array();
                    *pair = [Float::from_f64(a), Float::from_f64(b)];
                }
                $lanes($wide::new(array), wide[0].1)
            }
            #[inline(always)]
            fn min_or_self(self, other: Self) -> Self {
                if cfg!(target_feature = "sse") {
                    // minps and its kin give the second operand for NaN and for equal numbers.
                    return $lanes(other.0.fast_min(self.0), self.1);
                }
                Self::select(other.lt(self), other, self)
            }
            #[inline(always)]
            fn max_or_self(self, other: Self) -> Self {
                if cfg!(target_feature = "sse") {
                    return $lanes(other.0.fast_max(self.0), self.1);
                }
                Self::select(self.lt(other), other, self)
            }
            #[inline(always)]
            fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
                $lanes(mask.0.0.select(yes.0, no.0), yes.1)
            }
            #[inline(always)]
            fn keep_first(self, count: usize) -> Self {
                let mut keep = [0; $n];
                for lane in keep.iter_mut().take(count) {
                    *lane = $bits::MAX;
                }
                $lanes(cast(self.uint() & $uint::new(keep)), self.1)
            }
            #[inline(always)]
            fn keep_where(self, mask: Self::Mask) -> Self {
                self.and_bits(mask.0)
            }
        }
    };
}

wide_lanes!(F32x4, f32x4, u32x4, [f32; 4], u32, 8, libm::sqrtf);
wide_lanes!(F64x2, f64x2, u64x2, [f64; 2], u64, 8, libm::sqrt);
