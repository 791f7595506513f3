//! More layers: what they learn, and what they cost.

use lessons::shared::{Outcome, Panel, Report};
use lessons::{more_layers as lesson, shared};
use std::process::ExitCode;

const STEPS: u64 = 600;
const SEEDS: u64 = 3;

fn main() -> ExitCode {
    shared::run(
        env!("CARGO_CRATE_NAME"),
        "Two spirals by networks of one to four hidden layers: what they learn, and their time.",
        report,
    )
}

fn report() -> Outcome<Report> {
    let others = lesson::spirals(2000, 52);
    let bar = shared::progress(2 * SEEDS * lesson::ALIKE.len() as u64);
    let mut text = format!(
        "400 points of two spirals, {STEPS} steps of Adam, the median of {SEEDS} starts\n\
         hidden layers    parameters  steps to 0.1  loss after {STEPS}  right on others  us a step\n"
    );
    let mut panels = Vec::new();
    for (title, networks) in
        [("A thousand parameters", lesson::ALIKE), ("20 units a layer", lesson::GROWING)]
    {
        let mut panel = Panel::new(title, "step", "cross-entropy").log_y().y_range(1e-5, 1.5);
        for hidden in networks {
            let mut courses = Vec::new();
            for seed in 0..SEEDS {
                courses.push(lesson::train(hidden, 60 + seed, STEPS)?);
                bar.inc(1);
            }
            let last = |course: &lesson::Course| course.losses[STEPS as usize - 1];
            courses.sort_by(|a, b| last(a).total_cmp(&last(b)));
            let median = &courses[courses.len() / 2];
            let step = courses.iter().map(|course| course.step).min().unwrap_or_default();
            text += &format!(
                "{:16} {:11}  {:>12}  {:14.5}  {:13.1} %  {:9.0}\n",
                format!("{hidden:?}"),
                median.network.parameters(),
                median.steps_to(0.1).map_or("never".into(), |steps| steps.to_string()),
                last(median),
                100.0 * median.network.evaluate(&others)?.1,
                step.as_secs_f64() * 1e6,
            );
            let plural = if hidden.len() == 1 { "" } else { "s" };
            let name = format!("{} layer{plural}", hidden.len());
            let curve = (1..).zip(&median.losses).step_by(4).map(|(t, loss)| (f64::from(t), *loss));
            panel = panel.line(&name, curve);
        }
        panels.push(panel);
    }
    bar.finish_and_clear();
    text += "A layer bends what the layers before it have bent, so depth gets around the spirals in\n\
             fewer steps from as many parameters. A layer more costs its time in every step, and\n\
             gains less each time: from two on, points never seen are told apart no better.";
    Ok(Report { text, panels })
}
