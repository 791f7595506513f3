//! Five methods, one meaning.

use super::{AnyLoss, DENOMINATOR, PointwiseLoss, named, pairs};
use crate::numbers::{Number, Random, bits};
use crate::{Failure, Outcome};
use gradstep::{Level, Reduction};

const LAW: &str = "all methods give the same bits";

/// All methods give the same value and the same derivative, bit for bit.
pub fn methods_agree<E: Number, L: PointwiseLoss<E>>(loss: L) -> Outcome {
    agree(&loss)
}

fn agree<E: Number>(loss: &dyn AnyLoss<E>) -> Outcome {
    let (prediction, target): (Vec<E>, Vec<E>) = pairs(loss).into_iter().unzip();
    let n = prediction.len();
    let (ones, zeros) = (vec![E::ONE; n], vec![E::ZERO; n]);
    let mut random = Random::new(8);
    let weights: Vec<E> = (0..n).map(|_| random.ordinary(0.0, 2.0)).collect();
    for level in Level::available() {
        for weighted in [false, true] {
            let of = |reduction, n| loss.on(level, reduction, weighted.then(|| &weights[..n]));
            let what = || format!("{loss:?}, weighted: {weighted}, on {level:?}");

            let sum = of(Reduction::Sum, n);
            let mut grad = zeros.clone();
            let mut derivatives = zeros.clone();
            sum.loss_and_grad(&prediction, &target, &mut grad);
            sum.backward(&prediction, &target, &ones, &mut derivatives);
            same(&prediction, &target, &grad, &derivatives, &what())?;

            for reduction in [
                Reduction::Mean,
                Reduction::Sum,
                Reduction::WeightedMean,
                Reduction::DivideBy(DENOMINATOR),
            ] {
                for n in [0, 1, 7, 100, n] {
                    let (loss, prediction) = (of(reduction, n), &prediction[..n]);
                    let (mut grad, mut in_place) = (zeros[..n].to_vec(), prediction.to_vec());
                    let losses = [
                        loss.loss(prediction, &target[..n]),
                        loss.loss_and_grad(prediction, &target[..n], &mut grad),
                        loss.loss_and_grad_in_place(&mut in_place, &target[..n]),
                    ];
                    let losses = losses.map(bits);
                    let what = format!("{}, {reduction:?} of {n}", what());
                    if losses != [losses[0]; 3] {
                        return Err(Failure::new(LAW, format!("{what}: losses differ")));
                    }
                    same(prediction, &target[..n], &grad, &in_place, &what)?;
                }
            }
        }
        each_loss_is_the_loss_of_one(loss, level, &prediction, &target)?;
    }
    Ok(())
}

fn each_loss_is_the_loss_of_one<E: Number>(
    loss: &dyn AnyLoss<E>,
    level: Level,
    prediction: &[E],
    target: &[E],
) -> Outcome {
    let loss = loss.on(level, Reduction::Mean, None);
    let mut values = vec![E::NAN; prediction.len()];
    loss.losses(prediction, target, &mut values);
    for (i, value) in values.iter().enumerate() {
        let one = loss.loss(&prediction[i..=i], &target[i..=i]);
        // A sum begins with +0, so -0 is not one.
        if bits(one) != bits(value.to_f64() + 0.0) {
            let found = format!("on {level:?}: {one:?} alone, {value:?} among others");
            return Err(Failure::new(LAW, found).at(named([prediction[i], target[i]])));
        }
    }
    Ok(())
}

/// The same gradients, to the bit.
fn same<E: Number>(prediction: &[E], target: &[E], one: &[E], other: &[E], what: &str) -> Outcome {
    let differs = |i: &usize| bits(one[*i]) != bits(other[*i]);
    (0..one.len()).find(differs).map_or(Ok(()), |i| {
        let found = format!("{what}: gradients {:?} and {:?}", one[i], other[i]);
        Err(Failure::new(LAW, found).at(named([prediction[i], target[i]])))
    })
}
