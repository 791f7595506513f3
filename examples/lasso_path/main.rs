//! Coefficients of the lasso along the penalty: one after the other becomes 0.

use lessons::ridge_path::closed_form;
use lessons::shared::coefficients::names_at_the_end;
use lessons::shared::{Outcome, Panel, Report};
use lessons::{lasso_path as lesson, shared};
use std::process::ExitCode;

fn main() -> ExitCode {
    shared::run(
        env!("CARGO_CRATE_NAME"),
        "The lasso's coefficients on the diabetes data, over all penalties.",
        report,
    )
}

fn report() -> Outcome<Report> {
    let path = lesson::path(100)?;
    let (_, regression) = lesson::data();
    let mut text = String::from("  lambda  zeros of 10  furthest from optimal\n");
    for i in (0..100).step_by(11) {
        let (lambda, w) = (path.lambdas[i], &path.weights[i]);
        let violation = lesson::violation(&regression, lambda, w)?;
        text += &format!("{lambda:8.3}  {:11}  {violation:.1e}\n", lesson::zeros(w));
    }
    text += "Every weight is exactly 0 while the loss's slope along it is at most lambda.";
    let curves = names_at_the_end("Lasso: coefficients", &path.names, &path.lambdas, &path.weights);
    let zeros = path.lambdas.iter().zip(&path.weights).map(|(&l, w)| (l, lesson::zeros(w) as f64));
    let ridge = path.lambdas.iter().map(|&lambda| {
        let w = closed_form(&regression, lambda).ok_or("no Cholesky factors")?;
        Ok((lambda, lesson::zeros(&w) as f64))
    });
    let ridge: Vec<(f64, f64)> = ridge.collect::<Outcome<_>>()?;
    let counts = Panel::new("Weights that are exactly 0", "lambda", "zeros of 10 weights")
        .log_x()
        .line("lasso", zeros)
        .line("ridge", ridge)
        .y_range(-0.4, 10.4);
    Ok(Report { text, panels: vec![curves, counts] })
}
