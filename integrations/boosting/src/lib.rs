//! Gradients and Hessians of boosting, by gradstep and by two crates, on the same scores.

#![forbid(unsafe_code)]

use forust_ml::objective as of_forust;
use gradstep::Execution;
use gradstep::loss::{
    BinaryCrossEntropyWithLogits, Huber, Loss, Mse, Poisson, TwiceDifferentiable,
};
use perpetual::objective as of_perpetual;

/// Scores of a boosting round, and what they are to predict.
pub struct Data {
    pub scores: Vec<f64>,
    pub labels: Vec<f64>,
    labels_f32: Vec<f32>,
    ones: Vec<f64>,
}

impl Data {
    /// Labels of 0 and 1, scores from -4 to 4.
    #[must_use]
    pub fn new(n: usize) -> Self {
        let scores = (0..n).map(|i| (i * 7919 % 8009) as f64 / 1001.125 - 4.0).collect();
        let labels: Vec<f64> = (0..n).map(|i| (i * 31 % 53 % 2) as f64).collect();
        let labels_f32 = labels.iter().map(|y| *y as f32).collect();
        Self { scores, labels, labels_f32, ones: vec![1.0; n] }
    }
}

/// Who computes both derivatives; they are in the vectors afterwards.
pub type Call<'a> = Box<dyn FnMut(&mut Vec<f32>, &mut Vec<f32>) + 'a>;

/// A loss, and all that compute it: gradstep, perpetual and, of two losses, forust.
pub struct Case<'a> {
    pub name: &'static str,
    /// How many times larger gradstep's derivatives are.
    pub factor: f32,
    /// Whether all mean the second derivative by the Hessian.
    pub same_hessian: bool,
    pub ours: Call<'a>,
    pub perpetual: Call<'a>,
    pub forust: Option<Call<'a>>,
}

/// On one thread, as the others.
fn ours<'a, P: TwiceDifferentiable<f64> + 'a>(loss: Loss<'a, f64, P>, data: &'a Data) -> Call<'a> {
    let loss = loss.execution(Execution::new().sequential());
    Box::new(move |grad, hess| {
        let (scores, labels) = (&data.scores, &data.labels_f32);
        loss.grad_hess_f32(scores, labels, grad, hess).expect("lengths agree");
    })
}

/// A new vector for each call, as its interface has it; none for a Hessian of ones.
fn by_perpetual<'a>(
    objective: impl of_perpetual::ObjectiveFunction + 'a,
    data: &'a Data,
) -> Call<'a> {
    Box::new(move |grad, hess| {
        let (g, h) = objective.gradient(&data.labels, &data.scores, None, None);
        *grad = g;
        if let Some(h) = h {
            *hess = h;
        }
    })
}

/// A new vector for each call, and weights, as its interface has it.
fn by_forust<'a, F: of_forust::ObjectiveFunction>(data: &'a Data) -> Option<Call<'a>> {
    Some(Box::new(move |grad, hess| {
        (*grad, *hess) = F::calc_grad_hess(&data.labels, &data.scores, &data.ones);
    }))
}

/// All losses.
#[must_use]
pub fn cases(data: &Data) -> Vec<Case<'_>> {
    vec![
        Case {
            name: "logistic",
            factor: 1.0,
            same_hessian: true,
            ours: ours(BinaryCrossEntropyWithLogits::new(), data),
            perpetual: by_perpetual(of_perpetual::LogLoss::default(), data),
            forust: by_forust::<of_forust::LogLoss>(data),
        },
        Case {
            name: "squares",
            factor: 2.0,
            same_hessian: true,
            ours: ours(Mse::new(), data),
            perpetual: by_perpetual(of_perpetual::SquaredLoss::default(), data),
            forust: by_forust::<of_forust::SquaredLoss>(data),
        },
        Case {
            name: "Huber",
            factor: 1.0,
            // perpetual takes `delta / |d|` for it in the tails, where it is 0.
            same_hessian: false,
            ours: ours(Huber::new(1.0).expect("above 0"), data),
            perpetual: by_perpetual(of_perpetual::HuberLoss { delta: Some(1.0) }, data),
            forust: None,
        },
        Case {
            name: "Poisson",
            factor: 1.0,
            same_hessian: true,
            ours: ours(Poisson::new(), data),
            perpetual: by_perpetual(of_perpetual::PoissonLoss::default(), data),
            forust: None,
        },
    ]
}

/// The README's code compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
