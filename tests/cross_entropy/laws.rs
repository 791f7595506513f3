//! Laws of cross-entropy that need no reference.

use super::{Outcome, on, outcome, patterns, sum_on};
use crate::elementwise::law;
use crate::numbers::{Number, bits};
use crate::tolerance;
use gradstep::Level;
use proptest::prelude::*;

/// Rows of up to 139 classes: logits with differences up to 16 in steps of a 16th,
/// and a target each.
#[derive(Clone, Debug)]
struct Batch {
    classes: usize,
    sixteenths: Vec<i32>,
    targets: Vec<usize>,
}

impl Batch {
    fn any(most_rows: usize) -> BoxedStrategy<Self> {
        let classes = prop_oneof![1usize..12, 1usize..140];
        let shape = (classes, 1..=most_rows);
        let batch = shape.prop_flat_map(|(classes, rows)| {
            let logits = prop::collection::vec(-128i32..=128, rows * classes);
            let targets = prop::collection::vec(0..classes, rows);
            (Just(classes), logits, targets)
        });
        let batch =
            batch.prop_map(|(classes, sixteenths, targets)| Batch { classes, sixteenths, targets });
        batch.boxed()
    }

    fn logits<E: Number>(&self) -> Vec<E> {
        self.shifted(0)
    }

    /// All logits higher by a whole number: exact, and so are differences.
    fn shifted<E: Number>(&self, by: i32) -> Vec<E> {
        let logit = |x: &i32| E::from_f64(f64::from(*x) / 16.0 + f64::from(by));
        self.sixteenths.iter().map(logit).collect()
    }

    fn outcome<E: Number>(&self, level: Level) -> Outcome<E> {
        outcome(&sum_on(level, self.classes), &self.logits(), &self.targets)
    }

    fn rows(&self) -> impl Iterator<Item = std::ops::Range<usize>> {
        let classes = self.classes;
        (0..self.targets.len()).map(move |r| r * classes..(r + 1) * classes)
    }
}

/// Within the tolerances of two results of the same exact number.
fn near<E: Number>(a: E, b: E, output: &str) -> bool {
    let ulps = 2.0 * tolerance::ulps("cross_entropy", output, E::FORMAT);
    let unit = 2f64.powi(1 - E::FORMAT.precision());
    let (a, b) = (a.to_f64(), b.to_f64());
    (a - b).abs() <= ulps * unit * a.abs().max(b.abs())
}

/// A number added to all logits of a row changes nothing.
fn shifts_change_nothing<E: Number>() {
    law(&(Batch::any(9), -60_000i32..60_000), |(batch, shift)| {
        for level in Level::available() {
            let options = sum_on::<E>(level, batch.classes);
            let shifted = outcome(&options, &batch.shifted(shift), &batch.targets);
            let got = batch.outcome::<E>(level);
            let what = format!("{batch:?} {shift} {level:?}");
            for (a, b) in got.grad.iter().zip(&shifted.grad) {
                prop_assert!(near(*a, *b, "gradient"), "{a:?} {b:?} {what}");
            }
            for (a, b) in got.losses.iter().zip(&shifted.losses) {
                prop_assert!(near(*a, *b, "loss of a row"), "{a:?} {b:?} {what}");
            }
        }
        Ok(())
    });
}

/// Renamed classes have the same losses and gradients, up to the order of sums.
fn names_of_classes_do_not_matter<E: Number>() {
    law(&(Batch::any(5), any::<prop::sample::Index>()), |(batch, step)| {
        let classes = batch.classes;
        // Multiplying by a number prime to the number of classes.
        let prime =
            |k: &usize| (1..=classes).rev().all(|d| d == 1 || k % d != 0 || classes % d != 0);
        let steps: Vec<usize> = (1..=classes).filter(prime).collect();
        let step = steps[step.index(steps.len())];
        let name = |c: usize| c * step % classes;
        let mut renamed = batch.clone();
        for (row, target) in batch.rows().zip(&mut renamed.targets) {
            for c in 0..classes {
                renamed.sixteenths[row.start + name(c)] = batch.sixteenths[row.start + c];
            }
            *target = name(*target);
        }
        for level in Level::available() {
            let (got, other) = (batch.outcome::<E>(level), renamed.outcome::<E>(level));
            for r in 0..batch.targets.len() {
                let ((grad, loss), (other, other_loss)) = (got.row(r), other.row(r));
                prop_assert!(
                    near(loss, other_loss, "loss of a row"),
                    "{loss:?} {other_loss:?} {level:?}"
                );
                for c in 0..classes {
                    let (a, b) = (grad[c], other[name(c)]);
                    prop_assert!(near(a, b, "gradient"), "{a:?} {b:?} {level:?}");
                }
            }
        }
        Ok(())
    });
}

/// A row's loss and gradient are what the row has alone, wherever it stands.
fn rows_do_not_know_each_other<E: Number>() {
    law(&(Batch::any(70), any::<prop::sample::Index>()), |(batch, cut)| {
        let rows = batch.targets.len();
        let cut = cut.index(rows + 1);
        let logits = batch.logits::<E>();
        for level in Level::available() {
            let options = sum_on::<E>(level, batch.classes);
            let whole = batch.outcome::<E>(level);
            for (r, row) in batch.rows().enumerate() {
                let alone = outcome(&options, &logits[row], &batch.targets[r..=r]);
                let (grad, loss) = whole.row(r);
                prop_assert_eq!(patterns(grad), patterns(&alone.grad), "row {} on {:?}", r, level);
                prop_assert_eq!(bits(loss), bits(alone.losses[0]), "row {} on {:?}", r, level);
            }
            let (logits, rest) = logits.split_at(cut * batch.classes);
            let (targets, targets_rest) = batch.targets.split_at(cut);
            let mut parts = outcome(&options, logits, targets);
            let rest = outcome(&options, rest, targets_rest);
            parts.grad.extend(rest.grad);
            parts.losses.extend(rest.losses);
            prop_assert_eq!(whole.patterns(), parts.patterns(), "cut at {} on {:?}", cut, level);
        }
        Ok(())
    });
}

/// Rows in another order have the same losses and gradients.
fn the_order_of_rows_does_not_matter<E: Number>() {
    law(&(Batch::any(70), any::<prop::sample::Index>()), |(batch, by)| {
        let by = by.index(batch.targets.len());
        let mut turned = batch.clone();
        turned.targets.rotate_left(by);
        turned.sixteenths.rotate_left(by * batch.classes);
        for level in Level::available() {
            let (mut got, other) = (batch.outcome::<E>(level), turned.outcome::<E>(level));
            got.grad.rotate_left(by * batch.classes);
            got.losses.rotate_left(by);
            prop_assert_eq!(got.patterns(), other.patterns(), "{:?}", level);
            let most = tolerance::typical_sum(E::FORMAT) * got.loss;
            prop_assert!(
                (got.loss - other.loss).abs() <= most,
                "{} {} {level:?}",
                got.loss,
                other.loss
            );
        }
        Ok(())
    });
}

/// The gradient of a row adds up to 0: shifts change nothing.
fn gradients_of_a_row_add_up_to_0<E: Number>() {
    law(&Batch::any(9), |batch| {
        for level in Level::available() {
            let got = batch.outcome::<E>(level);
            for (row, target) in batch.rows().zip(&batch.targets) {
                let grad = &got.grad[row];
                let others = (0..batch.classes).filter(|c| c != target);
                let sum: f64 = others.map(|c| grad[c].to_f64()).sum();
                // A sum of positive numbers that errs by what its terms err by.
                let both = 2.0 * tolerance::ulps("cross_entropy", "gradient", E::FORMAT);
                let most = both * 2f64.powi(1 - E::FORMAT.precision()) * sum;
                let target = grad[*target].to_f64();
                prop_assert!((sum + target).abs() <= most, "{sum} and {target} on {level:?}");
            }
        }
        Ok(())
    });
}

/// A loss is not negative, and a gradient lies between -1 and 0 for the target,
/// and between 0 and 1 for the others.
fn signs<E: Number>() {
    law(&Batch::any(20), |batch| {
        for level in Level::available() {
            let got = batch.outcome::<E>(level);
            for (r, target) in batch.targets.iter().enumerate() {
                let (grad, loss) = got.row(r);
                prop_assert!(loss >= E::ZERO, "{loss:?} on {level:?}");
                for (c, g) in grad.iter().enumerate() {
                    let share = if c == *target { -*g } else { *g };
                    prop_assert!(share >= E::ZERO && share <= E::ONE, "{g:?} on {level:?}");
                }
            }
        }
        Ok(())
    });
}

/// Levels that fuse give the same bits, the others the same numbers.
fn levels_agree<E: Number>() {
    law(&Batch::any(70), |batch| {
        let mut first: Option<Outcome<E>> = None;
        // Scalar code fuses and is always there.
        let levels = Level::available().filter(|level| level.fused());
        for level in levels.chain(Level::available().filter(|level| !level.fused())) {
            let got = batch.outcome::<E>(level);
            let first = first.get_or_insert_with(|| got.clone());
            if level.fused() {
                prop_assert_eq!(first.patterns(), got.patterns(), "{:?}", level);
                prop_assert_eq!(bits(first.loss), bits(got.loss), "{:?}", level);
            } else {
                let near_all = |a: &[E], b: &[E], output| {
                    a.iter().zip(b).all(|(a, b)| near::<E>(*a, *b, output))
                };
                prop_assert!(near_all(&first.grad, &got.grad, "gradient"), "{level:?}");
                prop_assert!(near_all(&first.losses, &got.losses, "loss of a row"), "{level:?}");
            }
        }
        Ok(())
    });
}

in_both_types! {
    shifts_change_nothing names_of_classes_do_not_matter rows_do_not_know_each_other
    the_order_of_rows_does_not_matter gradients_of_a_row_add_up_to_0 signs levels_agree
}

/// The gradient is the slope of the mean loss.
#[test]
fn gradient_is_the_slope() {
    const STEP: f64 = 1.0 / 4096.0;
    law(&(Batch::any(6), any::<prop::sample::Index>()), |(batch, place)| {
        let place = place.index(batch.sixteenths.len());
        for level in Level::available() {
            let options = on::<f64>(level, batch.classes);
            let slope = |step: f64| {
                let mut logits = batch.logits::<f64>();
                logits[place] += step;
                options.loss(&logits, &batch.targets).expect("loss")
            };
            // The fourth-order difference: an error of 4/5 of 2^-48 times a fifth
            // derivative below 1, and a few 2^-53 of losses below 22 by the step.
            let (near, far) = (slope(STEP) - slope(-STEP), slope(2.0 * STEP) - slope(-2.0 * STEP));
            let slope = (8.0 * near - far) / (12.0 * STEP);
            let grad = outcome(&options, &batch.logits(), &batch.targets).grad[place];
            prop_assert!((slope - grad).abs() < 2f64.powi(-34), "{slope} {grad} on {level:?}");
        }
        Ok(())
    });
}
