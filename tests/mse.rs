//! Mean squared error, beyond what holds for every loss of the list.

use gradstep::loss::Mse;

#[test]
fn squares_overflow_to_infinity_and_slopes_do_not() {
    let mut grad = [0.0f32; 2];
    let loss = Mse::new().loss_and_grad(&[1e20, 1e-30], &[-1e20, 0.0], &mut grad);
    assert_eq!(loss, Ok(f64::INFINITY));
    assert_eq!(grad, [2e20, 1e-30]);
}
