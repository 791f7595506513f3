//! Losses against candle's own operations: values, gradients by its graph, layouts, refusals.

use candle_core::{D, DType, Device, Result, Tensor, Var};
use candle_nn::{loss as candle, ops};
use gradstep_candle::{
    BinaryCrossEntropyWithLogits, CrossEntropy, Huber, L1, LogCosh, Loss, Mse, Reduction, SmoothL1,
};

const CPU: Device = Device::Cpu;

fn numbers(shape: (usize, usize), dtype: DType) -> Result<Var> {
    let (rows, columns) = shape;
    let x = |i: usize| ((i * 7919 % 1009) as f64 / 1009.0 - 0.5) * 6.0;
    let x: Vec<f64> = (0..rows * columns).map(x).collect();
    Var::from_tensor(&Tensor::from_vec(x, shape, &CPU)?.to_dtype(dtype)?)
}

fn classes(rows: usize, columns: usize) -> Result<Tensor> {
    Tensor::from_vec((0..rows).map(|i| (i * 5 % columns) as u32).collect(), rows, &CPU)
}

/// The largest difference.
fn apart(a: &Tensor, b: &Tensor) -> Result<f64> {
    let d = (a.to_dtype(DType::F64)? - b.to_dtype(DType::F64)?)?.abs()?;
    d.flatten_all()?.max(0)?.to_scalar()
}

/// Both losses, by their size, and their gradients with respect to `x` agree, by `times` of their type's
/// rounding.
#[track_caller]
fn same(name: &str, x: &Var, ours: &Tensor, theirs: &Tensor, times: f64) -> Result<()> {
    let eps = if x.dtype() == DType::F32 { f64::from(f32::EPSILON) } else { f64::EPSILON };
    let size = theirs.to_dtype(DType::F64)?.to_scalar::<f64>()?.abs().max(1.0);
    let losses = apart(ours, theirs)? / (eps * size);
    let gradient =
        |loss: &Tensor| -> Result<Tensor> { Ok(loss.backward()?.get(x).unwrap().clone()) };
    let gradients = apart(&gradient(ours)?, &gradient(theirs)?)? / eps;
    assert!(losses <= times && gradients <= times, "{name}: {losses} and {gradients} epsilons");
    Ok(())
}

const BOTH: [DType; 2] = [DType::F32, DType::F64];

#[test]
fn cross_entropy_is_candles() -> Result<()> {
    for dtype in BOTH {
        for (rows, columns) in [(1, 1), (5, 3), (64, 10), (7, 300)] {
            let (x, y) = (numbers((rows, columns), dtype)?, classes(rows, columns)?);
            let theirs = candle::cross_entropy(&x, &y)?;
            for y in [y.clone(), y.to_dtype(DType::I64)?] {
                let ours = gradstep_candle::cross_entropy(&x, &y)?;
                same("cross-entropy", &x, &ours, &theirs, 8.0)?;
            }
        }
    }
    Ok(())
}

/// `sum_c k_c (lse - x_c) + z lse^2` of each row.
fn by_formula(x: &Tensor, k: &Tensor, z: f64) -> Result<Tensor> {
    let lse = x.log_sum_exp(D::Minus1)?;
    let cross = (k * lse.unsqueeze(1)?.broadcast_sub(x)?)?.sum(D::Minus1)?;
    cross + (lse.sqr()? * z)?
}

#[test]
fn every_option_of_cross_entropy_is_the_formula() -> Result<()> {
    let (rows, columns, s, z) = (12, 4, 0.2, 0.01);
    let w = vec![0.5, 2.0, 0.0, 1.5];
    let weights = Tensor::new(w.as_slice(), &CPU)?;
    let ce = CrossEntropy::new().class_weights(w.clone()).label_smoothing(s).z_loss(z);
    let x = numbers((rows, columns), DType::F64)?;

    let y = classes(rows, columns)?;
    let of_class = y.unsqueeze(1)?.broadcast_eq(&Tensor::arange(0u32, columns as u32, &CPU)?)?;
    let smoothed = |q: &Tensor| q.affine(1.0 - s, s / columns as f64)?.broadcast_mul(&weights);
    let k = smoothed(&of_class.to_dtype(DType::F64)?)?;
    // Rows of class 1 are left out.
    let kept = y.ne(1u32)?.to_dtype(DType::F64)?;
    let losses = (by_formula(&x, &k, z)? * &kept)?;
    let counted = (kept * weights.index_select(&y, 0)?)?.sum_all()?.to_scalar::<f64>()?;
    let ignoring = ce.clone().ignore_index(1);
    let mean = (losses.sum_all()? / counted)?;
    same("mean", &x, &ignoring.forward(&x, &y)?, &mean, 32.0)?;
    let sum = ignoring.clone().reduction(Reduction::Sum).forward(&x, &y)?;
    same("sum", &x, &sum, &losses.sum_all()?, 64.0)?;
    let seventh = ignoring.clone().reduction(Reduction::DivideBy(7.0)).forward(&x, &y)?;
    same("a seventh", &x, &seventh, &(losses.sum_all()? / 7.0)?, 32.0)?;
    // An upstream gradient for each row.
    let upstream = Tensor::arange(0f64, rows as f64, &CPU)?;
    let ours = (ignoring.losses(&x, &y)? * &upstream)?.sum_all()?;
    same("each row", &x, &ours, &(losses * upstream)?.sum_all()?, 512.0)?;

    let q = ops::softmax(numbers((rows, columns), DType::F64)?.as_tensor(), 1)?.affine(0.9, 0.0)?;
    let k = smoothed(&q)?;
    let mean = by_formula(&x, &k, z)?.mean_all()?;
    same("probabilities", &x, &ce.forward(&x, &q)?, &mean, 32.0)
}

#[test]
fn losses_of_pairs_are_candles_formulas() -> Result<()> {
    for dtype in BOTH {
        let (p, t) = (numbers((9, 31), dtype)?, numbers((31, 9), dtype)?);
        // No difference is 0, where candle's derivative of |d| is 1.
        let t = t.affine(1.0, 0.001)?.t()?;
        let d = (p.as_tensor() - &t)?;
        let mean = |x: Tensor| x.mean_all();
        let huber = candle::huber(&p, &t, 0.7)?;
        same("mse", &p, &Loss::new(Mse {}).forward(&p, &t)?, &candle::mse(&p, &t)?, 32.0)?;
        same("l1", &p, &Loss::new(L1 {}).forward(&p, &t)?, &mean(d.abs()?)?, 32.0)?;
        same("huber", &p, &Loss::new(Huber { delta: 0.7 }).forward(&p, &t)?, &huber, 32.0)?;
        let smooth = Loss::new(SmoothL1 { beta: 0.7 }).forward(&p, &t)?;
        same("smooth-l1", &p, &smooth, &(huber / 0.7)?, 32.0)?;
        let cosh = ((d.exp()? + d.neg()?.exp()?)? * 0.5)?.log()?;
        same("log-cosh", &p, &Loss::new(LogCosh {}).forward(&p, &t)?, &mean(cosh)?, 32.0)?;

        let y = ops::sigmoid(&t.contiguous()?)?;
        let bce = gradstep_candle::binary_cross_entropy_with_logit(&p, &y)?;
        same("bce", &p, &bce, &candle::binary_cross_entropy_with_logit(&p, &y)?, 32.0)?;
        let s = ops::sigmoid(&p)?;
        let positive = ((&y * s.log()?)? * 3.0)?;
        let negative = (y.affine(-1.0, 1.0)? * s.affine(-1.0, 1.0)?.log()?)?;
        let weighted = Loss::new(BinaryCrossEntropyWithLogits { pos_weight: 3.0 });
        let theirs = mean((positive + negative)?.neg()?)?;
        same("bce of weight 3", &p, &weighted.forward(&p, &y)?, &theirs, 32.0)?;
    }
    Ok(())
}

#[test]
fn what_stands_behind_a_loss_scales_its_gradient() -> Result<()> {
    let (p, t) = (numbers((3, 5), DType::F64)?, numbers((5, 3), DType::F64)?.t()?);
    let weights = t.sqr()?;
    let d2 = (p.as_tensor() - &t)?.sqr()?;
    let chain = |loss: Tensor| (loss.sqr()? * -3.0)?.sum_all();
    let mse = Loss::new(Mse {}).weights(&weights)?;
    let theirs = (&d2 * &weights)?;
    same("mean", &p, &chain(mse.forward(&p, &t)?)?, &chain(theirs.mean_all()?)?, 4096.0)?;
    same("each", &p, &chain(mse.losses(&p, &t)?)?, &chain(theirs)?, 8.0 * 4096.0)
}

#[test]
fn any_layout_will_do_and_its_gradient_flows_back() -> Result<()> {
    let x = numbers((10, 8), DType::F64)?;
    let y = classes(10, 8)?;
    // Columns 2 to 7, then rows as columns.
    let part = x.narrow(1, 2, 5)?.t()?;
    let (ours, theirs) = (
        gradstep_candle::cross_entropy(&part, &y.narrow(0, 3, 5)?)?,
        candle::cross_entropy(&part.contiguous()?, &y.narrow(0, 3, 5)?.contiguous()?)?,
    );
    same("narrowed and transposed", &x, &ours, &theirs, 8.0)?;
    let soft = gradstep_candle::soft_threshold(&part, 0.5)?.sqr()?.sum_all()?;
    let size = (part.abs()? - 0.5)?.relu()?;
    same("soft-threshold", &x, &soft, &size.sqr()?.sum_all()?, 256.0)
}

#[test]
fn a_logit_of_a_hundred_costs_a_hundred() -> Result<()> {
    let (x, y) = (Var::new(&[100f32], &CPU)?, Tensor::new(&[0f32], &CPU)?);
    let loss = gradstep_candle::binary_cross_entropy_with_logit(&x, &y)?;
    assert_eq!(loss.to_scalar::<f32>()?, 100.0);
    assert_eq!(loss.backward()?.get(&x).unwrap().to_vec1::<f32>()?, [1.0]);
    // The reason to take it: candle's is infinite.
    let theirs = candle::binary_cross_entropy_with_logit(&x, &y)?.to_scalar::<f32>()?;
    assert!(!theirs.is_finite(), "candle's is {theirs}: say so no longer");
    Ok(())
}

#[test]
fn a_target_gets_no_gradient() -> Result<()> {
    let (p, t) = (numbers((3, 5), DType::F32)?, numbers((3, 5), DType::F32)?);
    let tracked = t.sqr()?;
    let grads = gradstep_candle::mse(&p, &tracked)?.backward()?;
    assert!(grads.get(&p).is_some() && grads.get(&t).is_none());
    Ok(())
}

#[test]
fn an_untracked_input_makes_no_node() -> Result<()> {
    let (p, t) = (numbers((3, 5), DType::F32)?.detach(), numbers((3, 5), DType::F32)?.detach());
    assert!(!gradstep_candle::mse(&p, &t)?.track_op());
    Ok(())
}

#[test]
fn refusals_say_what_is_wrong() -> Result<()> {
    let x = numbers((2, 3), DType::F32)?;
    let refusal = |y: Tensor| gradstep_candle::cross_entropy(&x, &y).unwrap_err().to_string();
    let text = refusal(Tensor::new(&[0u32, 3], &CPU)?);
    assert!(text.contains("`targets[1]` must be a class below 3, not 3"), "{text}");
    let text = refusal(Tensor::new(&[0u32, 1, 2], &CPU)?);
    assert!(text.contains("shape mismatch"), "{text}");
    let text = refusal(Tensor::new(&[0f32, 1.0], &CPU)?);
    assert!(text.contains("targets can't be F32"), "{text}");
    let y = x.to_dtype(DType::F64)?;
    assert!(gradstep_candle::mse(&x, &y).is_err());
    let text = gradstep_candle::huber(&x, &x, -1.0).unwrap_err().to_string();
    assert!(text.contains("`delta` must be"), "{text}");
    let x = x.to_dtype(DType::F16)?;
    let text = gradstep_candle::mse(&x, &x).unwrap_err().to_string();
    assert!(text.contains("F32 or F64, not F16"), "{text}");
    Ok(())
}
