//! Optimisers against candle's own, or their formula in candle's operations.

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::{AdamW as CandleAdamW, Optimizer, ParamsAdamW, SGD};
use gradstep_candle::{AdamW, Lion, ProxAdamW, Sgd, SgdMomentum, adam_w, update};

const CPU: Device = Device::Cpu;
const STEPS: usize = 20;

/// Two variables, one of them transposed where it is used: its gradient is not contiguous.
fn variables(dtype: DType) -> Result<[Var; 2]> {
    let of = |rows: usize, columns: usize| {
        let x = |i: usize| (i * 31 % 97) as f64 / 97.0 - 0.5;
        let x: Vec<f64> = (0..rows * columns).map(x).collect();
        Var::from_tensor(&Tensor::from_vec(x, (rows, columns), &CPU)?.to_dtype(dtype)?)
    };
    Ok([of(4, 3)?, of(5, 4)?])
}

fn loss([a, b]: &[Var; 2]) -> Result<Tensor> {
    a.t()?.matmul(&b.t()?)?.sqr()?.sum_all()? + a.sum_all()?
}

fn run<O: Optimizer>(dtype: DType, new: impl FnOnce(Vec<Var>) -> Result<O>) -> Result<[Var; 2]> {
    let variables = variables(dtype)?;
    let mut optimizer = new(variables.to_vec())?;
    for _ in 0..STEPS {
        optimizer.backward_step(&loss(&variables)?)?;
    }
    Ok(variables)
}

/// The same steps by a formula for one variable: `(w, g, states, t)` to the new `w`.
fn by_formula(
    dtype: DType,
    formula: impl Fn(&Tensor, &Tensor, &mut [Tensor; 2], i32) -> Result<Tensor>,
) -> Result<[Var; 2]> {
    let variables = variables(dtype)?;
    let zeros = |v: &Var| Ok([v.zeros_like()?, v.zeros_like()?]);
    let mut states = variables.iter().map(zeros).collect::<Result<Vec<_>>>()?;
    for t in 1..=STEPS as i32 {
        let grads = loss(&variables)?.backward()?;
        for (v, state) in variables.iter().zip(&mut states) {
            v.set(&formula(v, grads.get(v).unwrap(), state, t)?)?;
        }
    }
    Ok(variables)
}

#[track_caller]
fn same(ours: [Var; 2], theirs: [Var; 2]) -> Result<()> {
    let eps = if ours[0].dtype() == DType::F32 { f64::from(f32::EPSILON) } else { f64::EPSILON };
    for (a, b) in ours.iter().zip(&theirs) {
        let d = (a.as_tensor() - b.as_tensor())?.abs()?.flatten_all()?.max(0)?;
        let d = d.to_dtype(DType::F64)?.to_scalar::<f64>()? / eps;
        assert!(d <= 2.0 * STEPS as f64, "{d} epsilons apart");
    }
    Ok(())
}

#[test]
fn adam_w_is_candles() -> Result<()> {
    let params = ParamsAdamW { lr: 0.01, weight_decay: 0.1, ..ParamsAdamW::default() };
    for dtype in [DType::F32, DType::F64] {
        let ours = run(dtype, |vars| AdamW::new(vars, adam_w(&params)?))?;
        same(ours, run(dtype, |vars| CandleAdamW::new(vars, params.clone()))?)?;
    }
    Ok(())
}

#[test]
fn sgd_is_candles() -> Result<()> {
    let update = update::Sgd::new(0.01).unwrap();
    for dtype in [DType::F32, DType::F64] {
        same(run(dtype, |vars| Sgd::new(vars, update))?, run(dtype, |vars| SGD::new(vars, 0.01))?)?;
    }
    Ok(())
}

#[test]
fn momentum_is_its_formula() -> Result<()> {
    let update = update::SgdMomentum::new(0.01, 0.9).and_then(|u| u.weight_decay(0.1)).unwrap();
    let theirs = by_formula(DType::F64, |w, g, [b, _], _| {
        *b = ((&*b * 0.9)? + (g + (w * 0.1)?)?)?;
        w - (&*b * 0.01)?
    })?;
    same(run(DType::F64, |vars| SgdMomentum::new(vars, update))?, theirs)
}

#[test]
fn lion_is_its_formula() -> Result<()> {
    let update = update::Lion::new(0.01).and_then(|u| u.weight_decay(0.1)).unwrap();
    let theirs = by_formula(DType::F64, |w, g, [m, _], _| {
        let u = ((&*m * 0.9)? + (g * 0.1)?)?.sign()?;
        *m = ((&*m * 0.99)? + (g * 0.01)?)?;
        w - ((u + (w * 0.1)?)? * 0.01)?
    })?;
    same(run(DType::F64, |vars| Lion::new(vars, update))?, theirs)
}

#[test]
fn prox_adam_w_is_its_formula_and_leaves_zeros() -> Result<()> {
    let (lr, l1) = (0.05, 0.2);
    let update = update::ProxAdamW::new(lr).and_then(|u| u.l1(l1)).unwrap().isotropic();
    let theirs = by_formula(DType::F64, |w, g, [m, v], t| {
        *m = ((&*m * 0.9)? + (g * 0.1)?)?;
        *v = ((&*v * 0.999)? + (g.sqr()? * 0.001)?)?;
        let m = (&*m / (1.0 - 0.9f64.powi(t)))?;
        let root = ((&*v / (1.0 - 0.999f64.powi(t)))?.sqrt()? + 1e-8)?;
        let w = ((w * (1.0 - lr * 0.01))? - ((m / root)? * lr)?)?;
        (w.abs()? - lr * l1)?.relu()? * w.sign()?
    })?;
    let ours = run(DType::F64, |vars| ProxAdamW::new(vars, update))?;
    let zeros = |v: &Var| v.eq(0.0)?.to_dtype(DType::U32)?.sum_all()?.to_scalar::<u32>();
    for (a, b) in ours.iter().zip(&theirs) {
        assert_eq!(zeros(a)?, zeros(b)?);
    }
    assert!(zeros(&ours[0])? + zeros(&ours[1])? > 0);
    same(ours, theirs)
}

#[test]
fn a_rate_can_change_and_a_wrong_one_is_refused_at_the_step() -> Result<()> {
    let w = Var::new(&[1f64], &CPU)?;
    let mut sgd = Sgd::new(vec![w.clone()], update::Sgd::new(0.5).unwrap())?;
    assert_eq!(sgd.learning_rate(), 0.5);
    sgd.set_learning_rate(0.25);
    sgd.backward_step(&w.sum_all()?)?;
    assert_eq!(w.to_vec1::<f64>()?, [0.75]);
    sgd.set_learning_rate(f64::NAN);
    let text = sgd.backward_step(&w.sum_all()?).unwrap_err().to_string();
    assert!(text.contains("`learning_rate` must be"), "{text}");
    assert_eq!(w.to_vec1::<f64>()?, [0.75]);
    let half = Var::from_tensor(&w.to_dtype(DType::F16)?)?;
    assert!(Sgd::new(vec![half], update::Sgd::new(0.5).unwrap()).is_err());
    Ok(())
}
