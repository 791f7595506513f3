//! One loss surface, three learning rates: too small, good, diverging.

use lessons::shared::picture::GREY;
use lessons::shared::{Outcome, Panel, Report};
use lessons::{gradient_descent as lesson, shared};
use std::process::ExitCode;

const STEPS: usize = 40;

fn main() -> ExitCode {
    shared::run(
        env!("CARGO_CRATE_NAME"),
        "Gradient descent over the loss surface of a line, with three learning rates.",
        report,
    )
}

fn report() -> Outcome<Report> {
    let ([steep, flat], axis) = lesson::curvatures();
    let best = lesson::minimum();
    let mut map =
        Panel::new("Paths over the loss surface", "w", "b").x_range(-2.0, 4.0).y_range(-1.5, 3.0);
    // Ellipses of equal loss: half-axes go by the roots of the curvatures.
    for level in [0.05, 0.25, 0.75, 1.75, 3.5, 6.0, 9.5, 14.0] {
        let ellipse = (0..=120).map(|i| {
            let (sin, cos) = (std::f64::consts::TAU * f64::from(i) / 120.0).sin_cos();
            let (u, v) = ((2.0 * level / steep).sqrt() * cos, (2.0 * level / flat).sqrt() * sin);
            (best[0] + u * axis[0] - v * axis[1], best[1] + u * axis[1] + v * axis[0])
        });
        map = map.line("", ellipse).colour(GREY);
    }
    let mut curves = Panel::new("The loss on the way", "step", "loss above the minimum").log_y();
    let (least, _) = lesson::loss_and_gradient(best)?;
    let mut text = format!(
        "curvature {steep:.2} at most: a step converges below the rate 2/{steep:.2} = {:.3}\n",
        2.0 / steep
    );
    let rates = [("too small", 0.04), ("good", 0.9), ("diverging", 2.03)];
    for (colour, (name, share)) in rates.into_iter().enumerate() {
        let rate = share / steep;
        let path = lesson::path(rate, STEPS)?;
        let losses = path.iter().map(|&at| Ok(lesson::loss_and_gradient(at)?.0));
        let losses: Vec<f64> = losses.collect::<Outcome<_>>()?;
        text +=
            &format!("{name:<10} rate {rate:.3}: loss {:.3} -> {:.3}\n", losses[0], losses[STEPS]);
        let name = format!("{name}: {rate:.3}");
        let places = || path.iter().map(|at| (at[0], at[1]));
        map = map.line(&name, places()).colour(colour).dots("", places()).colour(colour);
        let above = losses.into_iter().enumerate().map(|(i, loss)| (i as f64, loss - least));
        curves = curves.line(&name, above.filter(|point| point.1 > 1e-12)).colour(colour);
    }
    text += "The steepest direction sets the limit, the flattest one the time it takes.";
    Ok(Report { text, panels: vec![map, curves] })
}
