//! All compute the same derivatives.

use gradstep_boosting::{Call, Data, cases};

#[test]
fn the_same_derivatives() {
    let data = Data::new(4099);
    for mut case in cases(&data) {
        let both = |call: &mut Call<'_>| {
            // A Hessian of ones is left as it is.
            let (mut grad, mut hess) = (vec![0.0; 4099], vec![1.0; 4099]);
            call(&mut grad, &mut hess);
            (grad, hess)
        };
        let (grad, hess) = both(&mut case.ours);
        for other in [Some(&mut case.perpetual), case.forust.as_mut()].into_iter().flatten() {
            let (other_grad, other_hess) = both(other);
            let pairs = [(&grad, other_grad), (&hess, other_hess)];
            for (ours, theirs) in pairs.into_iter().take(1 + usize::from(case.same_hessian)) {
                for (i, (a, b)) in ours.iter().zip(theirs).enumerate() {
                    let b = b * case.factor;
                    let far = (a - b).abs() > 1e-5 * b.abs().max(1e-2);
                    assert!(!far, "{} of {}: {a} and {b}", case.name, data.scores[i]);
                }
            }
        }
    }
}
