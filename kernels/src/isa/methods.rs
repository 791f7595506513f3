//! Macros that write the parts of [`Lanes`](crate::Lanes) which instruction sets have in common.
//! Each takes a table, a line for a method.

/// The operators of a register, each with what two registers give.
macro_rules! operators {
    (@ [$($generics:tt)*] $lanes:ty) => {
        impl<$($generics)*> core::ops::Neg for $lanes {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                self.xor_bits(self.splat(-0.0))
            }
        }
    };
    (@ [$($generics:tt)*] $lanes:ty, $float:ident, $trait:ident $name:ident($this:ident, $other:ident) = $result:expr) => {
        impl<$($generics)*> core::ops::$trait for $lanes {
            type Output = Self;
            #[inline(always)]
            fn $name($this, $other: Self) -> Self {
                $result
            }
        }

        impl<$($generics)*> core::ops::$trait<$float> for $lanes {
            type Output = Self;
            #[inline(always)]
            fn $name(self, other: $float) -> Self {
                core::ops::$trait::$name(self, self.splat(other))
            }
        }
    };
    ($generics:tt $lanes:ty, $float:ident: $($trait:ident $name:ident($this:ident, $other:ident) = $result:expr;)*) => {
        $crate::isa::methods::operators!(@ $generics $lanes);
        $($crate::isa::methods::operators!(@ $generics $lanes, $float, $trait $name($this, $other) = $result);)*
    };
}
pub(crate) use operators;

/// Methods of [`Lanes`](crate::Lanes) that give a register, each with what it holds.
macro_rules! methods {
    ($($name:ident($this:ident $(, $other:ident)*) = $holds:expr;)*) => {$(
        #[inline(always)]
        fn $name($this $(, $other: Self)*) -> Self {
            Self($holds, $this.1)
        }
    )*};
}
pub(crate) use methods;

/// Methods of [`Lanes`](crate::Lanes) that give a mask.
macro_rules! comparisons {
    ($($name:ident($this:ident, $other:ident) = $mask:expr;)*) => {$(
        #[inline(always)]
        fn $name($this, $other: Self) -> Self::Mask {
            $mask
        }
    )*};
}
pub(crate) use comparisons;

/// What arrays make the same on every level: the types that belong to a register of `$n`
/// elements, of which `$group` are a group and each widens to `$widths` of `f64`, and the
/// methods that see a slice as registers in memory.
macro_rules! arrays {
    ($isa:ty, $mask:ty, [$float:ident; $n:expr], $group:expr, $widths:expr) => {
        type Elem = $float;
        type Isa = $isa;
        type Mask = $mask;
        type Array = [$float; $n];
        type Slot = [[$float; $n]; $group];
        type Group = [Self; $group];
        type Wide = [<$isa as Isa>::F64; $widths];
        type Wides = [<$isa as Isa>::F64; $group * $widths];
        const LANES: usize = $n;
        const GROUP: usize = $group;

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
pub(crate) use arrays;
