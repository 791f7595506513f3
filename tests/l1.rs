//! Mean absolute error, and with it sums: its values are exact.

use crate::numbers::Number;
use crate::pointwise::{self, PointwiseLoss};
use crate::reference::{self, Double};
use gradstep::kernels::ops;
use gradstep::loss::{self, Loss};

#[derive(Clone, Copy, Debug)]
struct L1;

impl<E: Number> PointwiseLoss<E> for L1 {
    type Formula = ops::L1;
    const NAME: &'static str = "l1";

    fn loss<'w>(self) -> Loss<'w, E, ops::L1> {
        loss::L1::new()
    }

    fn reference(self, prediction: f64, target: f64) -> (Double, Double) {
        reference::pointwise::l1(prediction, target)
    }
}

fn all<E: Number>() -> [L1; 1] {
    [L1]
}

pointwise::tests!(all);
