//! The same with the classes before their rows.

use super::Case;
use crate::Number;
use crate::run::{Outcome, patterns};
use gradstep::loss::AnyTarget;
use gradstep_check::reference::Format;

impl<E: Number, T: AnyTarget<E>> Case<E, T> {
    /// Losses, and gradients times factors of rows, are those of classes side by side.
    pub(super) fn check_positions(
        &self,
        losses: Option<&[Outcome<E>]>,
        back: Option<&[Outcome<E>]>,
    ) {
        let (rows, classes) = (self.rows, self.classes);
        if rows == 0 {
            return;
        }
        let logits = transposed(&self.logits, classes);
        let targets = match self.said {
            Some(_) => self.targets.clone(),
            None => transposed(&self.targets, classes),
        };
        let what = format!("positions, {}", self.what());
        let columns: [&[E]; 2] = [&logits, &self.upstream];
        let [of_rows, of_classes] = [&self.outputs[0][..], &self.outputs[1]];
        if let Some(losses) = losses {
            let got = self.runner.run(&what, true, &columns, &[of_rows], &|execution, x, out| {
                let options = self.options(execution).positions(rows)?;
                options.losses(x[0], &targets, out[0]).map(|()| 0.0)
            });
            self.check_same(&what, got, losses, <[E]>::to_vec);
        }
        if let Some(back) = back {
            let got =
                self.runner.run(&what, true, &columns, &[of_classes], &|execution, x, out| {
                    let options = self.options(execution).positions(rows)?;
                    options.backward(x[0], &targets, x[1], out[0]).map(|()| 0.0)
                });
            self.check_same(&what, got, back, |grad| transposed(grad, classes));
        }
    }

    fn check_same(
        &self,
        what: &str,
        got: Option<Vec<Outcome<E>>>,
        expected: &[Outcome<E>],
        turned: impl Fn(&[E]) -> Vec<E>,
    ) {
        for (got, expected) in got.iter().flatten().zip(expected) {
            // Longer rows, where classes lie side by side, are added in another order.
            let most = if got.level.fused() && E::FORMAT == Format::F32 { 128 } else { 50 };
            if self.classes <= most {
                let expected = turned(expected.output());
                assert_eq!(patterns(got.output()), patterns(&expected), "{what}: {got:?}");
            }
        }
    }
}

/// `[classes, rows]` of `[rows, classes]`.
pub(super) fn transposed<T: Copy>(x: &[T], classes: usize) -> Vec<T> {
    (0..classes).flat_map(|class| x.iter().skip(class).step_by(classes).copied()).collect()
}
