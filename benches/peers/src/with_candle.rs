//! candle: `candle_nn`'s losses with `backward`, its AdamW, and tensor operations
//! for what it lacks (soft-threshold, decay and momentum of SGD).
//!
//! Each operation makes a new tensor, so several passes over memory and
//! allocations are part of its work, and of the losses' the graph for the
//! derivative. Its binary cross-entropy takes the logarithm of a probability, which
//! is -inf for a logit of 100.

use crate::buffers::Slices;
use crate::case::{BETAS, Candidate, Case, DECAY, EPS, MOMENTUM, Op, Real, Results, double};
use candle_core::{Device, Result, Tensor, Var};
use candle_nn::loss;
use candle_nn::optim::{AdamW, Optimizer, ParamsAdamW};
use std::cell::RefCell;
use std::rc::Rc;

pub(crate) fn candidate<E: Real>(case: Case, data: &Slices<'_, E>) -> Option<Candidate<E>> {
    let prepared = match case.op {
        Op::SoftThreshold | Op::Sgd | Op::SgdMomentum => in_place(case, data),
        Op::AdamW => adam_w(case, data),
        Op::Memcpy => return None,
        _ => with_gradient(case, data),
    };
    let Prepared { mut run, results } = prepared.expect("tensors that fit");
    Some(Candidate {
        who: "candle",
        level: "",
        call: Box::new(move |_| run().expect("tensors that fit")),
        results: Some(Box::new(move || results().expect("tensors of one dimension"))),
    })
}

/// A call on its own tensors, and what it left in them.
struct Prepared {
    run: Box<dyn FnMut() -> Result<f64>>,
    results: Box<dyn Fn() -> Result<Results>>,
}

fn tensor<E: Real>(data: &[E]) -> Result<Tensor> {
    Tensor::from_slice(data, data.len(), &Device::Cpu)
}

fn values<E: Real>(tensor: &Tensor) -> Result<Vec<f64>> {
    Ok(tensor.flatten_all()?.to_vec1::<E>()?.into_iter().map(double).collect())
}

fn in_place<E: Real>(case: Case, data: &Slices<'_, E>) -> Result<Prepared> {
    let w = Var::from_tensor(&tensor(data[0])?)?;
    let (g, buffer) = match case.op {
        Op::SoftThreshold => (w.as_tensor().clone(), w.clone()),
        Op::Sgd => (tensor(data[1])?, w.clone()),
        _ => (tensor(data[1])?, Var::from_tensor(&tensor(data[2])?)?),
    };
    let has_buffer = case.op == Op::SgdMomentum;
    let state = (w.clone(), buffer.clone());
    Ok(Prepared {
        run: Box::new(move || {
            match case.op {
                Op::SoftThreshold => {
                    let size = (w.abs()? - case.lambda)?.relu()?;
                    w.set(&(size * w.sign()?)?)?;
                }
                Op::Sgd => {
                    let kept = w.affine(1.0 - case.rate * DECAY, 0.0)?;
                    w.set(&(kept - g.affine(case.rate, 0.0)?)?)?;
                }
                _ => {
                    let slope = (&g + (w.as_tensor() * DECAY)?)?;
                    buffer.set(&((buffer.as_tensor() * MOMENTUM)? + slope)?)?;
                    w.set(&(w.as_tensor() - (buffer.as_tensor() * case.rate)?)?)?;
                }
            }
            Ok(0.0)
        }),
        results: Box::new(move || {
            let mut results = vec![(0, values::<E>(&state.0)?)];
            if has_buffer {
                results.push((2, values::<E>(&state.1)?));
            }
            Ok(results)
        }),
    })
}

fn adam_w<E: Real>(case: Case, data: &Slices<'_, E>) -> Result<Prepared> {
    let w = Var::from_tensor(&tensor(data[0])?)?;
    // An optimiser takes gradients from a graph alone: that of a sum of products.
    let gradients = (w.as_tensor() * tensor(data[1])?)?.sum_all()?.backward()?;
    let [beta1, beta2] = BETAS;
    let params = ParamsAdamW { lr: case.rate, beta1, beta2, eps: EPS, weight_decay: DECAY };
    let mut adam = AdamW::new(vec![w.clone()], params)?;
    Ok(Prepared {
        run: Box::new(move || adam.step(&gradients).map(|()| 0.0)),
        // The averages are private.
        results: Box::new(move || Ok(vec![(0, values::<E>(&w)?)])),
    })
}

fn with_gradient<E: Real>(case: Case, data: &Slices<'_, E>) -> Result<Prepared> {
    let (p, target) = if case.op == Op::CrossEntropy {
        let shape = (case.size.rows, case.size.columns);
        let classes = Tensor::from_vec(case.classes(), case.size.rows, &Device::Cpu)?;
        (Var::from_tensor(&tensor(data[0])?.reshape(shape)?)?, classes)
    } else {
        (Var::from_tensor(&tensor(data[0])?)?, tensor(data[1])?)
    };
    let slice = if case.op == Op::CrossEntropy { 1 } else { 2 };
    let gradient = Rc::new(RefCell::new(None));
    let kept = Rc::clone(&gradient);
    Ok(Prepared {
        run: Box::new(move || {
            let loss = match case.op {
                Op::Mse => loss::mse(&p, &target)?,
                Op::SmoothL1 => loss::huber(&p, &target, 1.0)?,
                Op::CrossEntropy => loss::cross_entropy(&p, &target)?,
                _ => loss::binary_cross_entropy_with_logit(&p, &target)?,
            };
            *kept.borrow_mut() = loss.backward()?.get(&p).cloned();
            loss.to_scalar::<E>().map(double)
        }),
        results: Box::new(move || {
            let gradient = gradient.borrow();
            let gradient = gradient.as_ref().expect("a call before");
            Ok(vec![(slice, values::<E>(gradient)?)])
        }),
    })
}
