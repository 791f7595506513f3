//! A saturated unit: squared error learns slowly, cross-entropy at once.

use lessons::saturation::Cost::{CrossEntropy, SquaredError};
use lessons::shared::{Outcome, Panel, Report};
use lessons::{saturation as lesson, shared};
use std::process::ExitCode;

fn main() -> ExitCode {
    shared::run(
        env!("CARGO_CRATE_NAME"),
        "A sigmoid unit that starts badly wrong, under squared error and cross-entropy.",
        report,
    )
}

fn report() -> Outcome<Report> {
    let mut text = String::from("output 0.98 where 0 is wanted, learning rate 0.15\n");
    let mut outputs = Panel::new("Target 0", "step", "output of the unit").y_range(0.0, 1.05);
    let mut slopes = Panel::new("What drives it", "step", "slope along the logit").log_y();
    for (name, cost) in [("squared error", SquaredError), ("cross-entropy", CrossEntropy)] {
        let course = lesson::train(cost, 2.0, 0.15, 300)?;
        let below = course.outputs.iter().position(|output| *output < 0.5);
        text += &format!(
            "{name}: slope {:.4} at first, below 1/2 after {} steps, {:.3} after 300\n",
            course.slopes[0],
            below.map_or("more than 300".into(), |step| step.to_string()),
            course.outputs[299],
        );
        let points = |values: Vec<f64>| values.into_iter().enumerate().map(|(t, y)| (t as f64, y));
        outputs = outputs.line(name, points(course.outputs));
        slopes = slopes.line(name, points(course.slopes));
    }
    text += "Squared error multiplies the error by y (1 - y), which is almost 0 where the unit is\n\
             surest. Cross-entropy cancels that factor: its slope is the error itself.";
    Ok(Report { text, panels: vec![outputs, slopes] })
}
