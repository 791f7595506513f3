//! What a pass over rows gives beside the loss.

use super::Case;
use crate::Number;
use crate::run::{Outcome, same_outputs};
use gradstep::loss::{AnyTarget, Logits, Outputs};

impl<E: Number, T: AnyTarget<E>> Case<E, T> {
    /// Rows are counted as they are told, and losses are those of `losses`.
    pub(super) fn check_outputs(&self, what: &str, losses: Option<&[Outcome<E>]>) {
        let all = vec![E::ZERO; self.rows];
        let got = self.runner.run(what, true, &[&self.logits], &[&all], &|execution, x, out| {
            let outputs =
                Outputs { losses: Some(&mut *out[0]), count_correct: true, ..Outputs::default() };
            let options = self.options(execution);
            let sum = options.evaluate(Logits::Read(x[0]), &self.targets, outputs)?;
            let counted = (0..self.rows).filter(|r| !self.is_left_out(*r)).count();
            assert_eq!(sum.rows(), counted as u64, "{what}: rows");
            Ok(sum.correct() as f64)
        });
        if let (Some(got), Some(losses)) = (&got, losses) {
            same_outputs(what, got, losses);
        }
        let correct = (0..self.rows).filter(|r| self.is_correct(*r)).count() as f64;
        for outcome in got.iter().flatten() {
            assert_eq!(outcome.value, correct, "{what}: correct rows on {:?}", outcome.level);
        }
    }

    fn is_left_out(&self, r: usize) -> bool {
        self.said.as_ref().is_some_and(|said| self.is_ignored(said[r]))
    }

    /// Whether the target is the first of the largest logits, and the loss no NaN.
    fn is_correct(&self, r: usize) -> bool {
        let place = r * self.classes..(r + 1) * self.classes;
        let row = self.row(r);
        let target = match &self.said {
            Some(_) if self.is_left_out(r) => return false,
            Some(said) => said[r] as usize,
            None => first_of_largest(&self.probabilities[place]),
        };
        let first = first_of_largest(row);
        first == target && row[first].finite() && !row.iter().any(|x| x.is_nan())
    }
}

fn first_of_largest<E: Number>(x: &[E]) -> usize {
    let largest = |best: usize, i: usize| if x[i] > x[best] { i } else { best };
    (0..x.len()).fold(0, largest)
}
