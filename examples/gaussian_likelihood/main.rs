//! MSE is the likelihood of Gaussian errors, L1 that of Laplace's: in numbers.

use lessons::blurry_mean::{histogram, mean, median};
use lessons::gaussian_likelihood::Noise::{Gauss, Laplace};
use lessons::shared::picture::GREY;
use lessons::shared::random::Random;
use lessons::shared::{Outcome, Panel, Report};
use lessons::{gaussian_likelihood as lesson, shared};
use std::process::ExitCode;

const TARGETS: usize = 1001;
const BINS: usize = 50;
const REACH: f64 = 4.0;

fn main() -> ExitCode {
    shared::run(
        env!("CARGO_CRATE_NAME"),
        "MSE and L1 as likelihoods of Gaussian and of Laplace errors.",
        report,
    )
}

fn report() -> Outcome<Report> {
    let targets = Laplace.targets(TARGETS, &mut Random(41));
    let mut text = format!(
        "{TARGETS} targets with Laplace's errors: mean {:.4}, median {:.4}\n\
         errors    least at   scale  -ln likelihood from the loss, from the density\n",
        mean(&targets),
        median(&targets),
    );
    let width = 2.0 * REACH / BINS as f64;
    let columns = histogram(&targets, REACH, BINS).into_iter().map(|(y, share)| (y, share / width));
    let mut densities = Panel::new("Targets, and both shapes fitted", "target", "density")
        .columns("targets", width, columns)
        .colour(GREY)
        .y_range(0.0, 0.8)
        .x_range(-REACH, REACH);
    let mut heights =
        Panel::new("-ln likelihood over the centre", "centre", "per target").y_range(1.25, 2.05);
    for (colour, (name, noise)) in [("Gauss", Gauss), ("Laplace", Laplace)].into_iter().enumerate()
    {
        let centre = noise.centre(&targets)?;
        let scale = noise.scale(&targets, centre)?;
        let height = noise.by_loss(&targets, centre, scale)?;
        text += &format!(
            "{name:<8} {centre:9.4} {scale:7.4}  {height:.12}, {:.12}\n",
            noise.by_density(&targets, centre, scale),
        );
        let steps = (-80..=80).map(|i| f64::from(i) / 80.0);
        let density = steps.clone().map(|x| REACH * x);
        let density = density.map(|y| (y, noise.density(y, centre, scale)));
        densities = densities.line(name, density).colour(colour);
        let curve = steps.map(|c| Ok((c, noise.by_loss(&targets, c, scale)?)));
        let loss = ["MSE / (2 s^2) + ..", "L1 / b + .."][colour];
        heights = heights
            .line(loss, curve.collect::<Outcome<Vec<_>>>()?)
            .colour(colour)
            .dots("", [(centre, height)])
            .colour(colour);
    }
    text += "mean square of how far from 0, over 2000 draws of 101 targets: mean, median\n";
    for (name, noise) in [("Gauss", Gauss), ("Laplace", Laplace)] {
        let [mean, median] = lesson::errors_of_mean_and_median(noise, 101, 2000);
        text += &format!("errors of {name:<8} {mean:.5}, {median:.5}\n");
    }
    text += "The loss that fits the errors finds the centre better: MSE for Gauss, L1 for errors\n\
             with long tails.";
    Ok(Report { text, panels: vec![densities, heights] })
}
