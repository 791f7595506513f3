//! All lasso solutions on the diabetes data, from the empty model to least squares.

use crate::shared::regression::Regression;
use crate::shared::table::Table;
use gradstep::Error;
use gradstep::penalty::Penalty;

/// The weights of each penalty.
pub struct Path {
    pub names: Vec<String>,
    pub lambdas: Vec<f64>,
    pub weights: Vec<Vec<f64>>,
}

pub fn data() -> (Table, Regression) {
    let table = Table::diabetes();
    let rows: Vec<usize> = (0..table.targets.len()).collect();
    let regression = Regression::new(&table, &rows);
    (table, regression)
}

/// `l1` or `l2` takes the penalties one after the other, each from the last minimum.
pub fn path(penalties: usize) -> Result<Path, Error> {
    let (table, regression) = data();
    let lambdas = regression.lambdas(penalties)?;
    let mut w = vec![0.0; regression.width()];
    let weights = lambdas.iter().map(|&lambda| {
        regression.fit(lambda, 0.0, &mut w)?;
        Ok(w.clone())
    });
    let weights = weights.collect::<Result<_, Error>>()?;
    Ok(Path { names: table.names, lambdas, weights })
}

pub fn zeros(w: &[f64]) -> usize {
    w.iter().filter(|&&w| w == 0.0).count()
}

/// How far `w` is from optimal: a weight of 0 wants a slope of at most lambda, any
/// other a slope of lambda against its sign.
pub fn violation(regression: &Regression, lambda: f64, w: &[f64]) -> Result<f64, Error> {
    let mut gradient = vec![0.0; w.len()];
    regression.loss_and_gradient(w, &mut gradient)?;
    Penalty::new().l1(lambda)?.kkt_violation(w, &gradient)
}
