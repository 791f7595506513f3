//! A network that learns 100 digits by heart, and what keeps it from that.

use lessons::shared::{Outcome, Panel, Report};
use lessons::{dropout_network as lesson, shared};
use std::process::ExitCode;

const STEPS: u64 = 400;

fn main() -> ExitCode {
    shared::run(
        env!("CARGO_CRATE_NAME"),
        "Overfitting on 100 digits, cured by dropout, decay and L1, and by early stopping.",
        report,
    )
}

fn report() -> Outcome<Report> {
    let [_, validation] = lesson::data();
    let bar = shared::progress(3 * STEPS);
    let mut text = String::from("                  training  validation        right  zeros\n");
    let mut panels = Vec::new();
    let runs = [
        ("without", lesson::NONE, None),
        ("dropout + L2 + L1", lesson::ALL, None),
        ("early stopping", lesson::NONE, Some(30)),
    ];
    for (name, by, patience) in runs {
        let course = lesson::train(by, STEPS, patience, || bar.inc(1))?;
        let (loss, right) = course.network.evaluate(&validation)?;
        let taken = course.validation.len();
        text += &format!(
            "{name:<17} {:9.4}  {loss:10.4}  {:9.1} %  {:.2}   {taken} steps\n",
            course.training[taken - 1],
            100.0 * right,
            course.network.zeros(),
        );
        let curve = |values: &[f64]| -> Vec<_> {
            (1..).zip(values).map(|(t, loss)| (f64::from(t), *loss)).collect()
        };
        let validation = curve(&course.validation);
        let least = validation
            .iter()
            .copied()
            .fold((0.0, f64::INFINITY), |least, at| if at.1 < least.1 { at } else { least });
        let panel = Panel::new(name, "step", "cross-entropy")
            .narrow()
            .log_y()
            .x_range(0.0, STEPS as f64)
            .y_range(1e-4, 4.0)
            .line("training", curve(&course.training))
            .line("validation", validation)
            .dots("least", [least])
            .colour(shared::picture::BLACK_LINE);
        panels.push(panel);
    }
    bar.finish_and_clear();
    text += "Where the training loss falls and the validation loss rises, weights only learn their\n\
             rows. Regularisers hold the two together; early stopping goes back to the best weights.";
    Ok(Report { text, panels })
}
