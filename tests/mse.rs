//! Mean squared error, beyond what holds for every loss of the list.

use gradstep::loss::Mse;

#[test]
fn squares_overflow_to_infinity_and_slopes_do_not() {
    let mut grad = [0.0f32; 2];
    let loss = Mse::new().loss_and_grad(&[1e20, 1e-30], &[-1e20, 0.0], &mut grad);
    assert_eq!(loss, Ok(f64::INFINITY));
    assert_eq!(grad, [2e20, 1e-30]);
}

/// More than a thread takes at once, and no whole number of blocks.
#[test]
fn single_derivatives_of_several_leaves() {
    let n = 200_001;
    let scores: Vec<f64> = (0..n).map(|i| f64::from(i) * 1e-3).collect();
    let target = vec![0.5f32; scores.len()];
    let (mut grad, mut hess) = (vec![f32::NAN; scores.len()], vec![f32::NAN; scores.len()]);
    let mut pairs = vec![[f32::NAN; 2]; scores.len()];
    Mse::new().grad_hess_f32(&scores, &target, &mut grad, &mut hess).expect("lengths agree");
    Mse::new().grad_hess_pairs(&scores, &target, &mut pairs).expect("lengths agree");
    for (i, x) in scores.iter().enumerate() {
        let expected = [(2.0 * (x - 0.5)) as f32, 2.0];
        assert_eq!(([grad[i], hess[i]], pairs[i]), (expected, expected), "{i}");
    }
}
