//! Input and output, which may be the same memory: one type, so that one loop serves both.

use crate::lanes::Lanes;
use core::marker::PhantomData;

/// A borrow of both slices.
type Slices<'a, E> = PhantomData<(&'a [E], &'a mut [E])>;

/// `len` elements to read, and as many places to write: the same memory, or two slices
/// that have nothing in common.
///
/// ```
/// use gradstep_kernels::InOut;
///
/// let mut x = [1.0, 2.0, 3.0];
/// assert_eq!(InOut::from(&mut x[..]).input(), [1.0, 2.0, 3.0]);
/// assert_eq!(InOut::apart(&[5.0, 6.0], &mut x).len(), 2);
/// ```
#[derive(Debug)]
pub struct InOut<'a, E> {
    input: *const E,
    output: *mut E,
    len: usize,
    slices: Slices<'a, E>,
}

// SAFETY: it is a shared slice and an exclusive one, or an exclusive one alone; both may go
// to another thread.
unsafe impl<E: Send + Sync> Send for InOut<'_, E> {}

impl<'a, E> From<&'a mut [E]> for InOut<'a, E> {
    /// In place.
    #[inline(always)]
    fn from(slice: &'a mut [E]) -> Self {
        let (output, len) = (slice.as_mut_ptr(), slice.len());
        Self { input: output, output, len, slices: PhantomData }
    }
}

impl<'a, E> InOut<'a, E> {
    /// From one slice into another; the shorter one decides.
    #[must_use]
    #[inline(always)]
    pub fn apart(input: &'a [E], output: &'a mut [E]) -> Self {
        let len = input.len().min(output.len());
        Self { input: input.as_ptr(), output: output.as_mut_ptr(), len, slices: PhantomData }
    }

    /// Elements.
    #[must_use]
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The same slices, borrowed for a shorter time.
    #[inline(always)]
    pub fn reborrow(&mut self) -> InOut<'_, E> {
        InOut { ..*self }
    }

    /// The elements to read, borrowed from `self`, so that nothing is written meanwhile.
    #[must_use]
    #[inline(always)]
    pub fn input(&self) -> &[E] {
        // SAFETY: `len` elements that the constructor borrowed. While this borrow of `self`
        // lives, nothing is written through it.
        unsafe { core::slice::from_raw_parts(self.input, self.len) }
    }

    /// The places to write, borrowed from `self`, so that nothing is read meanwhile.
    #[inline(always)]
    pub fn output(&mut self) -> &mut [E] {
        // SAFETY: `len` elements that the constructor borrowed exclusively. While this borrow
        // of `self` lives, nothing is read through it.
        unsafe { core::slice::from_raw_parts_mut(self.output, self.len) }
    }

    /// Both slices, if they are two.
    #[inline(always)]
    pub(crate) fn both(&mut self) -> Option<(&[E], &mut [E])> {
        if core::ptr::eq(self.input, self.output) {
            return None;
        }
        // SAFETY: `len` elements each that `apart` borrowed, the second ones exclusively: only
        // slices without elements could begin at one place and yet be two.
        Some(unsafe {
            (
                core::slice::from_raw_parts(self.input, self.len),
                core::slice::from_raw_parts_mut(self.output, self.len),
            )
        })
    }

    /// The places to write, for as long as the slices were borrowed; nothing can be read any more.
    #[must_use]
    #[inline(always)]
    pub fn into_output(self) -> &'a mut [E] {
        // SAFETY: `len` elements that the constructor borrowed exclusively; `self` is gone, so
        // nothing else refers to them.
        unsafe { core::slice::from_raw_parts_mut(self.output, self.len) }
    }

    /// The output as the input of a second pass, in place.
    #[must_use]
    #[inline(always)]
    pub fn in_place(self) -> Self {
        Self::from(self.into_output())
    }

    /// The first `mid` elements, or all, and the rest.
    #[must_use]
    #[inline(always)]
    pub fn split_at(self, mid: usize) -> (Self, Self) {
        let mid = mid.min(self.len);
        // SAFETY: `mid` is at most `len`, so both pointers stay within their slices or at
        // the end. The parts have no element in common.
        let (input, output) = unsafe { (self.input.add(mid), self.output.add(mid)) };
        (Self { len: mid, ..self }, Self { input, output, len: self.len - mid, ..self })
    }

    /// The first `count` groups of registers, which must exist, and the rest.
    #[inline(always)]
    pub(crate) fn groups<L: Lanes<Elem = E>>(self, count: usize) -> (RegisterGroups<'a, L>, Self) {
        // By division: the product of a `count` that is too large could wrap.
        assert!(count <= self.len / GroupOf::<L>::LEN, "more groups than there are");
        let (InOut { input, output, slices, .. }, rest) = self.split_at(count * GroupOf::<L>::LEN);
        (RegisterGroups { input, output, count, slices }, rest)
    }
}

/// Elements of a group of registers.
struct GroupOf<L>(PhantomData<L>);

impl<L: Lanes> GroupOf<L> {
    const LEN: usize = L::GROUP * L::LANES;
}

/// Whole groups of registers.
#[derive(Debug)]
pub struct RegisterGroups<'a, L: Lanes> {
    input: *const L::Elem,
    output: *mut L::Elem,
    count: usize,
    slices: Slices<'a, L::Elem>,
}

impl<L: Lanes> RegisterGroups<'_, L> {
    /// Reads register `u` of group `i`.
    #[inline(always)]
    pub(crate) fn get(&self, isa: L::Isa, i: usize, u: usize) -> L {
        assert!(i < self.count && u < L::GROUP);
        // SAFETY: `InOut::groups` has seen `count` groups; the assertion puts this register
        // into one of them. Nothing is written while the slice lives, which is this call.
        let register = unsafe {
            core::slice::from_raw_parts(self.input.add((i * L::GROUP + u) * L::LANES), L::LANES)
        };
        match L::arrays(register).0 {
            [array, ..] => L::load(isa, array),
            [] => L::load_partial(register, L::fill(isa, Default::default())),
        }
    }

    /// Asks the caches for the memory `ahead` bytes after the place of register `u` of group `i`.
    #[inline(always)]
    pub(crate) fn fetch(&self, i: usize, u: usize, ahead: usize) {
        let place = self.output.wrapping_add((i * L::GROUP + u) * L::LANES);
        super::fetch(place, ahead);
    }

    /// Writes register `u` of group `i`.
    #[inline(always)]
    pub(crate) fn put(&mut self, i: usize, u: usize, x: L) {
        assert!(i < self.count && u < L::GROUP);
        // SAFETY: as in `get`; nothing is read while the slice lives.
        let register = unsafe {
            let place = self.output.add((i * L::GROUP + u) * L::LANES);
            core::slice::from_raw_parts_mut(place, L::LANES)
        };
        if let [array, ..] = L::arrays_mut(register).0 {
            x.store(array);
        }
    }
}
