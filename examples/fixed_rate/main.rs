//! The L1 loss at a fixed rate never settles; a rate that decays, or Huber's loss, does.

use gradstep::loss::{Huber, L1, Mse};
use lessons::shared::{Outcome, Panel, Report};
use lessons::{fixed_rate as lesson, shared};
use std::process::ExitCode;

const STEPS: u32 = 2000;
const RATE: f64 = 0.1;

fn main() -> ExitCode {
    shared::run(
        env!("CARGO_CRATE_NAME"),
        "A line through points by descent on L1 and MSE, with fixed and decaying rates.",
        report,
    )
}

fn report() -> Outcome<Report> {
    let l1 = L1::new();
    let mut text = String::from("the largest distance of the last 100 of 2000 steps\n");
    let mut add = |panel: Panel, name: &str, distances: Vec<f64>| {
        let settled = lesson::settled(&distances);
        text += &format!("{name:<23} {settled:.1e}\n");
        // Every fifth is enough for a curve; below rounding there is nothing to see.
        let points = (1..).zip(distances).step_by(5).filter(|at| at.1 > 1e-15);
        panel.line(name, points.map(|(t, distance)| (f64::from(t), distance)))
    };
    let panel = |title: &str| {
        Panel::new(title, "step", "distance from the best line")
            .log_y()
            .y_range(1e-12, 3.0)
            .x_range(0.0, f64::from(STEPS))
    };
    let mut fixed = panel("A fixed rate");
    fixed = add(fixed, "MSE, rate 0.1", lesson::distances(&Mse::new(), |_| RATE, STEPS)?);
    for rate in [RATE, RATE / 10.0, RATE / 100.0] {
        let distances = lesson::distances(&l1, |_| rate, STEPS)?;
        fixed = add(fixed, &format!("L1, rate {rate}"), distances);
    }
    let mut cures = panel("Cures");
    let root = |t: u32| RATE / f64::from(t).sqrt();
    let power = |t: u32| RATE * 0.99f64.powf(f64::from(t));
    cures = add(cures, "L1, rate 0.1 / sqrt(t)", lesson::distances(&l1, root, STEPS)?);
    cures = add(cures, "L1, rate 0.1 * 0.99^t", lesson::distances(&l1, power, STEPS)?);
    let huber = Huber::new(0.1)?;
    cures = add(cures, "Huber, rate 0.1", lesson::distances(&huber, |_| RATE, STEPS)?);
    text += "L1's slope does not shrink near the minimum, so a step of fixed rate leads across it,\n\
             as far as the rate is long. MSE's slope shrinks with the error. L1 needs a rate that\n\
             decays, or a loss that is quadratic near the target: Huber, smooth L1.";
    Ok(Report { text, panels: vec![fixed, cures] })
}
