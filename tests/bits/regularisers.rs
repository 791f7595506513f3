//! Proximal operators, penalties, certificates and clipping, on generated data.

use crate::operations::{Operation, Output, Part, changed, operation, output, plain, whole_rows};
use gradstep::penalty::{Coordinates, Design, GroupPenalty, LeastSquares, Penalty, squared_norms};
use gradstep::prox::{GroupSoftThreshold, Prox, Proximal};
use gradstep::update::ClipGradNorm;
use gradstep::{Execution, Groups};
use gradstep_check::catalogue::{self, OperatorEntry};
use gradstep_check::numbers::Number;

pub(crate) fn operations<E: Number>() -> Vec<Operation<E>> {
    let mut operations = vec![
        plain("penalty", 2_700_003, penalty),
        plain("certificate", 2_200_003, certificate),
        plain("coordinate_descent", 300_003, coordinate_descent),
        plain("clip_grad", 2_700_003, clip_grad),
    ];
    operations.extend(listed());
    for length in [1, 3, 100] {
        let run = move |d: Part<'_, E>, run| groups(length, d, run);
        let name = format!("groups of {length}");
        operations.push(operation(&name, true, length, 600_000, run));
    }
    operations
}

macro_rules! listed {
    ($($stem:ident $operator:ident [$E:ident])*) => {
        /// The proximal operators of the catalogue.
        fn listed<E: Number>() -> Vec<Operation<E>> {
            vec![$(entry(<catalogue::$operator<E> as OperatorEntry<E>>::usual())),*]
        }
    };
}
gradstep_check::operators!(listed);

fn entry<E: Number, O: OperatorEntry<E>>(entry: O) -> Operation<E> {
    plain(O::NAME, O::LARGE, move |d, run| proximal(entry.prox(), d, run))
}

/// Zeros are counted in the sum.
#[allow(clippy::cast_precision_loss)]
fn proximal<E: Number, P: Proximal<E>>(
    prox: Prox<E, P>,
    d: Part<'_, E>,
    execution: Execution,
) -> Vec<Output<E>> {
    let prox = prox.execution(execution);
    let (x, n) = (d.x, d.x.len());
    vec![
        changed("apply", x, |x| {
            prox.apply(x)?;
            Ok(0.0)
        }),
        changed("apply_and_count", x, |x| prox.apply_and_count(x).map(|zeros| zeros as f64)),
        output("apply_into", n, |out| prox.apply_into(x, out).map(|()| 0.0)),
        output("apply_into_and_count", n, |out| {
            prox.apply_into_and_count(x, out).map(|count| count as f64)
        }),
        output("backward", n, |grad| prox.backward(x, d.upstream, grad).map(|()| 0.0)),
    ]
}

#[allow(clippy::cast_precision_loss)]
fn groups<E: Number>(length: usize, d: Part<'_, E>, execution: Execution) -> Vec<Output<E>> {
    let groups = Groups::of_length(length).expect("length");
    let soft = GroupSoftThreshold::new(2.0, groups).expect("lambda").execution(execution);
    let penalty = GroupPenalty::new(0.3, groups).expect("lambda").execution(execution);
    let (x, upstream) = (whole_rows(d.x, length), whole_rows(d.upstream, length));
    let n = x.len();
    // The same groups, told otherwise.
    let offsets: Vec<usize> = (0..=n / length).map(|g| g * length).collect();
    let told = Groups::by_offsets(&offsets).expect("offsets");
    let told = GroupSoftThreshold::new(2.0, told).expect("lambda").execution(execution);
    vec![
        changed("apply", x, |x| soft.apply_and_count(x).map(|count| count as f64)),
        output("apply_into", n, |out| told.apply_into(x, out).map(|()| 0.0)),
        output("backward", n, |grad| soft.backward(x, upstream, grad).map(|()| 0.0)),
        output("value", 0, |_| penalty.value(x)),
        changed("add_grad", upstream, |grad| penalty.add_grad(x, grad)),
    ]
}

fn penalty<E: Number>(d: Part<'_, E>, execution: Execution) -> Vec<Output<E>> {
    let l1 = Penalty::new().l1(0.3).expect("l1").execution(execution);
    let both = l1.l2(0.7).expect("l2");
    vec![
        output("value", 0, |_| Ok(both.value(d.x))),
        changed("l1", d.upstream, |grad| l1.add_grad(d.x, grad)),
        changed("elastic net", d.upstream, |grad| both.add_grad(d.x, grad)),
    ]
}

/// Two sweeps over three columns, the second over what is in use.
fn coordinate_descent<E: Number>(d: Part<'_, E>, execution: Execution) -> Vec<Output<E>> {
    let rows = d.x.len() / 3;
    let penalty = Penalty::new().l1(0.03).and_then(|x| x.l2(0.1)).expect("strengths");
    let penalty = penalty.execution(execution);
    let columns = &d.x[..3 * rows];
    let mut norms = [0.0; 3];
    squared_norms(columns, rows, &mut norms).expect("lengths");
    let design = Design { columns, squared_norms: &norms, denominator: 7.3 };
    let mut residual = d.y[..rows].to_vec();
    // No number belongs to one element of the data: all are given as sums.
    let mut w = [E::ZERO; 3];
    let mut sweep =
        |which, w: &mut [E]| penalty.coordinate_descent(design, which, w, &mut residual);
    let mut outputs = vec![
        output("all", 0, |_| sweep(Coordinates::All, &mut w)),
        output("nonzero", 0, |_| sweep(Coordinates::Nonzero, &mut w)),
    ];
    outputs.extend(w.map(|w| output("weight", 0, |_| Ok(w.to_f64()))));
    outputs
}

fn certificate<E: Number>(d: Part<'_, E>, execution: Execution) -> Vec<Output<E>> {
    let penalty = Penalty::new().l1(0.3).and_then(|x| x.l2(0.1)).expect("strengths");
    let penalty = penalty.execution(execution);
    vec![
        output("kkt_violation", 0, |_| penalty.kkt_violation(d.x, d.y)),
        output("duality_gap", 0, |_| {
            penalty.duality_gap(LeastSquares {
                w: d.x,
                residual: d.y,
                xt_residual: d.upstream,
                y: d.weights,
                denominator: 7.3,
            })
        }),
    ]
}

fn clip_grad<E: Number>(d: Part<'_, E>, execution: Execution) -> Vec<Output<E>> {
    // Each part is scaled by the same coefficient, so that its norm does not matter.
    let clip = ClipGradNorm::new(0.0).expect("0").execution(execution);
    vec![
        output("measure", 0, |_| Ok(clip.measure(d.x).norm)),
        output("measure_all", 0, |_| Ok(clip.measure_all(&[d.x, d.y, d.upstream]).norm)),
        changed("clip", d.x, |g| Ok(clip.clip(g).norm)),
    ]
}
