//! Loops that only move data: what the machine allows a kernel with the same
//! streams. Two threads take half of the slices each.
//!
//! `memcpy` is the C library's: above a threshold of its own it stores past the
//! caches, which no loop here does.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use core::marker::PhantomData;
use criterion::Criterion;
use gradstep::kernels::{Float, Isa, Kernel, Lanes, sweep};
use gradstep::{Element, Error};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Loop<Read>>(criterion);
    suite::bench::<Loop<Scale>>(criterion);
    suite::bench::<Loop<Update<0>>>(criterion);
    suite::bench::<Loop<Update<1>>>(criterion);
    suite::bench::<Loop<Update<2>>>(criterion);
    suite::bench::<Loop<Update<3>>>(criterion);
    suite::bench::<Loop<Copy>>(criterion);
    suite::bench::<Loop<Triad>>(criterion);
    suite::bench::<Loop<Memcpy>>(criterion);
}

/// Adds a slice up.
struct Read;
/// Multiplies a slice in place.
struct Scale;
/// `w += k g`, and the same for `N` slices of state: the streams of an update.
struct Update<const N: usize>;
/// One slice into another.
struct Copy;
/// `c = a + k b`: the streams of a loss with its gradient.
struct Triad;
/// One slice into another, by the standard library.
struct Memcpy;

const READ: Slice = Slice::Read(-1.0, 1.0);
const UPDATE: Slice = Slice::Update(-1.0, 1.0);

/// The formula of a [`Loop`].
trait Motion {
    const NAME: &'static str;
    const SLICES: &'static [Slice];
    fn run<E: Float, I: Isa>(isa: I, k: E::Lanes<I>, slices: Slices<'_, E>) -> f64;
}

impl Motion for Read {
    const NAME: &'static str = "read";
    const SLICES: &'static [Slice] = &[READ];

    #[inline(always)]
    fn run<E: Float, I: Isa>(isa: I, _: E::Lanes<I>, [x, ..]: Slices<'_, E>) -> f64 {
        // Nothing folds into f64 on the way, unlike in the kernels' sums.
        let mut lanes = isa.splat(E::ZERO).group();
        let lanes = lanes.as_mut();
        for slot in E::Lanes::<I>::slots(x).0 {
            for (lane, array) in lanes.iter_mut().zip(slot.as_ref()) {
                *lane = *lane + E::Lanes::<I>::load(isa, array);
            }
        }
        lanes.iter().map(|lane| lane.sum_lanes().to_f64()).sum()
    }
}

impl Motion for Scale {
    const NAME: &'static str = "scale";
    const SLICES: &'static [Slice] = &[UPDATE];

    #[inline(always)]
    fn run<E: Float, I: Isa>(isa: I, k: E::Lanes<I>, [x, ..]: Slices<'_, E>) -> f64 {
        sweep::update(
            isa,
            x,
            (),
            #[inline(always)]
            |x, ()| x * k,
        );
        0.0
    }
}

impl<const N: usize> Motion for Update<N> {
    /// By the updates that keep so many slices.
    const NAME: &'static str = ["update", "momentum", "adam", "amsgrad"][N];
    const SLICES: &'static [Slice] = {
        const ALL: &[Slice] = &[UPDATE, READ, UPDATE, UPDATE, UPDATE];
        ALL.split_at(2 + N).0
    };

    #[inline(always)]
    fn run<E: Float, I: Isa>(isa: I, k: E::Lanes<I>, [w, g, states @ ..]: Slices<'_, E>) -> f64 {
        let mut states = states.into_iter();
        let states: [&mut [E]; N] = core::array::from_fn(|_| states.next().unwrap_or_default());
        sweep::update(
            isa,
            (w, states),
            &*g,
            #[inline(always)]
            |(w, mut states), g| {
                for state in &mut states {
                    *state = *state + g * k;
                }
                (w + g * k, states)
            },
        );
        0.0
    }
}

impl Motion for Copy {
    const NAME: &'static str = "copy";
    const SLICES: &'static [Slice] = &[READ, Slice::Write];

    #[inline(always)]
    fn run<E: Float, I: Isa>(isa: I, _: E::Lanes<I>, [from, to, ..]: Slices<'_, E>) -> f64 {
        sweep::map(
            isa,
            &*from,
            to,
            #[inline(always)]
            |x| x,
        );
        0.0
    }
}

impl Motion for Triad {
    const NAME: &'static str = "triad";
    const SLICES: &'static [Slice] = &[READ, READ, Slice::Write];

    #[inline(always)]
    fn run<E: Float, I: Isa>(isa: I, k: E::Lanes<I>, [a, b, c, ..]: Slices<'_, E>) -> f64 {
        sweep::map(
            isa,
            (&*a, &*b),
            c,
            #[inline(always)]
            |(a, b)| a + b * k,
        );
        0.0
    }
}

impl Motion for Memcpy {
    const NAME: &'static str = "memcpy";
    const SLICES: &'static [Slice] = &[READ, Slice::Write];

    #[inline(always)]
    fn run<E: Float, I: Isa>(_: I, _: E::Lanes<I>, [from, to, ..]: Slices<'_, E>) -> f64 {
        to.copy_from_slice(from);
        0.0
    }
}

struct Loop<M>(M);

impl<M: Motion> Op for Loop<M> {
    const SLICES: &'static [Slice] = M::SLICES;

    fn group() -> String {
        format!("roofline/{}", M::NAME)
    }

    fn prepare<'a, E: Element>(
        on: On,
        size: Size,
        mut slices: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        Ok(move || {
            let all = slices.each_mut().map(|slice| &mut **slice);
            if !on.threads {
                return Ok(on.level.dispatch(pass::<E, M>(all)));
            }
            let (mut first, mut second) = (Slices::<E>::default(), Slices::<E>::default());
            for (i, slice) in all.into_iter().enumerate() {
                (first[i], second[i]) = slice.split_at_mut(slice.len().min(size.len() / 2));
            }
            let (first, second) = join(
                || on.level.dispatch(pass::<E, M>(first)),
                || on.level.dispatch(pass::<E, M>(second)),
            );
            Ok(first + second)
        })
    }
}

#[cfg(feature = "rayon")]
use rayon::join;

/// Never called: without the feature nothing runs on two threads.
#[cfg(not(feature = "rayon"))]
fn join<T>(first: impl FnOnce() -> T, second: impl FnOnce() -> T) -> (T, T) {
    (first(), second())
}

fn pass<E, M>(slices: Slices<'_, E>) -> Pass<'_, E, M> {
    Pass { slices, motion: PhantomData }
}

struct Pass<'a, E, M> {
    slices: Slices<'a, E>,
    motion: PhantomData<M>,
}

impl<E: Float, M: Motion> Kernel for Pass<'_, E, M> {
    type Out = f64;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        M::run(isa, isa.splat(E::HALF), self.slices)
    }
}
