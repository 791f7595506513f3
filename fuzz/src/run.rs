//! Calls on every level, with every slice somewhere in a larger buffer.

use crate::Number;
use gradstep::{Error, Execution, Level};

/// What nothing writes.
fn guard<E: Number>() -> E {
    E::from_f64(-4919.125)
}

/// Elements behind the slice.
const BEHIND: usize = 64;

/// A slice somewhere in a buffer of guards; or, from the offset [`BEHIND`] on, in a buffer of
/// its own that ends where it does, so that a sanitizer sees what goes beyond.
struct Arena<E> {
    buffer: Box<[E]>,
    offset: usize,
    len: usize,
}

impl<E: Number> Arena<E> {
    fn new(inside: &[E], offset: usize, around: E) -> Self {
        if offset >= BEHIND {
            return Arena { buffer: inside.into(), offset: 0, len: inside.len() };
        }
        let mut buffer = vec![around; offset];
        buffer.extend(inside);
        buffer.resize(buffer.len() + BEHIND, around);
        Arena { buffer: buffer.into(), offset, len: inside.len() }
    }

    fn inside(&self) -> &[E] {
        &self.buffer[self.offset..self.offset + self.len]
    }

    fn inside_mut(&mut self) -> &mut [E] {
        &mut self.buffer[self.offset..self.offset + self.len]
    }

    fn untouched_outside(&self) -> bool {
        let (before, rest) = self.buffer.split_at(self.offset);
        before.iter().chain(&rest[self.len..]).all(|x| x.bits() == guard::<E>().bits())
    }
}

/// What a call gave on a level.
#[derive(Clone, Debug)]
pub struct Outcome<E> {
    pub level: Level,
    /// The returned number; 0 where a method returns none.
    pub value: f64,
    pub outputs: Vec<Vec<E>>,
}

impl<E: Number> Outcome<E> {
    /// The only output.
    pub fn output(&self) -> &[E] {
        &self.outputs[0]
    }

    fn patterns(&self) -> (u64, Vec<Vec<u64>>) {
        let outputs = self.outputs.iter().map(|output| patterns(output)).collect();
        (self.value.pattern(), outputs)
    }
}

pub fn patterns<E: Number>(x: &[E]) -> Vec<u64> {
    x.iter().map(|x| x.pattern()).collect()
}

/// How the calls of a case run.
#[derive(Clone, Copy, Debug)]
pub struct Runner {
    /// Of outputs first, then of inputs.
    pub offsets: [usize; 8],
    /// Whether only levels that fuse promise the same bits.
    pub needs_fusion: bool,
}

/// A method: inputs to read, outputs to write.
pub type Method<'m, E> = &'m dyn Fn(Execution, &[&[E]], &mut [&mut [E]]) -> Result<f64, Error>;

impl Runner {
    /// Runs a method on every level, on buffers with the contents of `inputs` and
    /// `outputs`; `accepted` says whether it must not be refused.
    pub fn run<E: Number>(
        self,
        what: &str,
        accepted: bool,
        inputs: &[&[E]],
        outputs: &[&[E]],
        method: Method<E>,
    ) -> Option<Vec<Outcome<E>>> {
        let mut outcomes: Vec<Outcome<E>> = Vec::new();
        for level in Level::available() {
            let execution = Execution::new().level(level).sequential();
            let mut arenas: Vec<_> = outputs
                .iter()
                .zip(self.offsets)
                .map(|(output, offset)| Arena::new(output, offset, guard()))
                .collect();
            // NaN beside an input would be seen in a sum.
            let columns: Vec<_> = inputs
                .iter()
                .zip(&self.offsets[outputs.len()..])
                .map(|(input, offset)| Arena::new(input, *offset, E::NAN))
                .collect();
            let columns: Vec<&[E]> = columns.iter().map(Arena::inside).collect();
            let mut slices: Vec<&mut [E]> = arenas.iter_mut().map(Arena::inside_mut).collect();
            let result = method(execution, &columns, &mut slices);
            let outside = arenas.iter().all(Arena::untouched_outside);
            assert!(outside, "{what} on {level:?} wrote outside of its output");
            match result {
                Ok(value) => {
                    assert!(accepted, "{what} on {level:?} was not refused");
                    let outputs = arenas.iter().map(|arena| arena.inside().to_vec()).collect();
                    outcomes.push(Outcome { level, value, outputs });
                }
                Err(error) => {
                    assert!(!accepted, "{what} on {level:?} was refused: {error}");
                    assert!(!error.to_string().is_empty());
                    let bits = |x: &[E]| x.iter().map(|x| x.bits()).collect::<Vec<_>>();
                    let unwritten =
                        arenas.iter().zip(outputs).all(|(a, b)| bits(a.inside()) == bits(b));
                    assert!(unwritten, "{what} on {level:?} wrote before {error:?}");
                }
            }
        }
        self.agree(what, &outcomes);
        accepted.then_some(outcomes)
    }

    /// Levels agree wherever they promise to.
    fn agree<E: Number>(self, what: &str, outcomes: &[Outcome<E>]) {
        let promised = |o: &&Outcome<E>| o.level.fused() || !self.needs_fusion;
        let mut promising = outcomes.iter().filter(promised);
        let Some(first) = promising.next() else { return };
        for outcome in promising {
            assert_eq!(outcome.value.pattern(), first.value.pattern(), "{what}: {outcome:?}");
            for (output, expected) in outcome.outputs.iter().zip(&first.outputs) {
                let differs = |i: &usize| output[*i].pattern() != expected[*i].pattern();
                if let Some(i) = (0..output.len()).find(differs) {
                    let levels = (outcome.level, first.level);
                    panic!("{what} at {i}: {:?}, {:?} on {levels:?}", output[i], expected[i]);
                }
            }
        }
    }
}

/// Two methods that promise the same bits, level by level.
pub fn same<E: Number>(what: &str, left: &[Outcome<E>], right: &[Outcome<E>]) {
    for (left, right) in left.iter().zip(right) {
        assert!(left.patterns() == right.patterns(), "{what}: {left:?} and {right:?}");
    }
}

/// Whether both wrote the same, whatever they returned.
pub fn same_outputs<E: Number>(what: &str, left: &[Outcome<E>], right: &[Outcome<E>]) {
    for (left, right) in left.iter().zip(right) {
        assert!(left.patterns().1 == right.patterns().1, "{what}: {left:?} and {right:?}");
    }
}
