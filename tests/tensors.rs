//! Lists of tensors: each one's result is that of stepping it alone, bit for bit, on
//! every level, however the list is cut and whoever runs the pieces.

use crate::elementwise::law;
use crate::numbers::{Number, Random, bits};
use gradstep::update::{Adam, AdamW, ProxAdamW, Tensor};
use gradstep::{Error, Execution, Level};
use gradstep_check::catalogue::{self, UpdateEntry};
use proptest::prelude::*;

/// A tensor that owns its slices.
#[derive(Clone)]
struct Owned<E, const N: usize> {
    w: Vec<E>,
    g: Vec<E>,
    state: [Vec<E>; N],
}

impl<E: Number, const N: usize> Owned<E, N> {
    fn new(random: &mut Random, n: usize) -> Self {
        let mut draw = |low| (0..n).map(|_| random.ordinary(low, 2.0)).collect();
        Self { w: draw(-2.0), g: draw(-2.0), state: [(); N].map(|()| draw(0.0)) }
    }

    fn borrow(&mut self) -> Tensor<'_, E, N> {
        let state = self.state.each_mut().map(Vec::as_mut_slice);
        Tensor { w: &mut self.w, g: &self.g, state }
    }

    fn patterns(&self) -> Vec<u64> {
        let slices = [&self.w, &self.g].into_iter().chain(&self.state);
        slices.flatten().map(|x| bits(*x)).collect()
    }
}

/// What is done with each update.
trait Check<E: Number> {
    fn check<U: UpdateEntry<E, N>, const N: usize>(&self, name: &str);
}

macro_rules! listed {
    ($($stem:ident $update:ident [$n:literal])*) => {
        /// Every update.
        fn each<E: Number>(check: &impl Check<E>) {
            $(check.check::<catalogue::$update, $n>(stringify!($stem));)*
        }
    };
}
gradstep_check::updates!(listed);

/// Steps a list as usual.
fn step_many<E: Number, U: UpdateEntry<E, N>, const N: usize>(
    execution: Execution,
    list: &mut [Tensor<'_, E, N>],
) -> Result<(), Error> {
    U::usual().step_many(&U::usual().update(execution)?, list)
}

/// Steps lists of these lengths by each of `runs`, a call of `step_many` with its name.
fn same_as_alone<'a, E: Number, U: UpdateEntry<E, N>, const N: usize>(
    what: &str,
    lengths: &[usize],
    runs: impl IntoIterator<Item = (String, Run<'a, E, N>)>,
) {
    let mut random = Random::new(lengths.len() as u64);
    let start: Vec<Owned<E, N>> = lengths.iter().map(|n| Owned::new(&mut random, *n)).collect();
    let mut alone = start.clone();
    let update = U::usual().update(Execution::new().sequential()).expect("options");
    for tensor in &mut alone {
        U::usual().step(&update, tensor.borrow()).expect("not refused");
    }
    for (name, run) in runs {
        let mut together = start.clone();
        let mut tensors: Vec<_> = together.iter_mut().map(Owned::borrow).collect();
        run(&mut tensors).expect("not refused");
        for (i, (a, b)) in alone.iter().zip(&together).enumerate() {
            let same = a.patterns() == b.patterns();
            assert!(same, "{what}: tensor {i} of {} elements with {name}", lengths[i]);
        }
    }
}

type Run<'a, E, const N: usize> = Box<dyn Fn(&mut [Tensor<'_, E, N>]) -> Result<(), Error> + 'a>;

fn with<E: Number, U: UpdateEntry<E, N>, const N: usize>(
    execution: Execution,
) -> (String, Run<'static, E, N>) {
    (format!("{execution:?}"), Box::new(move |list| step_many::<E, U, N>(execution, list)))
}

/// Short ones and none on every level: a law has long ones.
struct EveryLevel;

impl<E: Number> Check<E> for EveryLevel {
    fn check<U: UpdateEntry<E, N>, const N: usize>(&self, name: &str) {
        for lengths in [&[][..], &[0], &[7], &[0, 1, 0]] {
            let levels = Level::available().map(|level| Execution::new().level(level));
            same_as_alone::<E, U, N>(name, lengths, levels.map(with::<E, U, N>));
        }
    }
}

#[test]
fn every_level_steps_each_as_alone() {
    each::<f32>(&EveryLevel);
    each::<f64>(&EveryLevel);
}

/// Any lengths.
struct AnyLengths;

impl<E: Number> Check<E> for AnyLengths {
    fn check<U: UpdateEntry<E, N>, const N: usize>(&self, name: &str) {
        law(&prop::collection::vec(0..100usize, 0..20), |lengths| {
            same_as_alone::<E, U, N>(name, &lengths, [with::<E, U, N>(Execution::new())]);
            Ok(())
        });
    }
}

#[test]
fn any_lengths_step_each_as_alone() {
    each::<f32>(&AnyLengths);
}

/// Lists that are worth threads: one tensor that is cut, many that are not, and
/// both, with the long one at either end and in the middle.
struct Pools;

impl<E: Number> Check<E> for Pools {
    fn check<U: UpdateEntry<E, N>, const N: usize>(&self, name: &str) {
        let worth = U::LARGE;
        let small = worth / 200;
        let mixed = |place: usize| {
            let mut lengths = vec![small / 10; 100];
            lengths.insert(place, worth);
            lengths
        };
        let lists = [vec![worth], vec![small; 220], mixed(0), mixed(50), mixed(100)];
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pools = [2, 3, 7].map(|threads| pool(threads).expect("threads"));
        for (i, lengths) in lists.iter().enumerate() {
            let runs = pools.iter().map(|pool| {
                let run = |list: &mut [Tensor<'_, E, N>]| {
                    pool.install(|| step_many::<E, U, N>(Execution::new(), list))
                };
                (format!("{} threads", pool.current_num_threads()), Box::new(run) as Run<'_, E, N>)
            });
            same_as_alone::<E, U, N>(&format!("{name} of list {i}"), lengths, runs);
        }
    }
}

#[test]
fn pools_step_each_as_alone() {
    each::<f32>(&Pools);
}

/// One slice of one tensor has a wrong length: the error names it, and nothing of any
/// tensor is written.
struct Refuses;

impl<E: Number> Check<E> for Refuses {
    fn check<U: UpdateEntry<E, N>, const N: usize>(&self, name: &str) {
        let mut random = Random::new(1);
        for wrong in 0..3 {
            for slice in 0..=N {
                for found in [0, 8, 10] {
                    let mut list: Vec<Owned<E, N>> =
                        (0..3).map(|_| Owned::new(&mut random, 9)).collect();
                    let changed = match slice {
                        0 => &mut list[wrong].g,
                        _ => &mut list[wrong].state[slice - 1],
                    };
                    changed.resize(found, E::HALF);
                    let before: Vec<_> = list.iter().map(Owned::patterns).collect();
                    let mut tensors: Vec<_> = list.iter_mut().map(Owned::borrow).collect();
                    let error = step_many::<E, U, N>(Execution::new(), &mut tensors);
                    let error = error.expect_err("a wrong length");
                    let after: Vec<_> = list.iter().map(Owned::patterns).collect();
                    assert!(before == after, "{name} wrote before {error:?}");
                    let Error::TensorLength { tensor, argument, expected, found: other } = error
                    else {
                        panic!("{name}: {error:?}")
                    };
                    assert_eq!((tensor, expected, other), (wrong, 9, found), "{name} {argument}");
                    assert_eq!(argument == "g", slice == 0, "{name}: {argument}");
                    let text = error.to_string();
                    let parts = [format!("`{argument}` of tensor {wrong}"), found.to_string()];
                    assert!(parts.iter().all(|part| text.contains(part)), "{text}");
                }
            }
        }
    }
}

#[test]
fn a_wrong_length_anywhere_is_refused() {
    each::<f32>(&Refuses);
    each::<f64>(&Refuses);
}

#[test]
fn step_0_of_a_list_is_refused() {
    let mut random = Random::new(2);
    let expected = Error::Parameter { parameter: "t", expected: "at least 1", found: 0.0 };
    let mut two = Owned::<f32, 2>::new(&mut random, 5);
    let mut three = Owned::<f32, 3>::new(&mut random, 5);
    let before = (two.patterns(), three.patterns());
    for result in [
        Adam::new(0.1).and_then(|adam| adam.step_many(&mut [two.borrow()], 0)),
        AdamW::new(0.1).and_then(|adam| adam.step_many(&mut [two.borrow()], 0)),
        ProxAdamW::new(0.1).and_then(|adam| adam.step_many(&mut [two.borrow()], 0)),
        Adam::new(0.1).and_then(|adam| adam.step_many_amsgrad(&mut [three.borrow()], 0)),
        AdamW::new(0.1).and_then(|adam| adam.step_many_amsgrad(&mut [three.borrow()], 0)),
    ] {
        assert_eq!(result, Err(expected.clone()));
    }
    assert!(before == (two.patterns(), three.patterns()));
}
