//! Which loss, and what it is asked for.

use crate::arrays::Real;
use crate::task::Task;
use kernels::{Error, Reduction, loss};

#[derive(Clone, Copy)]
pub(crate) enum Formula {
    Mse,
    L1,
    LogCosh,
    SmoothL1 { beta: f64 },
    Huber { delta: f64 },
    BinaryCrossEntropy,
    BinaryCrossEntropyWithLogits { pos_weight: f64 },
    Quantile { quantile: f64 },
    SquaredHinge,
    ModifiedHuber,
    Poisson { full: bool },
    Gamma,
    Tweedie { power: f64 },
    Focal { gamma: f64, alpha: Option<f64> },
    KlDivergence,
}

impl Formula {
    /// Does the task for losses that become one number by `reduction`.
    pub(crate) fn run<E: Real>(
        self,
        reduction: Reduction,
        task: Task<'_, E>,
        target: &[E],
        weights: Option<&[E]>,
    ) -> Result<f64, Error> {
        /// Not every loss has a second derivative.
        macro_rules! twice {
            (twice $loss:ident $task:ident) => {
                match $task {
                    Task::GradHess(x, g, h) => $loss.grad_hess(x, target, g, h).map(|()| 0.0),
                    Task::LossGradHess(x, g, h) => $loss.loss_grad_hess(x, target, g, h),
                    Task::Irls(x, w, z) => $loss.irls(x, target, w, z).map(|()| 0.0),
                    _ => unreachable!("tasks of the first derivative are done"),
                }
            };
            (once $loss:ident $task:ident) => {{
                let _ = $task;
                let reason = "this loss has no second derivative";
                Err(Error::Conflict { option: "grad_hess", reason })
            }};
        }
        macro_rules! run {
            ($times:ident $loss:expr) => {{
                let mut loss = $loss.reduction(reduction);
                if let Some(weights) = weights {
                    loss = loss.weights(weights);
                }
                match task {
                    Task::Loss(x) => loss.loss(x, target),
                    Task::Grad(x, grad) => loss.loss_and_grad(x, target, grad),
                    Task::InPlace(x) => loss.loss_and_grad_in_place(x, target),
                    Task::Losses(x, out) => loss.losses(x, target, out).map(|()| 0.0),
                    Task::Backward(x, upstream, grad) => {
                        loss.backward(x, target, upstream, grad).map(|()| 0.0)
                    }
                    task => twice!($times loss task),
                }
            }};
        }
        match self {
            Formula::Mse => run!(twice loss::Mse::new()),
            Formula::L1 => run!(once loss::L1::new()),
            Formula::LogCosh => run!(twice loss::LogCosh::new()),
            Formula::SmoothL1 { beta } => run!(twice loss::SmoothL1::new(beta)?),
            Formula::Huber { delta } => run!(twice loss::Huber::new(delta)?),
            Formula::BinaryCrossEntropy => run!(once loss::BinaryCrossEntropy::new()),
            Formula::BinaryCrossEntropyWithLogits { pos_weight } => {
                let bce = loss::BinaryCrossEntropyWithLogits::new();
                run!(twice bce.pos_weight(pos_weight)?)
            }
            Formula::Quantile { quantile } => run!(once loss::Quantile::new(quantile)?),
            Formula::SquaredHinge => run!(twice loss::SquaredHinge::new()),
            Formula::ModifiedHuber => run!(twice loss::ModifiedHuber::new()),
            Formula::Poisson { full: false } => run!(twice loss::Poisson::new()),
            Formula::Poisson { full: true } => run!(twice loss::Poisson::new().full()),
            Formula::Gamma => run!(twice loss::Gamma::new()),
            Formula::Tweedie { power } => run!(twice loss::Tweedie::new(power)?),
            Formula::Focal { gamma, alpha: None } => run!(once loss::Focal::new(gamma)?),
            Formula::Focal { gamma, alpha: Some(alpha) } => {
                run!(once loss::Focal::new(gamma)?.alpha(alpha)?)
            }
            Formula::KlDivergence => run!(once loss::KlDivergence::new()),
        }
    }
}
