//! Every row's loss and every gradient element against the reference, in ULPs of
//! the exact result, however small it is.

use super::{CLASSES, exact, outcome, row, sum_on};
use crate::numbers::{Number, Random};
use crate::reference::Format;
use crate::tolerance;
use gradstep::Level;

/// Rows of one length and their targets.
struct Batch<E> {
    classes: usize,
    logits: Vec<E>,
    targets: Vec<usize>,
}

impl<E: Number> Batch<E> {
    fn new(classes: usize) -> Self {
        Batch { classes, logits: Vec::new(), targets: Vec::new() }
    }

    fn add(&mut self, logits: impl Fn(usize) -> E, target: usize) {
        self.logits.extend((0..self.classes).map(logits));
        self.targets.push(target);
    }

    /// Checks loss and gradient of every row, on every level.
    fn check(&self, what: &str) {
        let references: Vec<_> = self
            .logits
            .chunks(self.classes)
            .zip(&self.targets)
            .map(|(logits, target)| row(logits, *target))
            .collect();
        let ulps = |output| tolerance::ulps("cross_entropy", output, E::FORMAT);
        let (loss_ulps, grad_ulps) = (ulps("loss of a row"), ulps("gradient"));
        for level in Level::available() {
            let got = outcome(&sum_on(level, self.classes), &self.logits, &self.targets);
            for (r, reference) in references.iter().enumerate() {
                let (grad, loss) = got.row(r);
                let place = || {
                    let Self { classes, targets, .. } = self;
                    let logits = &self.logits[r * classes..(r + 1) * classes];
                    let logits = &logits[..(*classes).min(8)];
                    format!("{what} on {level:?}, {classes} classes, {logits:?}.., {}", targets[r])
                };
                let error = super::error::<E>(loss.to_f64(), reference.loss);
                assert!(
                    error <= loss_ulps,
                    "loss {loss:?}, not {:e}: {error} ULP; {}",
                    reference.loss.to_f64(),
                    place()
                );
                for (c, (got, exact)) in grad.iter().zip(&reference.grad).enumerate() {
                    let error = super::error::<E>(got.to_f64(), *exact);
                    assert!(
                        error <= grad_ulps,
                        "gradient of class {c} {got:?}, not {:e}: {error} ULP; {}",
                        exact.to_f64(),
                        place()
                    );
                }
            }
        }
    }
}

/// Gaps between the largest logit and the others.
fn gaps<E: Number>() -> &'static [f64] {
    match E::FORMAT {
        // Up to where probabilities become subnormal.
        Format::F32 => {
            &[0.0, 0.015625, 0.5, 1.0, 3.0, 8.0, 15.0, 16.0, 17.0, 18.0, 30.0, 60.0, 87.0]
        }
        Format::F64 => {
            &[0.0, 0.015625, 0.5, 1.0, 3.0, 8.0, 17.0, 36.0, 37.0, 38.0, 90.0, 350.0, 700.0]
        }
    }
}

/// One class leads, the others lie anywhere below; the target is the leader, any
/// other, or the first or last class.
fn one_leader<E: Number>() {
    let mut random = Random::new(1);
    for classes in CLASSES {
        let mut batch = Batch::<E>::new(classes);
        for gap in gaps::<E>() {
            for repeat in 0..(400 / classes).clamp(2, 12) {
                let leader = random.below(classes);
                let others: Vec<E> = (0..classes).map(|_| exact(&mut random, *gap)).collect();
                let target = [leader, random.below(classes), 0, classes - 1][repeat % 4];
                batch.add(|c| if c == leader { E::ZERO } else { others[c] }, target);
            }
        }
        batch.check("one leader");
    }
}

/// All but one or two classes share one logit: rounding errors of a sum that
/// adds them one by one have a common sign.
fn equal_logits_but_one<E: Number>() {
    let mut random = Random::new(2);
    for classes in CLASSES {
        let mut batch = Batch::<E>::new(classes);
        for gap in gaps::<E>() {
            for repeat in 0..(400 / classes).clamp(2, 12) {
                let (leader, other) = (random.below(classes), random.below(classes));
                let low = E::from_f64(-gap - (random.within(0.0, 0.5) * 64.0).round() / 64.0);
                let target = [leader, other][repeat % 2];
                batch.add(|c| if c == leader { E::ZERO } else { low }, target);
            }
        }
        batch.check("equal logits but one");
    }
}

/// Several classes share the largest logit.
fn ties<E: Number>() {
    let mut random = Random::new(3);
    for classes in CLASSES {
        let mut batch = Batch::<E>::new(classes);
        for gap in gaps::<E>() {
            for every in [1, 2, 3, 7] {
                let low = exact::<E>(&mut random, *gap);
                let target = random.below(classes);
                batch.add(|c| if c % every == 0 { E::ZERO } else { low }, target);
            }
        }
        batch.check("ties");
    }
}

/// Logits whose distance from the largest has more digits than a number: `x - m`
/// rounds, and its exponential must not notice.
fn differences_that_round<E: Number>() {
    let mut random = Random::new(4);
    for classes in CLASSES {
        let mut batch = Batch::<E>::new(classes);
        for gap in gaps::<E>() {
            for repeat in 0..(200 / classes).clamp(2, 8) {
                let leader = random.below(classes);
                let middle = random.within(0.0, *gap);
                let others: Vec<E> =
                    (0..classes).map(|_| random.ordinary(middle - gap, middle)).collect();
                let top = E::from_f64(middle);
                let target = [leader, random.below(classes)][repeat % 2];
                batch.add(|c| if c == leader { top } else { others[c] }, target);
            }
        }
        batch.check("differences that round");
    }
}

/// Logits far from 0: nothing may be added to them before they cancel.
fn far_from_zero<E: Number>() {
    let mut random = Random::new(5);
    // Multiples of 8 near 1e8, exact in f32.
    for center in [1e8, -1e8, 12_345.0] {
        let step = if center == 12_345.0 { 0.25 } else { 8.0 };
        for classes in CLASSES {
            let mut batch = Batch::<E>::new(classes);
            for _ in 0..(400 / classes).clamp(2, 12) {
                let others: Vec<f64> =
                    (0..classes).map(|_| -step * random.below(10) as f64).collect();
                batch.add(|c| E::from_f64(center + others[c]), random.below(classes));
            }
            batch.check("far from zero");
        }
    }
}

in_both_types! { one_leader equal_logits_but_one ties differences_that_round far_from_zero }

/// Probabilities below the smallest normal number, which `f32` reaches from a gap
/// of 87.3 on.
#[test]
fn subnormal_probabilities() {
    let mut random = Random::new(6);
    for classes in CLASSES {
        let mut batch = Batch::<f32>::new(classes);
        for gap in [86.0, 87.0, 87.5, 88.0, 90.0, 95.0, 100.0, 103.0] {
            for repeat in 0..2 {
                let leader = random.below(classes);
                let low = exact::<f32>(&mut random, 0.25) - gap;
                let target = [leader, random.below(classes)][repeat];
                batch.add(|c| if c == leader { 0.0 } else { low }, target);
            }
        }
        batch.check("subnormal probabilities");
    }
}

/// Rows far longer than a block of a sum.
fn long_rows<E: Number>() {
    let mut random = Random::new(7);
    for (classes, rows) in [(4096, 3), (4097, 3), (10_000, 3), (100_000, 1)] {
        let mut batch = Batch::<E>::new(classes);
        for _ in 0..rows {
            let (leader, gap) = (random.below(classes), random.within(0.0, 20.0));
            let others: Vec<E> = (0..classes).map(|_| exact(&mut random, gap)).collect();
            batch.add(|c| if c == leader { E::ZERO } else { others[c] }, leader);
            // A thousand times the same term in a lane.
            let low = exact::<E>(&mut random, gap);
            batch.add(|c| if c == leader { E::ZERO } else { low }, random.below(classes));
        }
        batch.check("long rows");
    }
}

in_both_types! { long_rows }
