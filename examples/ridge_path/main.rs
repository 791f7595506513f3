//! Coefficients of ridge regression along the penalty: all small, none 0.

use lessons::shared::coefficients::names_at_the_end;
use lessons::shared::{Outcome, Panel, Report};
use lessons::{ridge_path as lesson, shared};
use std::process::ExitCode;

fn main() -> ExitCode {
    shared::run(
        env!("CARGO_CRATE_NAME"),
        "Ridge regression's coefficients on the diabetes data, over all penalties.",
        report,
    )
}

fn report() -> Outcome<Report> {
    let path = lesson::path(100)?;
    let regression = lesson::regression(&shared::table::Table::diabetes());
    let length = |w: &[f64]| shared::regression::dot(w, w).sqrt();
    let mut text = String::from("  lambda  length of w  zeros of 10  furthest from Cholesky's\n");
    for i in (0..100).step_by(11) {
        let (lambda, w) = (path.lambdas[i], &path.weights[i]);
        let exact = lesson::closed_form(&regression, lambda).ok_or("no Cholesky factors")?;
        let apart = w.iter().zip(&exact).fold(0.0f64, |apart, (a, b)| apart.max((a - b).abs()));
        let zeros = w.iter().filter(|&&w| w == 0.0).count();
        text += &format!("{lambda:8.3}  {:11.3}  {zeros:11}  {apart:.1e}\n", length(w));
    }
    text += "An L2 penalty shrinks all weights together and makes none of them 0.";
    let lengths = path.lambdas.iter().zip(&path.weights).map(|(&lambda, w)| (lambda, length(w)));
    let panels = vec![
        names_at_the_end("Ridge: coefficients", &path.names, &path.lambdas, &path.weights),
        Panel::new("All of them shrink", "lambda", "length of w").log_x().line("ridge", lengths),
    ];
    Ok(Report { text, panels })
}
