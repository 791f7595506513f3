//! candle-nn's cross-entropy, and ours, by the checks of `gradstep-check`.
//!
//! `cargo run --release -p gradstep-peers --example candle_cross_entropy`

use candle_core::{Device, Result, Tensor, Var};
use candle_nn::loss;
use gradstep::loss::CrossEntropy;
use gradstep_check::slices;

/// The mean of candle's loss, and its gradient.
fn candle(logits: &[f32], classes: usize, targets: &[u32], grad: &mut [f32]) -> Result<f64> {
    let shape = (targets.len(), classes);
    let logits = Var::from_tensor(&Tensor::from_slice(logits, shape, &Device::Cpu)?)?;
    let targets = Tensor::from_slice(targets, targets.len(), &Device::Cpu)?;
    let loss = loss::cross_entropy(&logits, &targets)?;
    let gradients = loss.backward()?;
    let gradient = gradients.get(&logits).expect("the loss depends on its logits");
    grad.copy_from_slice(&gradient.flatten_all()?.to_vec1::<f32>()?);
    Ok(loss.to_scalar::<f32>()?.into())
}

fn ours(logits: &[f32], classes: usize, targets: &[u32], grad: &mut [f32]) -> f64 {
    let loss = CrossEntropy::new(classes).expect("a class or more");
    loss.loss_and_grad(logits, targets, grad).expect("shapes agree")
}

fn main() {
    let candle = |logits: &[f32], classes: usize, targets: &[u32], grad: &mut [f32]| {
        candle(logits, classes, targets, grad).expect("shapes agree")
    };
    for report in [
        slices::cross_entropy("gradstep", ours).run(),
        slices::cross_entropy("candle-nn", candle).run(),
        slices::cross_entropy("candle-nn, within 1000 ULP", candle).within(1000.0).run(),
    ] {
        let (Ok(report) | Err(report)) = report;
        println!("{report}");
    }
}
