//! What AVX2 and AVX-512 spell alike.
//!
//! A module for each register, `$by` below, gives its intrinsics short names: `add` is
//! `_mm256_add_ps` in one and `_mm512_add_pd` in another. What differs in more than that
//! prefix and suffix stands in `avx2.rs` and `avx512.rs`.

/// Runs intrinsics where they stand: a function between would be one more for the compiler
/// to take apart at each operation of each formula. A raw load inside says its own reason.
macro_rules! intrinsics {
    ($calls:expr) => {{
        // SAFETY: used in methods that take the token of AVX2 or AVX-512, or a register or
        // mask made with one; `detect` alone makes a token, so the features are there.
        #[allow(unused_unsafe)]
        let result = unsafe { $calls };
        result
    }};
}
pub(super) use intrinsics;

/// The methods of [`Isa`](crate::lanes::Isa) that take patterns of `f64` for integers.
macro_rules! halves {
    ($f64:ident, $by:ident) => {
        #[inline(always)]
        fn mul_low_halves(a: Self::F64, b: Self::F64) -> Self::F64 {
            let product = intrinsics!($by::mul_low_halves($by::to_int(a.0), $by::to_int(b.0)));
            $f64(intrinsics!($by::from_int(product)), a.1)
        }
        #[inline(always)]
        fn high_halves(a: Self::F64) -> Self::F64 {
            $f64(intrinsics!($by::from_int($by::shift_right::<32>($by::to_int(a.0)))), a.1)
        }
    };
}
pub(super) use halves;

/// [`Lanes`](crate::lanes::Lanes) of a register of `$n` elements, of which `$group` are a
/// group and each widens to `$widths` of `f64`; an integer is `$shift` bits below the
/// exponent. `$own` is what the instruction set does in a way of its own.
macro_rules! lanes {
    (
        impl [$($generics:tt)*] $lanes:ty, $isa:ty, $mask:ty, by $by:ident;
        [$float:ident; $n:literal], group: $group:literal, widths: $widths:literal, shift: $shift:literal;
        $($own:tt)*
    ) => {
        $crate::isa::methods::operators! {
            [$($generics)*] $lanes, $float:
            Add add(self, other) = Self(intrinsics!($by::add(self.0, other.0)), self.1);
            Sub sub(self, other) = Self(intrinsics!($by::sub(self.0, other.0)), self.1);
            Mul mul(self, other) = Self(intrinsics!($by::mul(self.0, other.0)), self.1);
            Div div(self, other) = Self(intrinsics!($by::div(self.0, other.0)), self.1);
        }

        impl<$($generics)*> Lanes for $lanes {
            $crate::isa::methods::arrays!($isa, $mask, [$float; $n], $group, $widths);
            $($own)*
            $crate::isa::methods::methods! {
                sqrt(self) = intrinsics!($by::sqrt(self.0));
                mul_add(self, factor, term) = intrinsics!($by::fmadd(self.0, factor.0, term.0));
                neg_mul_add(self, factor, term) = intrinsics!($by::fnmadd(self.0, factor.0, term.0));
                // The instruction gives its second operand for NaN and for equal numbers.
                min_or_self(self, other) = intrinsics!($by::min(other.0, self.0));
                max_or_self(self, other) = intrinsics!($by::max(other.0, self.0));
                and_bits(self, other) = intrinsics!($by::and(self.0, other.0));
                or_bits(self, other) = intrinsics!($by::or(self.0, other.0));
                xor_bits(self, other) = intrinsics!($by::xor(self.0, other.0));
                add_bits(self, other) =
                    intrinsics!($by::from_int($by::add_int($by::to_int(self.0), $by::to_int(other.0))));
                sub_bits(self, other) =
                    intrinsics!($by::from_int($by::sub_int($by::to_int(self.0), $by::to_int(other.0))));
                low_to_exponent(self) =
                    intrinsics!($by::from_int($by::shift_left::<$shift>($by::to_int(self.0))));
                exponent_to_low(self) =
                    intrinsics!($by::from_int($by::shift_right::<$shift>($by::to_int(self.0))));
            }
            #[inline(always)]
            fn isa(self) -> $isa {
                self.1
            }
            #[inline(always)]
            fn fill(isa: $isa, x: $float) -> Self {
                Self(intrinsics!($by::fill(x)), isa)
            }
            #[inline(always)]
            fn load(isa: $isa, from: &[$float; $n]) -> Self {
                // SAFETY: the array is as long as the register.
                Self(intrinsics!(unsafe { $by::load(from.as_ptr()) }), isa)
            }
            #[inline(always)]
            fn store(self, to: &mut [$float; $n]) {
                // SAFETY: the array is as long as the register.
                intrinsics!(unsafe { $by::store(to.as_mut_ptr(), self.0) });
            }
            #[inline(always)]
            fn widen(self) -> Self::Wide {
                $by::widen(self)
            }
            #[inline(always)]
            fn narrow(wide: Self::Wide) -> Self {
                $by::narrow(wide)
            }
            #[inline(always)]
            fn load_columns(isa: $isa, from: &[$float], stride: usize) -> [Self; 4] {
                let [a, b, c, d] = intrinsics!($by::load_columns(from, stride));
                [Self(a, isa), Self(b, isa), Self(c, isa), Self(d, isa)]
            }
            #[inline(always)]
            fn store_columns<const N: usize>(columns: [Self; N], to: &mut [$float], stride: usize) {
                let Some(first) = columns.first() else { return };
                let mut registers = [first.0; N];
                for (register, column) in registers.iter_mut().zip(&columns) {
                    *register = column.0;
                }
                intrinsics!($by::store_columns(registers, to, stride));
            }
            #[inline(always)]
            fn unzip(self, next: Self) -> (Self, Self) {
                let (even, odd) = intrinsics!($by::unzip(self.0, next.0));
                (Self(even, self.1), Self(odd, self.1))
            }
            #[inline(always)]
            fn zip(self, odd: Self) -> (Self, Self) {
                let (a, b) = intrinsics!($by::zip(self.0, odd.0));
                (Self(a, self.1), Self(b, self.1))
            }
            #[inline(always)]
            fn sum_lanes(self) -> $float {
                intrinsics!($by::sum(self.0))
            }
            #[inline(always)]
            fn max_lanes(self) -> $float {
                intrinsics!($by::largest(self.0))
            }
            #[inline(always)]
            fn pow2_eighths(self) -> Self {
                $by::pow2_eighths(self)
            }
        }
    };
}
pub(super) use lanes;
