//! Options and methods that the lists of the others leave out: of losses and rows, lists of
//! tensors, functions of slices.

use crate::operations::{Operation, Output, Part, changed, curved, output, plain, whole_rows};
use gradstep::loss::{BinaryCrossEntropy, BinaryCrossEntropyWithLogits, CrossEntropy, Outputs};
use gradstep::loss::{Logits, Mse};
use gradstep::penalty::lambda_max;
use gradstep::prox::soft_threshold;
use gradstep::update::{
    Adam, AdamW, ClipGradNorm, Lion, ProxAdamW, ProxMomentum, ProxSgd, Sgd, SgdMomentum, Tensor,
};
use gradstep::update::{clip_grad_norm, clip_grad_value, clip_grad_value_all};
use gradstep::{Error, Execution, Reduction};
use gradstep_check::numbers::Number;

pub(crate) fn operations<E: Number>() -> Vec<Operation<E>> {
    let mut operations = vec![
        curved("binary_cross_entropy, clipped", 1, 300_000, clipped),
        curved("binary_cross_entropy_with_logits, weights", COLUMNS, 300_000, weights_of_positives),
        plain("step_many", 600_003, lists),
        plain("step_many of averages", 300_003, lists_of_averages),
        plain("functions", 1_200_003, functions),
    ];
    for classes in [2, 7, 32, 40] {
        let name = format!("cross_entropy of {classes}, options");
        let run = move |d: Part<'_, E>, run| every_option(classes, d, run);
        operations.push(curved(&name, classes + AHEAD, 300_000, run));
        let name = format!("cross_entropy of {classes}, probabilities");
        let run = move |d: Part<'_, E>, run| probabilities(classes, d, run);
        operations.push(curved(&name, classes, 300_000, run));
        let name = format!("cross_entropy of {classes}, positions");
        let run = move |d: Part<'_, E>, run| positions(classes, d, run);
        operations.push(curved(&name, classes * POSITIONS, 300_000, run));
    }
    operations
}

/// Columns of a matrix of labels.
const COLUMNS: usize = 7;

/// Positions of a sample.
const POSITIONS: usize = 37;

/// Elements from the end of a row to the next.
const AHEAD: usize = 3;

fn clipped<E: Number>(d: Part<'_, E>, run: Execution) -> Vec<Output<E>> {
    let clipped = BinaryCrossEntropy::new().clip(1e-3).expect("eps").execution(run);
    let (x, y, n) = (d.probabilities, d.labels, d.x.len());
    vec![
        output("losses", n, |out| clipped.losses(x, y, out).map(|()| 0.0)),
        output("backward", n, |out| clipped.backward(x, y, d.upstream, out).map(|()| 0.0)),
    ]
}

fn weights_of_positives<E: Number>(d: Part<'_, E>, run: Execution) -> Vec<Output<E>> {
    let bce = BinaryCrossEntropyWithLogits::new().reduction(Reduction::DivideBy(7.3));
    let bce = bce.execution(run);
    let one = bce.pos_weight(2.5).expect("a weight");
    let of_columns: Vec<E> = (1..=COLUMNS).map(|k| E::from_f64(0.3 * k as f64)).collect();
    let weights = whole_rows(d.weights, COLUMNS);
    let of_columns = bce.pos_weights(&of_columns).expect("weights").weights(weights);
    let (x, y) = (whole_rows(d.x, COLUMNS), whole_rows(d.labels, COLUMNS));
    let n = x.len();
    vec![
        output("one", n, |grad| one.loss_and_grad(x, y, grad)),
        output("of columns", n, |grad| of_columns.loss_and_grad(x, y, grad)),
        changed("in place", x, |grad| of_columns.loss_and_grad_in_place(grad, y)),
    ]
}

/// Everything at once, on rows that are apart: classes' weights, smoothing, the penalty of the
/// logarithm, each row's outputs.
fn every_option<E: Number>(classes: usize, d: Part<'_, E>, run: Execution) -> Vec<Output<E>> {
    let stride = classes + AHEAD;
    let logits = whole_rows(d.x, stride);
    let rows = logits.len() / stride;
    let target = |y: &u32| if y.is_multiple_of(11) { -1 } else { i64::from(*y) % classes as i64 };
    let targets: Vec<i64> = d.classes.iter().step_by(stride).map(target).take(rows).collect();
    let targets = targets.into_boxed_slice();
    let weights: Vec<E> = (0..classes).map(|k| E::from_f64(0.1 * (k % 13) as f64)).collect();
    let all = CrossEntropy::new(classes).expect("classes").ignore_index(-1).execution(run);
    let all = all.class_weights(&weights).and_then(|x| x.label_smoothing(0.1)?.z_loss(0.01));
    let all = all.and_then(|x| x.logits_stride(stride)).expect("options");
    let sum = all.reduction(Reduction::DivideBy(7.3));
    let apart = sum.grad_stride(stride).expect("a stride");
    let (mut losses, mut logsumexp) = (vec![E::NAN; rows], vec![E::NAN; rows]);
    let outputs =
        Outputs { losses: Some(&mut losses), logsumexp: Some(&mut logsumexp), count_correct: true };
    let evaluated = changed("evaluate", logits, |grad| {
        let sum = apart.evaluate(Logits::InPlace(grad), &targets, outputs)?;
        Ok(sum.sum() + sum.correct() as f64)
    });
    let of_rows = |name, elements| Output { name, sum: 0.0, elements };
    vec![
        evaluated,
        of_rows("losses", losses),
        of_rows("logsumexp", logsumexp),
        output("loss", 0, |_| all.loss(logits, &targets)),
        output("loss_and_grad", rows * classes, |grad| sum.loss_and_grad(logits, &targets, grad)),
    ]
}

fn probabilities<E: Number>(classes: usize, d: Part<'_, E>, run: Execution) -> Vec<Output<E>> {
    let (logits, targets) = (whole_rows(d.x, classes), whole_rows(d.labels, classes));
    let rows = logits.len() / classes;
    let upstream: Vec<E> = d.upstream.iter().step_by(classes).copied().take(rows).collect();
    let upstream = upstream.into_boxed_slice();
    let plain = CrossEntropy::new(classes).expect("classes").execution(run);
    let smooth = plain.label_smoothing(0.2).expect("smoothing");
    let sum = smooth.reduction(Reduction::DivideBy(7.3));
    vec![
        output("losses", rows, |out| plain.losses(logits, targets, out).map(|()| 0.0)),
        output("loss_and_grad", logits.len(), |grad| sum.loss_and_grad(logits, targets, grad)),
        changed("in place", logits, |grad| sum.loss_and_grad_in_place(grad, targets)),
        output("backward", logits.len(), |grad| {
            smooth.backward(logits, targets, &upstream, grad).map(|()| 0.0)
        }),
    ]
}

/// Classes before their positions, with a weight for each row.
fn positions<E: Number>(classes: usize, d: Part<'_, E>, run: Execution) -> Vec<Output<E>> {
    let logits = whole_rows(d.x, classes * POSITIONS);
    let rows = logits.len() / classes;
    let target = |y: &u32| if y.is_multiple_of(11) { -1 } else { i64::from(*y) % classes as i64 };
    let targets: Vec<i64> = d.classes.iter().step_by(classes).map(target).take(rows).collect();
    let targets = targets.into_boxed_slice();
    let each = |x: &[E]| x.iter().step_by(classes).copied().take(rows).collect::<Box<[E]>>();
    let (weights, upstream) = (each(d.weights), each(d.upstream));
    let plain = CrossEntropy::new(classes).expect("classes").ignore_index(-1).execution(run);
    let plain = plain.positions(POSITIONS).and_then(|x| x.row_weights(&weights)).expect("weights");
    let smooth = plain.label_smoothing(0.2).expect("smoothing");
    let sum = smooth.reduction(Reduction::DivideBy(7.3));
    let shares = whole_rows(d.labels, classes * POSITIONS);
    let unweighted = CrossEntropy::new(classes).expect("classes").execution(run);
    let unweighted = unweighted.positions(POSITIONS).expect("positions");
    let n = logits.len();
    let mut hess = vec![E::NAN; n];
    let first = output("grad_hess", n, |grad| {
        plain.grad_hess(logits, &targets, grad, &mut hess).map(|()| 0.0)
    });
    let second = Output { name: "second derivatives", sum: 0.0, elements: hess };
    vec![
        first,
        second,
        output("loss", 0, |_| plain.loss(logits, &targets)),
        output("losses", rows, |out| plain.losses(logits, &targets, out).map(|()| 0.0)),
        output("loss_and_grad", n, |grad| sum.loss_and_grad(logits, &targets, grad)),
        changed("in place", logits, |grad| sum.loss_and_grad_in_place(grad, &targets)),
        output("backward", n, |grad| {
            plain.backward(logits, &targets, &upstream, grad).map(|()| 0.0)
        }),
        output("of probabilities", rows, |out| {
            unweighted.losses(logits, shares, out).map(|()| 0.0)
        }),
    ]
}

/// What a step makes of a list of three tensors, one of them empty.
fn list<E: Number, const N: usize>(
    name: &'static str,
    d: Part<'_, E>,
    states: [&[E]; N],
    step: impl FnOnce(&mut [Tensor<'_, E, N>]) -> Result<(), Error>,
) -> Vec<Output<E>> {
    let cut = d.x.len() / 3;
    let halves = |x: &[E]| [x[..cut].to_vec(), x[cut..].to_vec()];
    let (mut w, g, mut states) = (halves(d.x), halves(d.y), states.map(halves));
    let [w0, w1] = &mut w;
    let mut pairs = states.each_mut().map(|[a, b]| (a.as_mut_slice(), b.as_mut_slice()));
    let first = pairs.each_mut().map(|pair| std::mem::take(&mut pair.0));
    let second = pairs.map(|pair| pair.1);
    let none = [(); N].map(|()| <&mut [E]>::default());
    let tensors = &mut [
        Tensor { w: w0, g: &g[0], state: first },
        Tensor { w: &mut [], g: &[], state: none },
        Tensor { w: w1, g: &g[1], state: second },
    ];
    step(tensors).expect(name);
    let whole = |parts: [Vec<E>; 2]| Output { name, sum: 0.0, elements: parts.concat() };
    std::iter::once(w).chain(states).map(whole).collect()
}

fn lists<E: Number>(d: Part<'_, E>, run: Execution) -> Vec<Output<E>> {
    let sgd = Sgd::new(0.1).and_then(|x| x.weight_decay(0.01)).expect("decay").execution(run);
    let prox = ProxSgd::new(0.1).and_then(|x| x.l1(3.0)).expect("l1").execution(run);
    let momentum = SgdMomentum::new(0.1, 0.9).expect("momentum").maximize().execution(run);
    let fista = ProxMomentum::new(0.1, 0.7).and_then(|x| x.l1(3.0)).expect("l1").execution(run);
    let lion = Lion::new(0.1).and_then(|x| x.betas(0.8, 0.9)).expect("betas").execution(run);
    let mut outputs = list("sgd", d, [], |list| sgd.step_many(list));
    outputs.extend(list("prox_sgd", d, [], |list| prox.step_many(list)));
    outputs.extend(list("sgd_momentum", d, [d.upstream], |list| momentum.step_many(list, 2)));
    outputs.extend(list("prox_momentum", d, [d.upstream], |list| fista.step_many(list)));
    outputs.extend(list("lion", d, [d.upstream], |list| lion.step_many(list)));
    outputs
}

fn lists_of_averages<E: Number>(d: Part<'_, E>, run: Execution) -> Vec<Output<E>> {
    let adam = Adam::new(0.1).and_then(|x| x.eps(1e-3)?.weight_decay(0.1)).expect("decay");
    let adam = adam.execution(run);
    let adam_w = AdamW::new(0.1).and_then(|x| x.betas(0.5, 0.8)).expect("betas").execution(run);
    let prox = ProxAdamW::new(0.1).and_then(|x| x.l1(0.3)).expect("l1").execution(run);
    let states = [d.upstream, d.weights];
    let mut outputs = list("adam", d, states, |list| adam.step_many(list, 2));
    outputs.extend(list("adam_w", d, states, |list| adam_w.step_many(list, 3)));
    outputs.extend(list("prox_adam_w", d, states, |list| prox.step_many(list, 4)));
    let states = [d.upstream, d.weights, d.probabilities];
    outputs.extend(list("amsgrad", d, states, |list| adam.step_many_amsgrad(list, 5)));
    outputs
}

/// Functions that choose the level themselves, which none of them depends on; and lists of
/// gradients.
fn functions<E: Number>(d: Part<'_, E>, run: Execution) -> Vec<Output<E>> {
    // Each part is scaled by the same coefficient, so that its norm does not matter.
    let clip = ClipGradNorm::new(0.0).expect("0").scale_non_finite().execution(run);
    let (mut clipped, mut limited) = ([d.x.to_vec(), d.y.to_vec()], [d.x.to_vec(), d.y.to_vec()]);
    let norm = clip.clip_all(&mut clipped).norm;
    clip_grad_value_all(&mut limited, 0.5).expect("a limit");
    let of_list = |name, sum| move |elements| Output { name, sum, elements };
    let mut outputs: Vec<_> = clipped.into_iter().map(of_list("clip_all", norm)).collect();
    outputs.extend(limited.into_iter().map(of_list("clip_grad_value_all", 0.0)));
    outputs.extend([
        changed("clip_grad_norm", d.x, |g| clip_grad_norm(g, 0.0).map(|norm| norm.norm)),
        changed("clip_grad_value", d.x, |g| clip_grad_value(g, 0.5).map(|()| 0.0)),
        changed("soft_threshold", d.x, |x| soft_threshold(x, 0.5).map(|()| 0.0)),
        output("lambda_max", 0, |_| lambda_max(d.x, 7.3)),
        output("mean", 0, |_| Mse::new().execution(run).loss(d.x, d.y)),
    ]);
    outputs
}
