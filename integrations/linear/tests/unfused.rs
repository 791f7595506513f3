//! Against the definition in `f64`, from all logits at once.

use gradstep::{EmptyMean, Error, Reduction};
use gradstep_linear::{Grads, LinearCrossEntropy, Real};

struct Case {
    rows: usize,
    width: usize,
    classes: usize,
    hidden: Vec<f64>,
    weights: Vec<f64>,
    bias: Vec<f64>,
    targets: Vec<i32>,
}

fn numbers(n: usize, seed: usize) -> Vec<f64> {
    (0..n).map(|i| ((i * 7919 + seed * 104_729) % 1009) as f64 / 504.5 - 1.0).collect()
}

fn case(rows: usize, width: usize, classes: usize) -> Case {
    Case {
        rows,
        width,
        classes,
        hidden: numbers(rows * width, 1),
        weights: numbers(classes * width, 2),
        bias: numbers(classes, 3),
        targets: (0..rows).map(|i| (i * 7 % classes) as i32).collect(),
    }
}

struct Options {
    class_weights: Vec<f64>,
    smoothing: f64,
    z: f64,
    ignore: Option<i32>,
    reduction: Reduction,
    has_bias: bool,
}

/// Loss and the gradients of hidden states, weights and bias.
type All = (f64, [Vec<f64>; 3]);

/// By the equations: `k` is what each class costs, row by row.
fn definition(
    case: &Case,
    options: &Options,
    k: &dyn Fn(usize, usize) -> f64,
    denominator: f64,
) -> All {
    let Case { rows, width, classes, hidden, weights, bias, .. } = case;
    let mut grads = [vec![0.0; hidden.len()], vec![0.0; weights.len()], vec![0.0; *classes]];
    let mut loss = 0.0;
    for i in 0..*rows {
        if options.ignore.is_some_and(|ignore| case.targets[i] == ignore) {
            continue;
        }
        let x = &hidden[i * width..][..*width];
        let of =
            |c: usize| -> f64 { x.iter().zip(&weights[c * width..]).map(|(x, w)| x * w).sum() };
        let z: Vec<f64> =
            (0..*classes).map(|c| of(c) + if options.has_bias { bias[c] } else { 0.0 }).collect();
        let lse = z.iter().map(|z| z.exp()).sum::<f64>().ln();
        let sum: f64 = (0..*classes).map(|c| k(i, c)).sum();
        loss += (0..*classes).map(|c| k(i, c) * (lse - z[c])).sum::<f64>() + options.z * lse * lse;
        for c in 0..*classes {
            let d = ((z[c] - lse).exp() * (sum + 2.0 * options.z * lse) - k(i, c)) / denominator;
            for j in 0..*width {
                grads[0][i * width + j] += d * weights[c * width + j];
                grads[1][c * width + j] += d * x[j];
            }
            grads[2][c] += d;
        }
    }
    (loss / denominator, grads)
}

fn ours<E: Real>(
    case: &Case,
    options: &Options,
    chunk: usize,
    targets: Targets<'_>,
) -> Result<All, Error> {
    let of = |x: &[f64]| -> Vec<E> { x.iter().map(|&x| E::from_f64(x)).collect() };
    let [hidden, weights, bias, w] =
        [&case.hidden, &case.weights, &case.bias, &options.class_weights].map(|x| of(x));
    let mut grads = [&hidden, &weights, &bias].map(|x| vec![E::from_f64(7.0); x.len()]);
    let mut layer = LinearCrossEntropy::new(case.width, case.classes)?
        .class_weights(&w)?
        .label_smoothing(options.smoothing)?
        .z_loss(options.z)?
        .reduction(options.reduction)
        .chunk_bytes(chunk * case.classes * size_of::<E>());
    if let Some(ignore) = options.ignore {
        layer = layer.ignore_index(ignore);
    }
    let bias = options.has_bias.then_some(&*bias);
    let [h, ws, b] = &mut grads;
    let places = Grads { hidden: h, weights: ws, bias: options.has_bias.then_some(b) };
    let (loss, alone) = match targets {
        Targets::Classes(y) => (
            layer.loss_and_grads(&hidden, &weights, bias, y, places)?,
            layer.loss(&hidden, &weights, bias, y)?,
        ),
        Targets::Probabilities(q) => {
            let q = of(q);
            (
                layer.loss_and_grads(&hidden, &weights, bias, &q, places)?,
                layer.loss(&hidden, &weights, bias, &q)?,
            )
        }
    };
    assert_eq!(loss.to_bits(), alone.to_bits());
    Ok((
        loss,
        grads.map(|grad| grad.iter().map(|&x| gradstep::kernels::Float::to_f64(x)).collect()),
    ))
}

enum Targets<'a> {
    Classes(&'a [i32]),
    Probabilities(&'a [f64]),
}

#[track_caller]
fn same(what: &str, ours: &All, exact: &All, has_bias: bool, tolerance: f64) {
    let apart = (ours.0 - exact.0).abs() / exact.0.abs().max(1.0);
    assert!(apart <= tolerance, "{what}: loss {} for {}", ours.0, exact.0);
    for (name, (a, b)) in ["hidden", "weights", "bias"].into_iter().zip(ours.1.iter().zip(&exact.1))
    {
        if name == "bias" && !has_bias {
            continue;
        }
        let largest = b.iter().fold(0.0f64, |m, x| m.max(x.abs()));
        let apart = a.iter().zip(b).fold(0.0f64, |m, (a, b)| m.max((a - b).abs()));
        assert!(apart <= tolerance * largest, "{what}: {name} is {apart} off {largest}");
    }
}

#[test]
fn every_option_is_the_definition_for_any_chunk() {
    for (rows, width, classes) in [(1, 1, 1), (7, 3, 5), (70, 33, 130), (200, 300, 1100)] {
        let case = case(rows, width, classes);
        let class_weights: Vec<f64> = (0..classes).map(|c| (c % 3) as f64 + 0.5).collect();
        for (ignore, reduction, has_bias) in [
            (None, Reduction::Mean, true),
            (Some(0), Reduction::Mean, false),
            (Some(1), Reduction::Sum, true),
            (None, Reduction::DivideBy(3.0), false),
        ] {
            if ignore == Some(0) && classes == 1 {
                continue; // nothing is left
            }
            let options = Options {
                class_weights: class_weights.clone(),
                smoothing: 0.1,
                z: 0.01,
                ignore,
                reduction,
                has_bias,
            };
            let k = |i: usize, c: usize| {
                let own = f64::from(c as i32 == case.targets[i]);
                class_weights[c] * (0.9 * own + 0.1 / classes as f64)
            };
            let weight = case.targets.iter().filter(|&&y| Some(y) != ignore);
            let weight: f64 = weight.map(|&y| class_weights[y as usize]).sum();
            let denominator = match reduction {
                Reduction::Mean => weight,
                Reduction::DivideBy(x) => x,
                _ => 1.0,
            };
            let exact = definition(&case, &options, &k, denominator);
            for chunk in [1, 3, 64, 1000] {
                let what = format!("{rows} x {width} x {classes}, chunks of {chunk}");
                let single = ours::<f32>(&case, &options, chunk, Targets::Classes(&case.targets));
                same(&what, &single.unwrap(), &exact, has_bias, 2e-5);
                let double = ours::<f64>(&case, &options, chunk, Targets::Classes(&case.targets));
                same(&what, &double.unwrap(), &exact, has_bias, 1e-13);
            }
        }
    }
}

#[test]
fn probabilities_are_the_definition() {
    let case = case(50, 9, 12);
    let q: Vec<f64> = numbers(50 * 12, 5).iter().map(|x| x.abs() / 6.0).collect();
    let options = Options {
        class_weights: vec![2.0; 12],
        smoothing: 0.1,
        z: 0.0,
        ignore: None,
        reduction: Reduction::Mean,
        has_bias: true,
    };
    let k = |i: usize, c: usize| 2.0 * (0.9 * q[i * 12 + c] + 0.1 / 12.0);
    let exact = definition(&case, &options, &k, 50.0);
    for chunk in [7, 64] {
        let all = ours::<f64>(&case, &options, chunk, Targets::Probabilities(&q)).unwrap();
        same("probabilities", &all, &exact, true, 1e-13);
    }
}

#[test]
fn an_ignored_row_is_not_read() {
    let mut case = case(20, 4, 6);
    case.targets[3] = -100;
    let options = Options {
        class_weights: vec![1.0; 6],
        smoothing: 0.0,
        z: 0.0,
        ignore: Some(-100),
        reduction: Reduction::Mean,
        has_bias: true,
    };
    let clean = ours::<f64>(&case, &options, 8, Targets::Classes(&case.targets)).unwrap();
    case.hidden[3 * 4..4 * 4].fill(f64::NAN);
    let with_nan = ours::<f64>(&case, &options, 8, Targets::Classes(&case.targets)).unwrap();
    assert_eq!(clean, with_nan);
    assert_eq!(with_nan.1[0][3 * 4..4 * 4], [0.0; 4]);
}

#[test]
fn the_same_bits_for_any_number_of_threads() {
    let case = case(300, 300, 2100);
    let options = Options {
        class_weights: vec![1.0; 2100],
        smoothing: 0.1,
        z: 0.0,
        ignore: Some(5),
        reduction: Reduction::Mean,
        has_bias: true,
    };
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| ours::<f32>(&case, &options, 128, Targets::Classes(&case.targets))).unwrap()
    };
    let one = run(1);
    assert_eq!(one, run(2));
    assert_eq!(one, run(7));
}

#[test]
fn a_mean_over_no_rows_is_what_was_chosen() {
    let layer = LinearCrossEntropy::new(2, 3).unwrap().ignore_index(-1);
    let (hidden, weights) = ([1.0f32; 4], [1.0; 6]);
    let call = |layer: LinearCrossEntropy<'_, f32>| {
        let (mut h, mut w) = ([7.0; 4], [7.0; 6]);
        let grads = Grads { hidden: &mut h, weights: &mut w, bias: None };
        (layer.loss_and_grads(&hidden, &weights, None, &[-1, -1], grads), h, w)
    };
    let (loss, h, w) = call(layer);
    assert!(loss.unwrap().is_nan() && h == [0.0; 4] && w == [0.0; 6]);
    assert_eq!(call(layer.empty_mean(EmptyMean::Zero)), (Ok(0.0), [0.0; 4], [0.0; 6]));
    let refused = call(layer.empty_mean(EmptyMean::Error));
    assert_eq!(refused, (Err(Error::EmptyMean), [7.0; 4], [7.0; 6]));
    assert_eq!(call(layer.reduction(Reduction::Sum)).0, Ok(0.0));
}

#[test]
fn a_refused_call_writes_nothing() {
    let layer = LinearCrossEntropy::<f32>::new(2, 3).unwrap();
    let call = |layer: LinearCrossEntropy<'_, f32>,
                hidden: usize,
                weights: usize,
                bias: bool,
                y: &[u32]| {
        let (mut h, mut w, mut b) = (vec![7.0; 4], vec![7.0; 6], [7.0; 3]);
        let grads = Grads { hidden: &mut h, weights: &mut w, bias: bias.then_some(&mut b) };
        let error = layer.loss_and_grads(&[1.0; 8][..hidden], &[1.0; 8][..weights], None, y, grads);
        assert!(h.iter().chain(&w).chain(&b).all(|&x| x == 7.0));
        error.unwrap_err()
    };
    let length = |argument, expected, found| Error::Length { argument, expected, found };
    assert_eq!(call(layer, 3, 6, false, &[0, 1]), length("grads.hidden", 3, 4));
    assert_eq!(call(layer, 4, 5, false, &[0, 1]), length("grads.weights", 5, 6));
    assert_eq!(call(layer, 4, 6, false, &[0, 1, 2]), length("hidden", 6, 4));
    assert_eq!(call(layer, 4, 6, false, &[0, 3]), Error::Target { row: 1, target: 3, classes: 3 });
    assert!(matches!(call(layer, 4, 6, true, &[0, 1]), Error::Conflict { option: "bias", .. }));
    let divided = layer.reduction(Reduction::DivideBy(0.0));
    assert!(matches!(call(divided, 4, 6, false, &[0, 1]), Error::Parameter { .. }));
    assert!(LinearCrossEntropy::<f32>::new(0, 3).is_err());
    assert!(LinearCrossEntropy::<f32>::new(3, 0).is_err());
}

#[test]
fn the_chunk_follows_from_shape_and_bytes() {
    let layer = LinearCrossEntropy::<f32>::new(512, 32_000).unwrap();
    assert_eq!(layer.chunk_rows(), 512);
    assert_eq!(layer.chunk_bytes(32 << 20).chunk_rows(), 256);
    assert_eq!(layer.chunk_bytes(0).chunk_rows(), 1);
    assert_eq!(LinearCrossEntropy::<f64>::new(512, 32_000).unwrap().chunk_rows(), 256);
}
