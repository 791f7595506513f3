//! What is compared: operations, sizes, and that all compute the same.

use crate::buffers::{Buffers, Slice, Slices};
use crate::size::Size;
#[cfg(c_loop)]
use crate::with_c;
use crate::{with_rten, with_wide};
use gradstep::Element;
use std::error::Error;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Op {
    SoftThreshold,
    Sgd,
    SgdMomentum,
    AdamW,
    Mse,
    SmoothL1,
    BinaryCrossEntropyWithLogits,
    CrossEntropy,
    /// No operation: what the rows of a cross-entropy are copied in.
    Memcpy,
}

const PREDICTION: Slice = Slice::Read(-4.0, 4.0);
const TARGET: Slice = Slice::Read(0.0, 1.0);
const WEIGHT: Slice = Slice::Update(-1.0, 1.0);
const GRADIENT: Slice = Slice::Read(-1.0, 1.0);
/// Averages before the first step.
const AVERAGE: Slice = Slice::Update(0.0, 0.0);

const ELEMENTS: [usize; 3] = [4 << 10, 256 << 10, 16 << 20];
const ROWS: [(usize, usize); 6] =
    [(1024, 2), (1024, 10), (4096, 3), (256, 1000), (64, 32_000), (8, 128_256)];

impl Op {
    pub(crate) const ALL: [Op; 9] = [
        Op::SoftThreshold,
        Op::Sgd,
        Op::SgdMomentum,
        Op::AdamW,
        Op::Mse,
        Op::SmoothL1,
        Op::BinaryCrossEntropyWithLogits,
        Op::CrossEntropy,
        Op::Memcpy,
    ];

    /// The operation's stem.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Op::SoftThreshold => "soft_threshold",
            Op::Sgd => "sgd",
            Op::SgdMomentum => "sgd_momentum",
            Op::AdamW => "adam_w",
            Op::Mse => "mse",
            Op::SmoothL1 => "smooth_l1",
            Op::BinaryCrossEntropyWithLogits => "binary_cross_entropy_with_logits",
            Op::CrossEntropy => "cross_entropy",
            Op::Memcpy => "memcpy",
        }
    }

    pub(crate) fn slices(self) -> &'static [Slice] {
        match self {
            Op::SoftThreshold => &[Slice::Update(-4.0, 4.0)],
            Op::Sgd => &[WEIGHT, GRADIENT],
            Op::SgdMomentum => &[WEIGHT, GRADIENT, WEIGHT],
            Op::AdamW => &[WEIGHT, GRADIENT, AVERAGE, AVERAGE],
            Op::Mse | Op::SmoothL1 | Op::BinaryCrossEntropyWithLogits => {
                &[PREDICTION, TARGET, Slice::Write]
            }
            Op::CrossEntropy | Op::Memcpy => &[PREDICTION, Slice::Write],
        }
    }

    pub(crate) fn sizes(self) -> Vec<Size> {
        let elements = ELEMENTS.map(|rows| Size { rows, columns: 1 });
        let rows = ROWS.map(|(rows, columns)| Size { rows, columns });
        match self {
            Op::CrossEntropy => rows.into(),
            Op::Memcpy => [&elements[..], &rows].concat(),
            _ => elements.into(),
        }
    }
}

/// Decay, momentum and the averages' rates of every update.
pub(crate) const DECAY: f64 = 0.1;
pub(crate) const MOMENTUM: f64 = 0.9;
pub(crate) const BETAS: [f64; 2] = [0.9, 0.999];
pub(crate) const EPS: f64 = 1e-8;

/// One operation at one size, with its options.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) op: Op,
    pub(crate) size: Size,
    /// The learning rate.
    pub(crate) rate: f64,
    /// Of the soft-threshold.
    pub(crate) lambda: f64,
}

impl Case {
    /// Constants so small that what is updated in place again and again stays what
    /// it was: not all zeros, no subnormal numbers.
    pub(crate) fn timed(op: Op, size: Size) -> Self {
        Self { op, size, rate: 1e-12, lambda: 1e-6 }
    }

    /// A class for each row, none of them next to its neighbour's.
    pub(crate) fn classes(self) -> Vec<u32> {
        (0..self.size.rows).map(|row| (row * 7919 % self.size.columns) as u32).collect()
    }
}

/// The work of a case on slices; gives back the loss where there is one.
pub(crate) type Call<E> = Box<dyn FnMut(&mut Slices<'_, E>) -> f64>;

/// What a call left, with the number of the slice that it would be in.
pub(crate) type Results = Vec<(usize, Vec<f64>)>;

pub(crate) struct Candidate<E> {
    pub(crate) who: &'static str,
    /// Of ours alone.
    pub(crate) level: &'static str,
    pub(crate) call: Call<E>,
    /// Of peers that own their data.
    pub(crate) results: Option<Box<dyn Fn() -> Results>>,
}

impl<E> Candidate<E> {
    pub(crate) fn new(
        who: &'static str,
        call: impl FnMut(&mut Slices<'_, E>) -> f64 + 'static,
    ) -> Self {
        Self { who, level: "", call: Box::new(call), results: None }
    }
}

/// `f32` and `f64`, as all peers know them.
pub(crate) trait Real:
    Element + num_traits::Float + num_traits::NumAssign + candle_core::WithDType
{
    /// Relative to the largest value of a result: loops that add up 10 000 numbers
    /// in order are off by some hundred roundings.
    const TOLERANCE: f64;

    /// Peers that know `f32` alone.
    fn of_single_precision(case: Case) -> Vec<Candidate<Self>>;
}

impl Real for f32 {
    const TOLERANCE: f64 = 3e-5;

    fn of_single_precision(case: Case) -> Vec<Candidate<f32>> {
        let all = with_rten::candidate(case).into_iter().chain(with_wide::candidate(case));
        #[cfg(c_loop)]
        let all = all.chain(with_c::candidate(case));
        all.collect()
    }
}

impl Real for f64 {
    const TOLERANCE: f64 = 1e-12;

    fn of_single_precision(_: Case) -> Vec<Candidate<f64>> {
        Vec::new()
    }
}

/// Several traits of the peers have functions of these names.
pub(crate) fn real<E: Element>(x: f64) -> E {
    E::from_f64(x)
}

pub(crate) fn double<E: Element>(x: E) -> f64 {
    x.to_f64()
}

/// Whether all candidates compute what the first one does, from the same data.
pub(crate) fn check<E: Real>(
    op: Op,
    candidates: fn(Case, &Slices<'_, E>) -> Vec<Candidate<E>>,
) -> Result<(), Box<dyn Error>> {
    let (rows, columns) = if op == Op::CrossEntropy { (101, 103) } else { (10_007, 1) };
    let case = Case { op, size: Size { rows, columns }, rate: 0.1, lambda: 0.5 };
    let fresh = || Buffers::<E>::new(op.slices(), case.size.len());
    let mut expected: Option<(f64, Vec<Vec<f64>>)> = None;
    for mut candidate in candidates(case, &fresh().slices()) {
        let mut buffers = fresh();
        let mut slices = buffers.slices();
        let loss = (candidate.call)(&mut slices);
        let all = slices.each_ref().map(|slice| slice.iter().map(|x| double(*x)).collect());
        let results = match &candidate.results {
            Some(results) => results(),
            None => all.into_iter().enumerate().collect(),
        };
        let Some((first, values)) = &expected else {
            expected = Some((loss, results.into_iter().map(|each| each.1).collect()));
            continue;
        };
        let name = format!("{} {} of {}", candidate.who, candidate.level, op.name());
        close(&[loss], &[*first], E::TOLERANCE).map_err(|e| format!("{name}, loss: {e}"))?;
        for (slice, result) in &results {
            let compared = close(result, &values[*slice], E::TOLERANCE);
            compared.map_err(|error| format!("{name}, slice {slice}: {error}"))?;
        }
    }
    Ok(())
}

fn close(result: &[f64], expected: &[f64], tolerance: f64) -> Result<(), String> {
    let largest = expected.iter().fold(0.0f64, |largest, x| largest.max(x.abs()));
    if result.len() != expected.len() {
        return Err(format!("{} elements, not {}", result.len(), expected.len()));
    }
    for (i, (x, y)) in result.iter().zip(expected).enumerate() {
        let near = (x - y).abs() <= tolerance * largest; // NaN is not
        if !near {
            return Err(format!("{x} at {i}, not {y}"));
        }
    }
    Ok(())
}
