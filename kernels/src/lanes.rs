//! The vocabulary of every formula: a register of lanes, an instruction set, an
//! element type.
//!
//! Two rules make results the same on every level. Each method is one rounding
//! (or none) per lane, with the NaN behaviour that its documentation states, so
//! a formula means the same whichever instructions carry it. And only
//! [`Lanes::mul_add`] may differ between levels: it rounds once where
//! [`Isa::FUSED`] says so and twice elsewhere.

pub use crate::float::Float;

use crate::Kernel;
use core::fmt::Debug;
use core::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};

/// An instruction set, as a token that proves the CPU has it.
pub trait Isa: Copy + Debug + Send + Sync + 'static {
    /// Whether [`Lanes::mul_add`] rounds once.
    const FUSED: bool;
    /// Whether a loop takes one register after the other, body and tail alike. Elsewhere it
    /// takes a group at a time, so that short formulas overlap.
    const ROLLED: bool;
    /// Whether these are the registers of kernels that are [`Kernel::PAIRED`], and other kernels
    /// have shorter ones.
    const PAIRED: bool = false;
    /// A register of `f32`.
    type F32: Lanes<Elem = f32, Isa = Self>;
    /// A register of `f64`.
    type F64: Lanes<Elem = f64, Isa = Self>;

    /// `x` in every lane.
    #[inline(always)]
    fn splat<E: Float>(self, x: E) -> E::Lanes<Self> {
        E::Lanes::<Self>::fill(self, x)
    }

    /// Runs a further kernel: as a function of its own, so that what several kernels share
    /// is compiled once.
    fn dispatch<K: Kernel>(self, kernel: K) -> K::Out;

    /// The same, never inlined, for what is asked for seldom or takes long: so it stands once in
    /// the code.
    #[inline(never)]
    fn dispatch_apart<K: Kernel>(self, kernel: K) -> K::Out {
        self.dispatch(kernel)
    }

    /// The product, of 64 bits, of the low 32 bits of both patterns.
    #[inline(always)]
    fn mul_low_halves(a: Self::F64, b: Self::F64) -> Self::F64 {
        const LOW: u64 = 0xffff_ffff;
        let mut product = a.to_array();
        for (a, b) in product.as_mut().iter_mut().zip(b.to_array().as_ref()) {
            *a = f64::from_bits((a.to_bits() & LOW) * (b.to_bits() & LOW));
        }
        Self::F64::load(a.isa(), &product)
    }

    /// The high 32 bits of a pattern, moved down.
    #[inline(always)]
    fn high_halves(a: Self::F64) -> Self::F64 {
        let mut halves = a.to_array();
        for a in halves.as_mut() {
            *a = f64::from_bits(a.to_bits() >> 32);
        }
        Self::F64::load(a.isa(), &halves)
    }
}

/// Memory from the start of a cache line: registers stored in step cross none.
#[repr(align(64))]
pub(crate) struct Aligned<T>(pub(crate) T);

/// The register of `f64` beside another of the same instruction set.
pub(crate) type Double<L> = <<L as Lanes>::Isa as Isa>::F64;

/// Part `i` of a register in `f64`.
#[inline(always)]
pub(crate) fn part<L: Lanes>(register: L, i: usize) -> Double<L> {
    register.widen().as_ref()[i]
}

/// Computes `of` for each part in `f64` and rounds the results to one register.
#[inline(always)]
pub(crate) fn narrowed<L: Lanes>(like: L, of: impl Fn(usize) -> Double<L>) -> L {
    let mut wide = like.widen();
    for (part, wide) in wide.as_mut().iter_mut().enumerate() {
        *wide = of(part);
    }
    L::narrow(wide)
}

/// The first lane: of a register whose lanes are all alike, what they hold.
#[inline(always)]
pub(crate) fn first_lane<L: Lanes>(x: L) -> L::Elem {
    x.to_array().as_ref()[0]
}

/// Lane-wise truth values: `&`, `|` and `!` join them.
pub trait Mask: Copy + BitAnd<Output = Self> + BitOr<Output = Self> + Not<Output = Self> {
    /// Whether any lane is true.
    fn any(self) -> bool;
    /// How many lanes are true.
    fn count(self) -> usize;
}

/// `yes` where `mask` is true, else `no`; the lane not taken has no effect.
#[inline(always)]
pub fn select<L: Lanes>(mask: L::Mask, yes: L, no: L) -> L {
    L::select(mask, yes, no)
}

/// A register of [`LANES`](Self::LANES) elements.
///
/// A value can only be made with an [`Isa`] token, so holding one proves that
/// the CPU has the instructions that its methods use.
///
/// `+`, `-`, `*`, `/` and unary `-` work lane by lane; on the right-hand side may stand an
/// element, which is then in every lane.
pub trait Lanes:
    Copy
    + Debug
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Add<<Self as Lanes>::Elem, Output = Self>
    + Sub<<Self as Lanes>::Elem, Output = Self>
    + Mul<<Self as Lanes>::Elem, Output = Self>
    + Div<<Self as Lanes>::Elem, Output = Self>
{
    /// The element type.
    type Elem: Float;
    /// The instruction set.
    type Isa: Isa;
    /// What comparisons give.
    type Mask: Mask;
    /// `[Elem; LANES]`, a register in memory.
    type Array: Copy + AsRef<[Self::Elem]> + AsMut<[Self::Elem]>;
    /// `[Array; GROUP]`, a group in memory.
    type Slot: AsRef<[Self::Array]> + AsMut<[Self::Array]>;
    /// `[Self; GROUP]`: one register set for all virtual lanes.
    type Group: Copy + AsRef<[Self]> + AsMut<[Self]>;
    /// The `f64` registers that hold the elements of this one.
    type Wide: Copy + AsRef<[Double<Self>]> + AsMut<[Double<Self>]>;
    /// The `f64` registers that hold all virtual lanes.
    type Wides: Copy + AsRef<[Double<Self>]> + AsMut<[Double<Self>]>;

    /// Elements in a register.
    const LANES: usize;
    /// Registers in a group: [`Float::VIRTUAL`] `/ LANES`.
    const GROUP: usize;

    /// The token that this register was made with.
    fn isa(self) -> Self::Isa;
    /// `x` in every lane.
    fn fill(isa: Self::Isa, x: Self::Elem) -> Self;
    /// A group of which every register is this one.
    fn group(self) -> Self::Group;
    /// Whole registers, and the rest.
    fn arrays(from: &[Self::Elem]) -> (&[Self::Array], &[Self::Elem]);
    /// Whole registers, and the rest.
    fn arrays_mut(from: &mut [Self::Elem]) -> (&mut [Self::Array], &mut [Self::Elem]);
    /// Whole groups, and the rest.
    fn slots(from: &[Self::Elem]) -> (&[Self::Slot], &[Self::Elem]);
    /// Whole groups, and the rest.
    fn slots_mut(from: &mut [Self::Elem]) -> (&mut [Self::Slot], &mut [Self::Elem]);
    /// Reads a whole register.
    fn load(isa: Self::Isa, from: &Self::Array) -> Self;
    /// Writes a whole register.
    fn store(self, to: &mut Self::Array);
    /// Reads the first `min(LANES, from.len())` elements; the other lanes are
    /// those of `fill`. Nothing beyond the slice is read.
    fn load_partial(from: &[Self::Elem], fill: Self) -> Self;
    /// Writes the first `min(LANES, to.len())` lanes and nothing beyond.
    fn store_partial(self, to: &mut [Self::Elem]);
    /// The lanes as an array.
    fn to_array(self) -> Self::Array;
    /// The lanes as `f64`, exactly, in order.
    fn widen(self) -> Self::Wide;
    /// Rounds to this type, in order.
    fn narrow(wide: Self::Wide) -> Self;
    /// The virtual lanes as `f64`, exactly, in order.
    fn widen_group(group: Self::Group) -> Self::Wides;

    /// Square root, correctly rounded.
    fn sqrt(self) -> Self;
    /// `self * factor + term`, rounded once if [`Isa::FUSED`], else twice.
    fn mul_add(self, factor: Self, term: Self) -> Self;
    /// `term - self * factor`, rounded like [`mul_add`](Self::mul_add).
    fn neg_mul_add(self, factor: Self, term: Self) -> Self;
    /// The smaller number; `self` where either is NaN, and for equal numbers.
    fn min_or_self(self, other: Self) -> Self;
    /// The larger number; `self` where either is NaN, and for equal numbers.
    fn max_or_self(self, other: Self) -> Self;

    /// `self < other`; false for NaN.
    fn lt(self, other: Self) -> Self::Mask;
    /// `self <= other`; false for NaN.
    fn le(self, other: Self) -> Self::Mask;
    /// `self == other`; false for NaN.
    fn eq(self, other: Self) -> Self::Mask;
    /// `yes` where `mask` is true, else `no`; the lane not taken has no effect.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;
    /// The first `count` lanes of this register, 0 in the others.
    fn keep_first(self, count: usize) -> Self;
    /// This register where `mask` is true, else +0.
    fn keep_where(self, mask: Self::Mask) -> Self;
    /// +0 where `mask` is true, else this register.
    #[inline(always)]
    fn zero_where(self, mask: Self::Mask) -> Self {
        self.keep_where(!mask)
    }

    /// Bitwise and of the patterns.
    fn and_bits(self, other: Self) -> Self;
    /// Bitwise or of the patterns.
    fn or_bits(self, other: Self) -> Self;
    /// Bitwise exclusive or of the patterns.
    fn xor_bits(self, other: Self) -> Self;
    /// Wrapping sum of the patterns as integers.
    fn add_bits(self, other: Self) -> Self;
    /// Wrapping difference of the patterns as integers.
    fn sub_bits(self, other: Self) -> Self;
    /// The pattern shifted left by [`Float::MANTISSA_BITS`]: an integer in the
    /// low bits becomes an exponent.
    fn low_to_exponent(self) -> Self;
    /// The pattern shifted right by [`Float::MANTISSA_BITS`], zeros moving in: sign and
    /// exponent become an integer.
    fn exponent_to_low(self) -> Self;

    /// `2^(k/8)` for the integer `k` in the low bits of the pattern; the bits above those of
    /// an exponent, as [`Float::EIGHTHS_MAGIC`] has them, do not matter.
    #[inline(always)]
    fn pow2_eighths(self) -> Self {
        look_up_eighths(self)
    }
    /// Whether the sign is negative, that of 0 and NaN as well.
    #[inline(always)]
    fn is_negative(self) -> Self::Mask {
        self.splat(Self::Elem::ONE).copysign(self).lt(self.splat(Self::Elem::ZERO))
    }

    /// `self > other`; false for NaN.
    #[inline(always)]
    fn gt(self, other: Self) -> Self::Mask {
        other.lt(self)
    }
    /// `self >= other`; false for NaN.
    #[inline(always)]
    fn ge(self, other: Self) -> Self::Mask {
        other.le(self)
    }
    /// Whether each lane is NaN.
    #[inline(always)]
    fn is_nan(self) -> Self::Mask {
        !self.eq(self)
    }
    /// Another register of this kind with `x` in every lane.
    #[inline(always)]
    fn splat(self, x: Self::Elem) -> Self {
        Self::fill(self.isa(), x)
    }
    /// Clears the sign.
    #[inline(always)]
    fn abs(self) -> Self {
        // All bits but the sign.
        self.and_bits(self.splat(Float::from_bits(!(-Self::Elem::ZERO).bits())))
    }
    /// The magnitude of `self` with the sign of `sign`.
    #[inline(always)]
    fn copysign(self, sign: Self) -> Self {
        self.abs().or_bits(sign.and_bits(self.splat(-Self::Elem::ZERO)))
    }
    /// `self` with the sign of `x`; `x` itself where that is 0 or NaN.
    #[inline(always)]
    fn with_sign_of(self, x: Self) -> Self {
        // Only an ordered number has a sign: |x| > 0 is false for 0 and NaN.
        Self::select(x.abs().gt(x.splat(Self::Elem::ZERO)), self.copysign(x), x)
    }
    /// The smaller number; NaN where either is NaN.
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self::select(other.is_nan(), other, self.min_or_self(other))
    }
    /// The larger number; NaN where either is NaN.
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self::select(other.is_nan(), other, self.max_or_self(other))
    }
    /// `self^n` by repeated squaring, each product rounded once; 1 for `n = 0`, of NaN as well.
    #[inline(always)]
    fn powi(self, n: u32) -> Self {
        let (mut power, mut square, mut rest) = (self.splat(Self::Elem::ONE), self, n);
        while rest > 0 {
            if rest % 2 == 1 {
                power = power * square;
            }
            rest /= 2;
            square = square * square;
        }
        power
    }
    /// `2^self` for an integer within the exponents of normal numbers.
    #[inline(always)]
    fn pow2(self) -> Self {
        (self + Self::Elem::POW2_MAGIC).low_to_exponent()
    }
    /// `self * 2^n`, rounded once, for an integer `n` of at most 1.4 times the
    /// exponent range; `self` of magnitude near 1, or tiny where `n` is 0. Gradual
    /// underflow and overflow to infinity come out right.
    #[inline(always)]
    fn scale_by_pow2(self, n: Self) -> Self {
        // The first product is exact: nearer to 1 by half the range, it is far from
        // the ends.
        let [more, less] = Self::Elem::HALF_WAY_POW2;
        let down = n.le(n.splat(Self::Elem::ZERO));
        let nearer = Self::select(
            down,
            n.splat(Self::Elem::POW2_MAGIC + Self::Elem::HALF_WAY),
            n.splat(Self::Elem::POW2_MAGIC - Self::Elem::HALF_WAY),
        );
        let rest = Self::select(down, n.splat(less), n.splat(more));
        self * (n + nearer).low_to_exponent() * rest
    }
    /// [`scale_by_pow2`](Self::scale_by_pow2) for `n <= 0`.
    #[inline(always)]
    fn scale_down_by_pow2(self, n: Self) -> Self {
        let [_, less] = Self::Elem::HALF_WAY_POW2;
        let nearer = n.splat(Self::Elem::POW2_MAGIC + Self::Elem::HALF_WAY);
        self * (n + nearer).low_to_exponent() * less
    }
    /// Four neighbouring columns of as many rows as there are lanes: lane `i` of
    /// register `k` is element `i * stride + k`.
    #[inline(always)]
    fn load_columns(isa: Self::Isa, from: &[Self::Elem], stride: usize) -> [Self; 4] {
        let mut columns = [Self::fill(isa, Self::Elem::ZERO); 4];
        for (k, column) in columns.iter_mut().enumerate() {
            let mut array = column.to_array();
            for (i, lane) in array.as_mut().iter_mut().enumerate() {
                *lane = from[i * stride + k];
            }
            *column = Self::load(isa, &array);
        }
        columns
    }
    /// The opposite of [`load_columns`](Self::load_columns), for up to four columns.
    #[inline(always)]
    fn store_columns<const N: usize>(columns: [Self; N], to: &mut [Self::Elem], stride: usize) {
        for (k, column) in columns.iter().enumerate() {
            for (i, lane) in column.to_array().as_ref().iter().enumerate() {
                to[i * stride + k] = *lane;
            }
        }
    }
    /// Two registers that are neighbours in memory as the elements of even and of odd places.
    #[inline(always)]
    fn unzip(self, next: Self) -> (Self, Self) {
        let (a, b) = (self.to_array(), next.to_array());
        let (mut even, mut odd) = (a, a);
        for i in 0..Self::LANES {
            let at = |i: usize| match i.checked_sub(Self::LANES) {
                None => a.as_ref()[i],
                Some(i) => b.as_ref()[i],
            };
            (even.as_mut()[i], odd.as_mut()[i]) = (at(2 * i), at(2 * i + 1));
        }
        (Self::load(self.isa(), &even), Self::load(self.isa(), &odd))
    }
    /// The opposite of [`unzip`](Self::unzip).
    #[inline(always)]
    fn zip(self, odd: Self) -> (Self, Self) {
        let (even, odd) = (self.to_array(), odd.to_array());
        let (mut a, mut b) = (even, even);
        for i in 0..2 * Self::LANES {
            let x = if i % 2 == 0 { even.as_ref()[i / 2] } else { odd.as_ref()[i / 2] };
            match i.checked_sub(Self::LANES) {
                None => a.as_mut()[i] = x,
                Some(i) => b.as_mut()[i] = x,
            }
        }
        (Self::load(self.isa(), &a), Self::load(self.isa(), &b))
    }
    /// The sum of the lanes, added in halving order: lane `i` and lane
    /// `i + LANES / 2` first.
    #[inline(always)]
    fn sum_lanes(self) -> Self::Elem {
        fold_halving(self.to_array(), |a, b| a + b)
    }
    /// The largest lane; NaN lanes give an unspecified result.
    #[inline(always)]
    fn max_lanes(self) -> Self::Elem {
        fold_halving(self.to_array(), |a, b| if b > a { b } else { a })
    }
}

/// [`Lanes::pow2_eighths`], lane by lane.
#[inline(always)]
pub(crate) fn look_up_eighths<L: Lanes>(register: L) -> L {
    let mut array = register.to_array();
    for lane in array.as_mut() {
        let k = lane.bits();
        let power = L::Elem::EIGHTHS[(k % 8) as usize].bits();
        *lane = Float::from_bits(power.wrapping_add(k << (L::Elem::MANTISSA_BITS - 3)));
    }
    L::load(register.isa(), &array)
}

/// Folds `array` to one element, each step joining index `i` with `i + len / 2`.
#[inline(always)]
pub(crate) fn fold_halving<E: Copy, A: AsMut<[E]>>(mut array: A, join: impl Fn(E, E) -> E) -> E {
    let array = array.as_mut();
    let mut len = array.len();
    while len > 1 {
        len /= 2;
        for i in 0..len {
            array[i] = join(array[i], array[i + len]);
        }
    }
    array[0]
}
