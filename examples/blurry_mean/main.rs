//! MSE predicts the mean of two peaks, where no target is; L1 the median.

use lessons::shared::picture::GREY;
use lessons::shared::{Outcome, Panel, Report};
use lessons::{blurry_mean as lesson, shared};
use std::process::ExitCode;

const BINS: usize = 80;

fn main() -> ExitCode {
    shared::run(
        env!("CARGO_CRATE_NAME"),
        "What MSE and L1 predict for a target with two peaks.",
        report,
    )
}

fn report() -> Outcome<Report> {
    let (_, targets) = lesson::data();
    let [mse, l1] = lesson::predictions()?;
    let (mean, median) = (lesson::mean(&targets), lesson::median(&targets));
    let close = |centre: f64| targets.iter().filter(|y| (*y - centre).abs() < 0.2).count();
    let text = format!(
        "targets      mean {mean:.3}, median {median:.3}\n\
         MSE predicts {:.3} on average: {} of {} targets lie within 0.2 of it\n\
         L1 predicts  {:.3} on average: {} do\n\
         one Gaussian's -ln likelihood: {:.3} around the mean, {:.3} around the median\n\
         MSE is the likelihood of one Gaussian, and one Gaussian over two peaks sits between\n\
         them: a blurry picture. L1 takes the side of the majority.",
        lesson::mean(&mse),
        close(lesson::mean(&mse)),
        lesson::ROWS,
        lesson::mean(&l1),
        close(lesson::mean(&l1)),
        lesson::negative_log_likelihood(&targets, mean, 1.0),
        lesson::negative_log_likelihood(&targets, median, 1.0),
    );
    let width = 4.0 / BINS as f64;
    let panel = |title: &str, name: &str, predictions: &[f64], colour| {
        Panel::new(title, "value", "share of rows")
            .columns("targets", width, lesson::histogram(&targets, 2.0, BINS))
            .colour(GREY)
            .columns(name, width, lesson::histogram(predictions, 2.0, BINS))
            .colour(colour)
            .x_range(-1.8, 1.8)
            .y_range(0.0, 0.8)
    };
    let panels = vec![
        panel("MSE: the mean", "predictions", &mse, 0),
        panel("L1: the median", "predictions", &l1, 1),
    ];
    Ok(Report { text, panels })
}
