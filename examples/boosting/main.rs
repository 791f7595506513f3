//! Boosting of stumps on the breast-cancer data: with curvature and without, and what the
//! gradients cost.

use lessons::boosting::Leaf::{Gradient, Newton};
use lessons::shared::{Outcome, Panel, Report};
use lessons::{boosting as lesson, shared};
use std::process::ExitCode;

const RATE: f64 = 0.3;
const ROUNDS: usize = 100;
const ROWS: usize = 1 << 20;

fn main() -> ExitCode {
    shared::run(
        env!("CARGO_CRATE_NAME"),
        "Stumps fitted to gradients and Hessians, as gradient boosting does.",
        report,
    )
}

fn report() -> Outcome<Report> {
    let mut text = format!("{ROUNDS} stumps, each times {RATE}, on 456 tumours; 113 held out\n");
    let mut panel =
        Panel::new("Boosting of stumps", "stumps", "mean loss (nats)").log_y().y_range(0.01, 1.0);
    for (name, leaf) in [("gradient and Hessian", Newton), ("gradient alone", Gradient)] {
        let course = lesson::boost(leaf, RATE, ROUNDS)?;
        let reached = course.held_out.iter().position(|loss| *loss < 0.15);
        text += &format!(
            "{name}: held-out loss {:.3}, {:.1} % right; below 0.15 {}\n",
            course.held_out[ROUNDS],
            100.0 * course.accuracy,
            reached.map_or("never".into(), |stumps| format!("after {stumps} stumps")),
        );
        let points =
            |y: &[f64]| y.iter().enumerate().map(|(t, y)| (t as f64, *y)).collect::<Vec<_>>();
        panel = panel.line(&format!("{name}, held out"), points(&course.held_out));
        panel = panel.dashes(&format!("{name}, training"), points(&course.train));
        if leaf == Newton {
            let [gradients, all] = course.time.map(|time| time.as_secs_f64() * 1e6 / ROUNDS as f64);
            text += &format!(
                "a round takes {all:.1} us, of which its gradients {gradients:.2} us, {:.1} %\n",
                100.0 * gradients / all
            );
        }
    }
    let [ours, plain] =
        lesson::time_of_gradients(ROWS)?.map(|t| t.as_secs_f64() * 1e9 / ROWS as f64);
    text += &format!(
        "both derivatives of a million rows: {ours:.2} ns a row, a plain loop {plain:.2} ns\n\
         A leaf's answer is its gradient over its curvature: where rows are nearly certain both\n\
         are small, and dividing by the number of rows instead makes the steps too short."
    );
    Ok(Report { text, panels: vec![panel] })
}
