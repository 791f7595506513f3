//! L1 makes a weight exactly 0 where the loss's slope allows it; L2 never does.

use lessons::shared::{Outcome, Panel, Report};
use lessons::zero_condition::Penalty::{self, L1, L2};
use lessons::{shared, zero_condition as lesson};
use std::process::ExitCode;

/// The slope at 0 of the loss in the picture.
const SLOPE: f64 = -1.0;

fn main() -> ExitCode {
    shared::run(
        env!("CARGO_CRATE_NAME"),
        "When L1 and L2 penalties make a weight exactly 0.",
        report,
    )
}

fn report() -> Outcome<Report> {
    let sweep: Vec<f64> = (0..=80).map(|i| f64::from(i) / 40.0).collect();
    let along = |penalty: fn(f64) -> Penalty| -> Outcome<Vec<(f64, f64)>> {
        sweep.iter().map(|&c| Ok((c, lesson::minimum(SLOPE, penalty(c))?))).collect()
    };
    let (lasso, ridge) = (along(L1)?, along(L2)?);
    let first = lasso.iter().find(|point| point.1 == 0.0).ok_or("no zero")?.0;
    let small = 0.02;
    let models = [
        ("true weights", lesson::WEIGHTS),
        ("L1", lesson::fit(L1(small))?),
        ("L2", lesson::fit(L2(small))?),
    ];
    let mut text = format!(
        "loss with slope {SLOPE} at w = 0, C from 0 to 2\n\
         L1: w = 0 from C = {first} on; L2: w = {:.3} at C = 2, zero for {} of {} strengths\n\
         y = tanh(w1 x1 + .. + w4 x4), x3 useless, C = {small}\n",
        ridge[80].1,
        ridge.iter().filter(|point| point.1 == 0.0).count(),
        sweep.len(),
    );
    for (name, w) in &models {
        text += &format!("{name:<13} {:8.4} {:8.4} {:8.4} {:8.4}\n", w[0], w[1], w[2], w[3]);
    }
    text += "w = 0 is optimal under C |w| exactly when |slope| <= C. The slope of C w^2 / 2 is 0\n\
             at w = 0, so it can't hold a weight there.";

    let mut weights = Panel::new("tanh model, C = 0.02: L1 removes x3", "", "weight")
        .x_names((1..=4).map(|j| format!("w{j}")))
        .y_range(-1.3, 1.9);
    for (k, (name, w)) in models.iter().enumerate() {
        let shift = 0.25 * (k as f64 - 1.0);
        weights = weights.columns(name, 0.22, (0..4).map(|j| (j as f64 + shift, w[j])));
    }
    let panels = vec![
        curves("loss + C |w|", L1)?,
        curves("loss + C w^2 / 2", L2)?,
        Panel::new("The best weight", "C", "w at the minimum").line("L1", lasso).line("L2", ridge),
        weights,
    ];
    Ok(Report { text, panels })
}

/// Loss and penalty over `w` for three strengths, with their minima.
fn curves(title: &str, penalty: fn(f64) -> Penalty) -> Outcome<Panel> {
    let mut panel = Panel::new(title, "w", "objective").y_range(0.0, 2.0);
    for (colour, c) in [0.0, 0.5, 1.0, 1.5].into_iter().enumerate() {
        let height = |w: f64| -> Outcome<f64> { Ok(lesson::loss(w, SLOPE)? + penalty(c).of(w)) };
        let curve = (-60..=120).map(|i| f64::from(i) / 100.0).map(|w| Ok((w, height(w)?)));
        let w = lesson::minimum(SLOPE, penalty(c))?;
        panel = panel
            .line(&format!("C = {c}"), curve.collect::<Outcome<Vec<_>>>()?)
            .colour(colour)
            .dots("", [(w, height(w)?)])
            .colour(colour);
    }
    Ok(panel)
}
