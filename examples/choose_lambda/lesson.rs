//! How strong the L1 penalty shall be: by cross-validation.

use crate::shared::random::Random;
use crate::shared::regression::Regression;
use crate::shared::table::Table;
use gradstep::Error;
use gradstep::loss::Mse;
use gradstep::update::ProxSgd;

/// The place of the minimum of `(x - 1)^2 + lambda |x|`.
pub fn minimum(lambda: f64) -> Result<f64, Error> {
    let step = ProxSgd::new(0.25)?.l1(lambda)?;
    let (mut x, mut gradient) = ([3.0], [0.0]);
    for _ in 0..100 {
        Mse::new().loss_and_grad(&x, &[1.0], &mut gradient)?;
        step.step(&mut x, &gradient)?;
    }
    Ok(x[0])
}

/// `(x - 1)^2 + lambda |x|`
pub fn objective(x: f64, lambda: f64) -> f64 {
    (x - 1.0).powi(2) + lambda * x.abs()
}

/// The error on unseen rows for each penalty.
pub struct Choice {
    /// From `lambda_max` down.
    pub lambdas: Vec<f64>,
    /// Mean over the folds, and its standard error.
    pub errors: Vec<(f64, f64)>,
    /// Features in use when fitted to all rows.
    pub features: Vec<usize>,
    /// Where the error is least.
    pub best: usize,
    /// The largest penalty whose error is within one standard error of the least.
    pub chosen: usize,
}

/// Cross-validates over `folds` parts; `step` is called after each.
pub fn choose(folds: usize, mut step: impl FnMut()) -> Result<Choice, Error> {
    let table = Table::diabetes();
    let order = Random(2).order(table.targets.len());
    let all = Regression::new(&table, &order);
    let lambdas = all.lambdas(50)?;

    let mut by_fold = Vec::new();
    for fold in 0..folds {
        let part = |held_out: bool| -> Vec<usize> {
            let rows = order.iter().enumerate();
            rows.filter(|(i, _)| (i % folds == fold) == held_out).map(|(_, &row)| row).collect()
        };
        let regression = Regression::new(&table, &part(false));
        let mut w = vec![0.0; regression.width()];
        let mut errors = Vec::new();
        for &lambda in &lambdas {
            regression.fit(lambda, 0.0, &mut w)?; // from the last one's minimum
            errors.push(regression.error_on(&table, &part(true), &w)?);
        }
        by_fold.push(errors);
        step();
    }
    let count = folds as f64;
    let error = |i: usize| {
        let mean = by_fold.iter().map(|errors| errors[i]).sum::<f64>() / count;
        let squares = by_fold.iter().map(|errors| (errors[i] - mean).powi(2)).sum::<f64>();
        (mean, (squares / (count - 1.0) / count).sqrt())
    };
    let errors: Vec<_> = (0..lambdas.len()).map(error).collect();
    let best =
        (0..errors.len()).fold(0, |best, i| if errors[i].0 < errors[best].0 { i } else { best });
    let enough = errors[best].0 + errors[best].1;
    let chosen = errors.iter().position(|error| error.0 <= enough).unwrap_or(best);

    let (mut features, mut w) = (Vec::new(), vec![0.0; all.width()]);
    for &lambda in &lambdas {
        all.fit(lambda, 0.0, &mut w)?;
        features.push(w.iter().filter(|&&w| w != 0.0).count());
    }
    Ok(Choice { lambdas, errors, features, best, chosen })
}
