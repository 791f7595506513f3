//! Mean squared error.

use crate::numbers::Number;
use crate::pointwise::{self, PointwiseLoss};
use crate::reference::{self, Double};
use gradstep::kernels::ops;
use gradstep::loss::{self, Loss};

#[derive(Clone, Copy, Debug)]
struct Mse;

impl<E: Number> PointwiseLoss<E> for Mse {
    type Formula = ops::Mse;
    const NAME: &'static str = "mse";

    fn loss<'w>(self) -> Loss<'w, E, ops::Mse> {
        loss::Mse::new()
    }

    fn reference(self, prediction: f64, target: f64) -> (Double, Double) {
        reference::pointwise::mse(prediction, target)
    }

    fn kinks(self) -> Vec<E> {
        vec![]
    }
}

fn all<E: Number>() -> [Mse; 1] {
    [Mse]
}

pointwise::tests!(all);

#[test]
fn squares_overflow_to_infinity_and_slopes_do_not() {
    let mut grad = [0.0f32; 2];
    let loss = loss::Mse::new().loss_and_grad(&[1e20, 1e-30], &[-1e20, 0.0], &mut grad);
    assert_eq!(loss, Ok(f64::INFINITY));
    assert_eq!(grad, [2e20, 1e-30]);
}
