//! Kernels that can be cut in two, so that a caller can spread them.

use crate::{Float, InOut, Kernel, Level};

/// Slices, or values made of them, that can be cut after a number of units: elements, rows or
/// groups.
pub trait Cut: Sized {
    /// The first `mid` units, and the rest.
    fn cut(self, mid: usize) -> (Self, Self);
}

impl<E> Cut for &[E] {
    #[inline(always)]
    fn cut(self, mid: usize) -> (Self, Self) {
        self.split_at(mid)
    }
}

impl<E> Cut for &mut [E] {
    #[inline(always)]
    fn cut(self, mid: usize) -> (Self, Self) {
        self.split_at_mut(mid)
    }
}

impl<E> Cut for InOut<'_, E> {
    #[inline(always)]
    fn cut(self, mid: usize) -> (Self, Self) {
        self.split_at(mid)
    }
}

impl<T: Cut> Cut for Option<T> {
    #[inline(always)]
    fn cut(self, mid: usize) -> (Self, Self) {
        self.map(|part| part.cut(mid)).unzip()
    }
}

macro_rules! tuple {
    ($($part:ident $index:tt),*) => {
        impl<$($part: Cut),*> Cut for ($($part,)*) {
            #[inline(always)]
            fn cut(self, mid: usize) -> (Self, Self) {
                let parts = ($(self.$index.cut(mid),)*);
                (($(parts.$index.0,)*), ($(parts.$index.1,)*))
            }
        }
    };
}

tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);

/// A kernel over units that can be cut anywhere.
pub trait Split: Kernel + Sized {
    /// The length of the pieces that a caller runs one by one. It depends on
    /// the shapes alone, so the order of additions does too.
    fn leaf(&self) -> usize;
    /// Nanoseconds that one unit of length costs at the best level if its slices are in the
    /// cache: by this a caller decides what is worth a second thread.
    fn cost(&self) -> f64;
    /// Units of length: elements, rows or groups.
    fn len(&self) -> usize;
    /// Whether there is nothing to do.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The first `mid` units, and the rest.
    fn split_at(self, mid: usize) -> (Self, Self);
    /// Puts the results of two neighbours together.
    fn join(left: Self::Out, right: Self::Out) -> Self::Out;
    /// Runs one piece.
    fn dispatch(self, level: Level) -> Self::Out;
}

/// Elements of a leaf: 16 blocks, whose sums are added in `f64`.
pub(crate) const fn leaf<E: Float>() -> usize {
    16 * E::BLOCK
}

/// Implements [`Split`]: which fields of the kernel are cut, which are copied to both parts,
/// how many units it has, what a unit costs, and how the results join.
///
/// Where fields are not just cut after as many elements as units, `parts` says into what each is
/// cut, and `leaf` how many units a piece has.
macro_rules! split {
    (
        impl[$($generics:tt)*] $kernel:ty;
        cut: $($cut:ident),+;
        copy: $($copy:ident),*;
        $($rest:tt)*
    ) => {
        $crate::split::split! {
            impl[$($generics)*] $kernel;
            parts: |kernel, mid| $($cut = $crate::split::Cut::cut(kernel.$cut, mid)),+;
            copy: $($copy),*;
            leaf: |_| $crate::split::leaf::<E>();
            $($rest)*
        }
    };
    (
        impl[$($generics:tt)*] $kernel:ty;
        parts: |$this:ident, $mid:ident| $($field:ident = $parts:expr),+;
        copy: $($copy:ident),*;
        leaf: $leaf:expr;
        len: $len:expr;
        cost: $cost:expr;
        join: $join:expr;
        dispatch: $dispatch:expr;
    ) => {
        impl<$($generics)*> $crate::Split for $kernel {
            #[inline(always)]
            fn leaf(&self) -> usize {
                let leaf: fn(&Self) -> usize = $leaf;
                leaf(self)
            }
            #[inline(always)]
            fn cost(&self) -> f64 {
                let cost: fn(&Self) -> f64 = $cost;
                cost(self)
            }
            #[inline(always)]
            fn len(&self) -> usize {
                let len: fn(&Self) -> usize = $len;
                len(self)
            }
            #[inline(always)]
            fn split_at(self, $mid: usize) -> (Self, Self) {
                let $this = self;
                $(let $field = $parts;)+
                (
                    Self { $($field: $field.0,)+ $($copy: $this.$copy,)* },
                    Self { $($field: $field.1,)+ $($copy: $this.$copy,)* },
                )
            }
            fn join(left: Self::Out, right: Self::Out) -> Self::Out {
                let join: fn(Self::Out, Self::Out) -> Self::Out = $join;
                join(left, right)
            }
            #[inline(always)]
            fn dispatch(self, level: $crate::Level) -> Self::Out {
                let dispatch: fn($crate::Level, Self) -> Self::Out = $dispatch;
                dispatch(level, self)
            }
        }
    };
}
pub(crate) use split;
