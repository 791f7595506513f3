//! Class weights, label smoothing, z-loss, probabilities, strides and outputs of
//! rows, in every combination that makes sense, against the reference.

use super::on;
use crate::numbers::{Number, Random, bits, error_at};
use crate::reference::cross_entropy::{self as reference, Options, Target};
use crate::reference::pointwise::Reduction as Divide;
use crate::reference::{Double, ulp};
use crate::tolerance;
use gradstep::loss::{AnyTarget, CrossEntropy, Logits, Outputs};
use gradstep::{Error, Level, Reduction};

const SHAPES: [(usize, usize); 12] = [
    (1, 1),
    (5, 1),
    (33, 2),
    (70, 3),
    (9, 10),
    (40, 16),
    (7, 31),
    (33, 32),
    (3, 100),
    (5, 101),
    (3, 257),
    (2, 1000),
];

const IGNORED: i64 = -7;

/// What every combination is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice {
    weights: bool,
    smoothing: f64,
    pub(super) z_loss: f64,
    ignore: bool,
    pub(super) probabilities: bool,
}

pub(super) fn choices() -> impl Iterator<Item = Choice> {
    (0..32).map(|bit| Choice {
        weights: bit & 1 != 0,
        smoothing: if bit & 2 != 0 { 0.125 } else { 0.0 },
        z_loss: if bit & 4 != 0 { 0.25 } else { 0.0 },
        probabilities: bit & 8 != 0,
        ignore: bit & 16 != 0 && bit & 8 == 0,
    })
}

pub(super) struct Data<E> {
    pub(super) logits: Vec<E>,
    classes: Vec<i64>,
    pub(super) probabilities: Vec<E>,
    pub(super) weights: Vec<E>,
}

impl<E: Number> Data<E> {
    pub(super) fn new(rows: usize, classes: usize) -> Self {
        let mut random = Random::new((rows * 997 + classes) as u64);
        let mut logits: Vec<E> = (0..rows * classes).map(|_| random.ordinary(-9.0, 9.0)).collect();
        let mut probabilities: Vec<E> = (0..rows * classes)
            .map(|_| if random.below(3) == 0 { E::ZERO } else { random.ordinary(0.0, 1.0) })
            .collect();
        let mut targets: Vec<i64> = (0..rows).map(|_| random.below(classes) as i64).collect();
        let weights = (0..classes)
            .map(|_| if random.below(4) == 0 { E::ZERO } else { random.ordinary(0.0, 3.0) })
            .collect();
        for r in 0..rows {
            match r % 5 {
                // A row that is nearly certain, as one-hot probabilities say too.
                1 => {
                    let y = random.below(classes);
                    logits[r * classes + y] = E::from_f64(60.0);
                    targets[r] = y as i64;
                    for c in 0..classes {
                        probabilities[r * classes + c] = if c == y { E::ONE } else { E::ZERO };
                    }
                }
                // Ties.
                2 => {
                    let x = logits[r * classes];
                    logits[r * classes..(r + 1) * classes].fill(x);
                }
                3 if r % 2 == 1 => targets[r] = IGNORED,
                _ => {}
            }
        }
        Self { logits, classes: targets, probabilities, weights }
    }

    /// Targets that a row left out may not have.
    pub(super) fn known(&self) -> Vec<i64> {
        self.classes.iter().map(|y| if *y == IGNORED { 0 } else { *y }).collect()
    }

    /// Those of a choice.
    pub(super) fn indices(&self, choice: Choice) -> Vec<i64> {
        if choice.ignore { self.classes.clone() } else { self.known() }
    }
}

/// What the reference makes of a choice.
pub(super) fn reference_options(choice: Choice, weights: &[f64]) -> Options<'_> {
    Options {
        class_weights: choice.weights.then_some(weights),
        label_smoothing: choice.smoothing,
        ignore_index: choice.ignore.then_some(IGNORED.into()),
        z_loss: choice.z_loss,
    }
}

/// What a loss makes of it.
pub(super) fn with<'w, E: Number>(
    options: CrossEntropy<'w, E>,
    choice: Choice,
    weights: &'w [E],
) -> CrossEntropy<'w, E> {
    let options = options.label_smoothing(choice.smoothing).expect("a share");
    let options = options.z_loss(choice.z_loss).expect("a factor");
    let options = match choice.weights {
        true => options.class_weights(weights).expect("weights"),
        false => options,
    };
    if choice.ignore { options.ignore_index(IGNORED) } else { options }
}

pub(super) fn f64s<E: Number>(x: &[E]) -> Vec<f64> {
    x.iter().map(|x| x.to_f64()).collect()
}

/// Rows apart, with NaN between them that nobody may touch.
fn apart<E: Number>(x: &[E], classes: usize, stride: usize) -> Vec<E> {
    let mut out = Vec::new();
    for row in x.chunks(classes) {
        out.extend_from_slice(row);
        out.extend((classes..stride).map(|_| E::NAN));
    }
    out
}

/// Loss and gradients by all methods, with rows close together and apart.
fn check<E: Number, T: AnyTarget<E>>(
    options: CrossEntropy<'_, E>,
    logits: &[E],
    classes: usize,
    targets: &[T],
    exact: &reference::Batch,
    what: &str,
) {
    let rows = exact.rows.len();
    let ulps = |output| tolerance::ulps("cross_entropy", output, E::FORMAT);
    let (mut grad, mut losses, mut lse) =
        (vec![E::NAN; logits.len()], vec![E::NAN; rows], vec![E::NAN; rows]);
    let outputs =
        Outputs { losses: Some(&mut losses), logsumexp: Some(&mut lse), count_correct: true };
    let sum = options.evaluate(Logits::Grad(logits, &mut grad), targets, outputs).expect(what);
    let error = ulp::error(sum.sum(), exact.loss * exact.denominator, E::FORMAT);
    assert!(error <= ulps("loss of a batch"), "{what}: {sum:?} {error} ULP");
    let mut weight = Double::ZERO;
    let mut counted = 0;
    for (r, row) in exact.rows.iter().enumerate() {
        weight = weight + row.weight;
        counted += u64::from(!row.ignored);
        let error = ulp::error(losses[r].to_f64(), row.loss, E::FORMAT);
        assert!(error <= ulps("loss of a row"), "{what}: row {r} {:?} {error} ULP", losses[r]);
        let largest = f64s(&logits[r * classes..(r + 1) * classes]);
        let largest = largest.into_iter().fold(f64::NEG_INFINITY, f64::max);
        let magnitude = row.logsumexp.abs().max(Double::from(largest).abs());
        let error = error_at(lse[r], row.logsumexp, magnitude);
        assert!(error <= ulps("logsumexp"), "{what}: row {r} {:?} {error} ULP", lse[r]);
        // The terms that a gradient is the difference of.
        for c in 0..classes {
            let (got, terms) = (grad[r * classes + c], row.terms[c] / exact.denominator);
            let error = error_at(got, exact.grad[r * classes + c], terms);
            let most = ulps("gradient of shares");
            assert!(error <= most, "{what}: row {r} class {c} {got:?} {error} ULP");
        }
    }
    assert_eq!(sum.rows(), counted, "{what}");
    assert!((Double::from(sum.denominator()) - weight).abs().to_f64() < 1e-12, "{what}");
}

/// The same bits in place and with rows apart, and nothing between rows is touched.
fn layouts<E: Number, T: AnyTarget<E>>(
    options: CrossEntropy<'_, E>,
    logits: &[E],
    classes: usize,
    targets: &[T],
) -> Vec<u64> {
    let mut grad = vec![E::NAN; logits.len()];
    let loss = options.loss_and_grad(logits, targets, &mut grad).expect("separate");
    let patterns = |x: &[E]| x.iter().map(|x| bits(*x)).collect::<Vec<_>>();
    let mut in_place = logits.to_vec();
    let again = options.loss_and_grad_in_place(&mut in_place, targets).expect("in place");
    assert_eq!((bits(loss), patterns(&grad)), (bits(again), patterns(&in_place)));
    let (stride, grad_stride) = (classes + 3, classes + 1);
    let wide = options.logits_stride(stride).expect("wide").grad_stride(grad_stride).expect("wide");
    let spread = apart(logits, classes, stride);
    let guard = E::from_f64(-4919.125);
    let mut grad_spread = vec![guard; grad.len() / classes * grad_stride];
    let again = wide.loss_and_grad(&spread, targets, &mut grad_spread).expect("apart");
    assert_eq!(bits(loss), bits(again));
    let mut in_place = spread.clone();
    let again = wide.loss_and_grad_in_place(&mut in_place, targets).expect("apart in place");
    assert_eq!(bits(loss), bits(again));
    for (r, row) in grad.chunks(classes).enumerate() {
        let (here, between) = grad_spread[r * grad_stride..][..grad_stride].split_at(classes);
        assert_eq!(patterns(row), patterns(here));
        assert!(between.iter().all(|x| bits(*x) == bits(guard)));
        let (here, between) = in_place[r * stride..][..stride].split_at(classes);
        assert_eq!(patterns(row), patterns(here));
        assert!(between.iter().all(|x| x.is_nan()));
    }
    let mut all = patterns(&grad);
    all.push(bits(loss));
    all
}

fn every_combination<E: Number>() {
    for (rows, classes) in SHAPES {
        let data = Data::<E>::new(rows, classes);
        let (x, weights, q) = (f64s(&data.logits), f64s(&data.weights), f64s(&data.probabilities));
        for choice in choices() {
            let indices = data.indices(choice);
            let exact_options = reference_options(choice, &weights);
            let targets: Vec<_> = if choice.probabilities {
                q.chunks(classes).map(Target::Probabilities).collect()
            } else {
                reference::indices(&indices)
            };
            for (reduction, divide) in
                [(Reduction::Sum, Divide::Sum), (Reduction::DivideBy(3.0), Divide::DivideBy(3.0))]
            {
                let exact = reference::batch(&x, classes, &targets, &exact_options, divide);
                let mut fused: Option<Vec<u64>> = None;
                for level in Level::available() {
                    let what = format!("{choice:?} {rows}x{classes} {level:?} {reduction:?}");
                    let options = on::<E>(level, classes).reduction(reduction);
                    let options = with(options, choice, &data.weights);
                    let patterns = if choice.probabilities {
                        let targets = &data.probabilities;
                        check(options, &data.logits, classes, targets, &exact, &what);
                        layouts(options, &data.logits, classes, targets)
                    } else {
                        check(options, &data.logits, classes, &indices, &exact, &what);
                        layouts(options, &data.logits, classes, &indices)
                    };
                    if level.fused() {
                        let first = fused.get_or_insert_with(|| patterns.clone());
                        assert_eq!(*first, patterns, "{what}");
                    }
                }
            }
        }
    }
}

in_both_types! { every_combination }

/// The first largest logit decides, NaN is no hit, a row left out not counted.
#[test]
fn correct() {
    let nan = f32::NAN;
    #[rustfmt::skip]
    let logits = [
        1.0, 2.0, 0.0,
        2.0, 2.0, 0.0,
        2.0, 2.0, 0.0,
        nan, 2.0, 0.0,
        5.0, 2.0, 0.0,
    ];
    // Often enough to come to lie in every lane, over more than one batch.
    const TIMES: usize = 13;
    let targets = [1i64, 0, 2, 1, IGNORED].repeat(TIMES);
    let probabilities =
        [0.2f32, 0.5, 0.3, 0.5, 0.5, 0.0, 0.2, 0.0, 0.8, 0.0, 1.0, 0.0, 0.0, 0.1, 0.0];
    for level in Level::available() {
        for classes in [3, 101] {
            let wide = |x: &[f32], fill: f32| -> Vec<f32> {
                let row = |row: &[f32]| {
                    let mut row = row.to_vec();
                    row.resize(classes, fill);
                    row
                };
                x.chunks(3).flat_map(row).collect::<Vec<_>>().repeat(TIMES)
            };
            let logits = wide(&logits, -9.0);
            let counts =
                |correct: usize, rows: usize| ((correct * TIMES) as u64, (rows * TIMES) as u64);
            let options = on::<f32>(level, classes);
            let outputs = || Outputs { count_correct: true, ..Outputs::default() };
            let by_class = options
                .ignore_index(IGNORED)
                .evaluate(Logits::Read(&logits), &targets, outputs())
                .expect("classes");
            assert_eq!((by_class.correct(), by_class.rows()), counts(2, 4), "{level:?} {classes}");
            let by_share = options
                .evaluate(Logits::Read(&logits), &wide(&probabilities, 0.0), outputs())
                .expect("probabilities");
            assert_eq!((by_share.correct(), by_share.rows()), counts(2, 5), "{level:?} {classes}");
        }
    }
}

/// Weights of 0 and masked classes: `0 * inf` is 0, and a share of a masked class
/// costs infinity with finite gradients.
#[test]
fn masked_classes() {
    let inf = f32::INFINITY;
    for level in Level::available() {
        for classes in [3, 101] {
            let mut logits = vec![0.5f32; classes];
            logits[1] = -inf;
            let mut q = vec![0.0f32; classes];
            q[0] = 1.0;
            let mut grad = vec![0.0; classes];
            let loss = on(level, classes).loss_and_grad(&logits, &q, &mut grad).expect("masked");
            let count = (classes - 1) as f64;
            assert!(
                (loss - count.ln()).abs() < 1e-6 && grad[1] == 0.0,
                "{level:?} {loss} {grad:?}"
            );
            let smooth = on(level, classes).label_smoothing(0.5).expect("a share");
            let loss = smooth.loss_and_grad(&logits, &[0u8], &mut grad).expect("smooth");
            assert!(loss == f64::INFINITY && grad.iter().all(|g| g.is_finite()), "{loss} {grad:?}");
            let mut weights = vec![1.0f32; classes];
            weights[1] = 0.0;
            let weighted = smooth.class_weights(&weights).expect("weights");
            let hard = on(level, classes).class_weights(&weights).expect("weights");
            let loss = hard.loss_and_grad(&logits, &[1u8], &mut grad).expect("weight 0");
            assert!(loss.is_nan(), "a mean over no weight: {loss}");
            assert!(grad.iter().all(|g| *g == 0.0), "{grad:?}");
            let loss = weighted.reduction(Reduction::Sum).loss(&logits, &[0u8]).expect("sum");
            assert!(loss.is_finite(), "{loss}");
        }
    }
}

#[test]
fn an_ignored_index_excludes_probabilities() {
    let options = on::<f32>(Level::best(), 2).ignore_index(0);
    let refused = options.loss(&[0.0, 0.0], &[0.5f32, 0.5]);
    assert!(matches!(refused, Err(Error::Conflict { option: "ignore_index", .. })), "{refused:?}");
}
