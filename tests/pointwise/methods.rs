//! Five methods, one meaning.

use super::{DENOMINATOR, PointwiseLoss, on, pairs};
use crate::numbers::{Number, bits};
use gradstep::{Level, Reduction};

/// All methods give the same value and the same derivative, bit for bit.
pub(crate) fn methods_agree<E: Number, L: PointwiseLoss<E>>(loss: L) {
    let (prediction, target): (Vec<E>, Vec<E>) = pairs::<E, L>(loss).into_iter().unzip();
    let n = prediction.len();
    let zeros = vec![E::ZERO; n];
    let patterns = |x: &[E]| x.iter().copied().map(bits).collect::<Vec<_>>();
    for level in Level::available() {
        let of = |reduction| loss.loss().execution(on(level)).reduction(reduction);
        let what = || format!("{loss:?} on {level:?}");

        let sum = of(Reduction::Sum);
        let (mut grad, mut derivatives, mut values) = (zeros.clone(), zeros.clone(), zeros.clone());
        sum.loss_and_grad(&prediction, &target, &mut grad).expect("not refused");
        let ones = vec![E::ONE; n];
        sum.backward(&prediction, &target, &ones, &mut derivatives).expect("not refused");
        assert_eq!(patterns(&grad), patterns(&derivatives), "{}", what());
        sum.losses(&prediction, &target, &mut values).expect("not refused");
        for (i, value) in values.iter().enumerate() {
            let alone = sum.loss(&prediction[i..=i], &target[i..=i]).expect("not refused");
            assert_eq!(bits(alone), bits(value.to_f64()), "{} at {i}", what());
        }

        for reduction in [Reduction::Mean, Reduction::Sum, Reduction::DivideBy(DENOMINATOR)] {
            for n in [0, 1, 7, 100, n] {
                let (prediction, target) = (&prediction[..n], &target[..n]);
                let (mut grad, mut in_place) = (zeros[..n].to_vec(), prediction.to_vec());
                let losses = [
                    of(reduction).loss(prediction, target),
                    of(reduction).loss_and_grad(prediction, target, &mut grad),
                    of(reduction).loss_and_grad_in_place(&mut in_place, target),
                ];
                let losses = losses.map(|loss| bits(loss.expect("not refused")));
                assert_eq!(losses, [losses[0]; 3], "{} {reduction:?}", what());
                assert_eq!(patterns(&grad), patterns(&in_place), "{} {reduction:?}", what());
            }
        }
    }
}
