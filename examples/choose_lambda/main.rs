//! What the penalty does to one minimum, and how to choose it for real data.

use lessons::shared::picture::{BLACK_LINE, GREY};
use lessons::shared::{Outcome, Panel, Report};
use lessons::{choose_lambda as lesson, shared};
use std::process::ExitCode;

const FOLDS: u32 = 10;

fn main() -> ExitCode {
    shared::run(
        env!("CARGO_CRATE_NAME"),
        "Choosing the L1 penalty: cross-validation with the one-standard-error rule.",
        report,
    )
}

fn report() -> Outcome<Report> {
    let mut curves = Panel::new("(x - 1)^2 + lambda |x|", "x", "objective").y_range(0.0, 4.0);
    let mut text = String::new();
    for (colour, lambda) in [0.0, 0.5, 2.0].into_iter().enumerate() {
        let x = lesson::minimum(lambda)?;
        text += &format!("lambda {lambda}: minimum at x = {x:.3}\n");
        let curve = (-100..=250).map(|i| f64::from(i) / 100.0);
        curves = curves
            .line(&format!("lambda = {lambda}"), curve.map(|x| (x, lesson::objective(x, lambda))))
            .colour(colour)
            .dots("", [(x, lesson::objective(x, lambda))])
            .colour(colour);
    }

    let bar = shared::progress(FOLDS.into());
    let choice = lesson::choose(FOLDS as usize, || bar.inc(1))?;
    bar.finish_and_clear();
    let at = |i: usize| (choice.lambdas[i], choice.errors[i].0);
    let curve = |shift: f64| {
        let errors = choice.lambdas.iter().zip(&choice.errors);
        errors.map(move |(&lambda, (mean, error))| (lambda, mean + shift * error))
    };
    let panel = Panel::new("Diabetes, 10 folds", "lambda", "squared error on unseen rows")
        .log_x()
        .line("mean over the folds", curve(0.0))
        .colour(0)
        .line("+- one standard error", curve(1.0))
        .colour(GREY)
        .line("", curve(-1.0))
        .colour(GREY)
        .dots("least", [at(choice.best)])
        .colour(BLACK_LINE)
        .dots("chosen", [at(choice.chosen)])
        .colour(1);
    for (name, i) in [("lambda_max", 0), ("least", choice.best), ("chosen", choice.chosen)] {
        let (mean, error) = choice.errors[i];
        text += &format!(
            "{name:<11} lambda {:7.3}: {:2} features, error {mean:.0} +- {error:.0}\n",
            choice.lambdas[i], choice.features[i],
        );
    }
    text += "The errors near the least one can't be told apart, so take the largest penalty\n\
             among them: the same predictions from fewer features.";
    Ok(Report { text, panels: vec![curves, panel] })
}
