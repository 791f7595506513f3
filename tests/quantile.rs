//! Quantile loss: quantiles of columns.

use crate::numbers::{Number, Random, bits};
use gradstep::loss::Quantile;
use gradstep::{Execution, Level};

/// A column has the bits that its quantile gives alone, whatever the number of columns.
fn columns_have_their_quantiles<E: Number>() {
    let mut random = Random::new(3);
    for columns in [1, 2, 3, 9, 40] {
        let quantiles: Vec<E> = (0..columns).map(|_| random.ordinary(0.1, 0.9)).collect();
        let n = columns * 50;
        let [p, t] =
            [(); 2].map(|()| -> Vec<E> { (0..n).map(|_| random.ordinary(-3.0, 3.0)).collect() });
        for level in Level::available() {
            let on = Execution::new().level(level);
            let all = Quantile::of_columns(&quantiles).expect("quantiles").execution(on);
            let (mut values, mut slopes) = (vec![E::NAN; n], vec![E::NAN; n]);
            all.losses(&p, &t, &mut values).expect("not refused");
            all.backward(&p, &t, &vec![E::ONE; n], &mut slopes).expect("not refused");
            let (loss, mut grad) = (all.loss(&p, &t).expect("not refused"), vec![E::NAN; n]);
            let with_grad = all.loss_and_grad(&p, &t, &mut grad).expect("not refused");
            let mean = values.iter().map(|x| x.to_f64()).sum::<f64>() / n as f64;
            for loss in [loss, with_grad] {
                assert!((loss / mean - 1.0).abs() < 1e-5, "{loss} and {mean} on {level:?}");
            }
            for i in 0..n {
                let one = Quantile::new(quantiles[i % columns].to_f64())
                    .expect("a quantile")
                    .execution(on);
                let (mut value, mut slope) = ([E::NAN], [E::NAN]);
                one.losses(&p[i..=i], &t[i..=i], &mut value).expect("not refused");
                one.backward(&p[i..=i], &t[i..=i], &[E::ONE], &mut slope).expect("not refused");
                let got = [values[i], slopes[i]].map(bits);
                assert_eq!(got, [value[0], slope[0]].map(bits), "{i} of {columns} on {level:?}");
            }
        }
    }
}

in_both_types! { columns_have_their_quantiles }
