//! Four losses as curves, and the lines that they draw through bad data.

use lessons::shared::picture::BLACK_LINE;
use lessons::shared::{Outcome, Panel, Report};
use lessons::{loss_shapes as lesson, shared};
use std::process::ExitCode;

fn main() -> ExitCode {
    let about =
        "MSE, L1, Smooth-L1 and Huber: values, gradients, and a line through data with outliers.";
    shared::run(env!("CARGO_CRATE_NAME"), about, report)
}

fn report() -> Outcome<Report> {
    let d: Vec<f64> = (-120..=120).map(|i| f64::from(i) / 40.0).collect();
    let shapes = lesson::shapes(&d)?;
    let mut values =
        Panel::new("What an error costs", "prediction - target", "loss").y_range(0.0, 4.0);
    let mut gradients =
        Panel::new("How hard it pulls", "prediction - target", "gradient").y_range(-3.0, 3.0);
    let (x, y) = lesson::points();
    let mut fits = Panel::new("Five of 60 points are wrong", "x", "y")
        .dots("data", x.into_iter().zip(y))
        .colour(BLACK_LINE);
    let mut text = format!("true line           y = {} + {} x\n", lesson::INTERCEPT, lesson::SLOPE);
    for (colour, shape) in shapes.into_iter().enumerate() {
        values = values.line(shape.name, d.iter().copied().zip(shape.values));
        gradients = gradients.line(shape.name, d.iter().copied().zip(shape.gradients));
        let (intercept, slope) = shape.line;
        let ends = [-1.0, 1.0].map(|x| (x, intercept + slope * x));
        fits = fits.line(shape.name, ends).colour(colour);
        text += &format!("{:<19} y = {intercept:.2} + {slope:.2} x\n", shape.name);
    }
    text += "An error ten times as large pulls ten times as hard on the MSE line and drags it away.\n\
             The other gradients are bounded: their lines stay with the majority.";
    Ok(Report { text, panels: vec![values, gradients, fits] })
}
