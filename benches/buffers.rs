//! The slices that a bench works on.

use gradstep::Element;

/// What a call does with one of its slices, and the range of what is in it.
#[derive(Clone, Copy)]
pub(crate) enum Slice {
    /// Read once.
    Read(f64, f64),
    /// Read and written once.
    Update(f64, f64),
    /// Written once.
    Write,
}

impl Slice {
    /// How often memory is read or written per element.
    pub(crate) const fn passes(self) -> usize {
        match self {
            Slice::Read(..) | Slice::Write => 1,
            Slice::Update(..) => 2,
        }
    }

    fn range(self) -> (f64, f64) {
        match self {
            Slice::Read(low, high) | Slice::Update(low, high) => (low, high),
            Slice::Write => (0.0, 0.0),
        }
    }
}

/// The slices of one call: as many as the step with the most state has.
pub(crate) type Slices<'a, E> = [&'a mut [E]; 5];

/// Bytes of a cache line.
const LINE: usize = 64;

/// Slices that start an odd number of cache lines apart in their pages: equal
/// offsets would compete for the same places in the cache.
pub(crate) struct Buffers<E> {
    store: Vec<E>,
    /// Elements from the start of `store` to the first cache line.
    start: usize,
    len: usize,
    count: usize,
}

impl<E: Element> Buffers<E> {
    const LANES: usize = LINE / size_of::<E>();
    const STAGGER: usize = 13 * Self::LANES;

    fn stride(len: usize) -> usize {
        // A multiple of the page, and then a little more.
        len.next_multiple_of(4096) + Self::STAGGER
    }

    pub(crate) fn new(slices: &[Slice], len: usize) -> Self {
        let total = slices.len() * Self::stride(len) + Self::LANES;
        let mut store = vec![E::default(); total];
        let start = store.as_ptr().align_offset(LINE);
        for (i, slice) in slices.iter().enumerate() {
            let (low, high) = slice.range();
            // A multiplicative congruential generator: cheap, and far from sorted.
            let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(2 * i as u64 + 1);
            for x in &mut store[start + i * Self::stride(len)..][..len] {
                state = state.wrapping_mul(0xd134_2543_de82_ef95);
                let unit = (state >> 32) as f64 / f64::from(u32::MAX);
                *x = E::from_f64(low + (high - low) * unit);
            }
        }
        Self { store, start, len, count: slices.len() }
    }

    /// The slices; those beyond what was asked for are empty.
    pub(crate) fn slices(&mut self) -> Slices<'_, E> {
        let mut chunks = self.store[self.start..].chunks_mut(Self::stride(self.len));
        let (len, count) = (self.len, self.count);
        core::array::from_fn(|i| match chunks.next() {
            Some(chunk) if i < count => &mut chunk[..len],
            _ => Default::default(),
        })
    }
}
