//! Under-fitted, right and over-fitted; a penalty, more points and fewer terms as cures.

use lessons::polynomial_degree::{NONE, Points, Polynomial};
use lessons::shared::picture::{BLACK_LINE, GREY};
use lessons::shared::{Outcome, Panel, Report};
use lessons::zero_condition::Penalty::{self, L1, L2};
use lessons::{polynomial_degree as lesson, shared};
use std::process::ExitCode;

const POINTS: usize = 20;
const DEGREES: [usize; 3] = [1, 5, 14];
const DRAWS: u64 = 25;

fn main() -> ExitCode {
    shared::run(
        env!("CARGO_CRATE_NAME"),
        "Polynomials of too low, right and too high a degree, and cures of the last.",
        report,
    )
}

fn fit(points: &Points, degree: usize, penalty: Penalty) -> Outcome<Polynomial> {
    Ok(Polynomial::fit(points, degree, penalty)?.ok_or("too few points")?)
}

fn report() -> Outcome<Report> {
    let (train, test) = (Points::new(POINTS, 4), Points::new(2000, 5));
    let [_, right, high] = DEGREES;
    let noise = lesson::NOISE * lesson::NOISE;
    let mut text = format!("{POINTS} points of sin(4 x) with noise of variance {noise:.4}\n");

    let mut by_degree = Vec::new();
    for degree in 1..=high {
        let fit = fit(&train, degree, NONE)?;
        by_degree.push((degree as f64, fit.error_on(&train)?, fit.error_on(&test)?));
    }
    let mut fits = Vec::new();
    for (degree, name) in DEGREES.into_iter().zip(["under-fitted", "right", "over-fitted"]) {
        let (_, own, others) = by_degree[degree - 1];
        text += &format!(
            "degree {degree:2}, {name:<12}  error on its points {own:.3}, on others {others:.3}\n"
        );
        let plain = drawn(&fit(&train, degree, NONE)?);
        fits.push(curves(&format!("degree {degree}: {name}"), &train).line("", plain).colour(1));
    }

    let mut strengths = panel(&format!("degree {high}, a penalty"), "strength");
    for (name, penalty) in [("L2", L2 as fn(f64) -> Penalty), ("L1", L1)] {
        let errors = (0..=40)
            .map(|i| 10f64.powf(-5.0 + f64::from(i) / 8.0))
            .map(|strength| Ok((strength, fit(&train, high, penalty(strength))?.error_on(&test)?)));
        let errors: Vec<(f64, f64)> = errors.collect::<Outcome<_>>()?;
        let (strength, error) = errors
            .iter()
            .fold((0.0, f64::INFINITY), |least, &at| if at.1 < least.1 { at } else { least });
        let cured = fit(&train, high, penalty(strength))?;
        text += &format!(
            "degree {high} with {name} of {strength:.4}: {error:.3} on others, {} of {high} terms\n",
            cured.weights.iter().filter(|w| **w != 0.0).count()
        );
        if let Some(over) = fits.pop_if(|_| name == "L2") {
            let over = over.name(-0.9, -1.9, "without penalty");
            fits.push(over.line("", drawn(&cured)).colour(0).name(-0.9, -2.25, "with L2"));
        }
        strengths = strengths.line(name, errors);
    }

    let sizes: Vec<usize> = (0..=6).map(|i| POINTS << i).collect();
    let mut points = panel("more points", "points").log_x();
    for degree in [high, right] {
        let errors = sizes.iter().map(|&size| {
            let error = lesson::median_error(size, degree, DRAWS, &test)?;
            Ok((size as f64, error.ok_or("too few points")?))
        });
        let errors: Vec<(f64, f64)> = errors.collect::<Outcome<_>>()?;
        text += &format!(
            "degree {degree:2}, median of {DRAWS} draws: {:.3} with {} points, {:.3} with {}, {:.3} with {}\n",
            errors[0].1, sizes[0], errors[2].1, sizes[2], errors[6].1, sizes[6],
        );
        points = points.line(&format!("degree {degree}"), errors);
    }
    text += "The error on a fit's own points falls with every term; on others it rises again once\n\
             terms follow the noise. A penalty, more points or fewer terms cure that.";

    let own = by_degree.iter().map(|at| (at.0, at.1));
    let others = by_degree.iter().map(|at| (at.0, at.2));
    let degrees = panel("a smaller model", "degree").line("its points", own).line("others", others);
    fits.push(degrees.dashes("noise", [(1.0, noise), (14.0, noise)]).colour(GREY));
    let noise = |first, last| [(first, noise), (last, noise)];
    fits.push(strengths.log_x().dashes("noise", noise(1e-5, 1.0)).colour(GREY));
    let last = sizes[sizes.len() - 1] as f64;
    fits.push(points.dashes("noise", noise(POINTS as f64, last)).colour(GREY));
    Ok(Report { text, panels: fits })
}

/// Errors over something.
fn panel(title: &str, x: &str) -> Panel {
    Panel::new(title, x, "mean squared error").narrow().log_y().y_range(0.008, 12.0)
}

fn drawn(fit: &Polynomial) -> Vec<(f64, f64)> {
    (-100..=100).map(|i| f64::from(i) / 100.0).map(|x| (x, fit.at(x))).collect()
}

/// The points and where they come from.
fn curves(title: &str, train: &Points) -> Panel {
    let truth = (-100..=100).map(|i| f64::from(i) / 100.0).map(|x| (x, lesson::curve(x)));
    Panel::new(title, "x", "y")
        .narrow()
        .y_range(-2.5, 2.5)
        .line("", truth)
        .colour(GREY)
        .name(-0.7, 2.1, "sin(4 x)")
        .dots("", train.x.iter().copied().zip(train.y.iter().copied()))
        .colour(BLACK_LINE)
}
