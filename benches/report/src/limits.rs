//! What the machine allows each operation, and what the peers reached.

use crate::record::Row;
use std::collections::BTreeMap;

/// Operations in the order of the tables, each with the loop of the roofline that
/// has its streams; rows have those of a copy of their logits.
pub(crate) const OPERATIONS: &[(&str, &str)] = &[
    ("roofline/read", ""),
    ("roofline/scale", ""),
    ("roofline/update", ""),
    ("roofline/momentum", ""),
    ("roofline/adam", ""),
    ("roofline/amsgrad", ""),
    ("roofline/copy", ""),
    ("roofline/triad", ""),
    ("roofline/memcpy", ""),
    ("soft_threshold", "scale"),
    ("weighted_soft_threshold", "update"),
    ("nonnegative_soft_threshold", "scale"),
    ("elastic_net", "scale"),
    ("box_constraint", "scale"),
    ("hard_threshold", "scale"),
    ("group_soft_threshold", "scale"),
    ("penalty", "update"),
    ("group_penalty", "read"),
    ("certificate", "read"),
    ("coordinate_descent", "read"),
    ("clip_grad", "scale"),
    ("sgd", "update"),
    ("sgd_momentum", "momentum"),
    ("prox_sgd", "update"),
    ("prox_momentum", "momentum"),
    ("lion", "momentum"),
    ("adam", "adam"),
    ("adam/amsgrad", "amsgrad"),
    ("adam_w", "adam"),
    ("prox_adam_w", "adam"),
    ("tensors/sgd/list", "update"),
    ("tensors/adam_w/list", "adam"),
    ("mse", "triad"),
    ("l1", "triad"),
    ("smooth_l1", "triad"),
    ("huber", "triad"),
    ("binary_cross_entropy", "triad"),
    ("binary_cross_entropy_with_logits", "triad"),
    ("cross_entropy", "copy"),
    ("logsumexp", "read"),
    ("softmax", "copy"),
    ("activation/sigmoid", "copy"),
    ("activation/tanh", "copy"),
    ("activation/relu", "copy"),
    ("activation/softplus", "copy"),
    ("dropout", "scale"),
    ("math/exp", "copy"),
    ("math/ln", "copy"),
];

/// Elements, type, threads.
type Place = (u64, String, u32);

/// Fills in limits and best peers from the rows themselves.
pub(crate) fn fill_in(rows: &mut [Row]) {
    let loops = loops(rows);
    let peers = peers(rows);
    for row in rows.iter_mut().filter(|row| row.who == "gradstep" && row.fastest > 0.0) {
        let stream = OPERATIONS.iter().find(|each| each.0 == row.op).map_or("", |each| each.1);
        let place = (row.elements(), row.dtype.clone(), row.threads);
        // Row shapes have no loop of their length, but the peers' copy of it.
        for name in [stream, "memcpy"].into_iter().filter(|_| !stream.is_empty()) {
            if let Some(bandwidth) = loops.get(&(name.to_owned(), place.clone())) {
                row.limit = name.to_owned();
                row.percent = Some(100.0 * row.bandwidth() / bandwidth);
                break;
            }
        }
        let key = (row.op.clone(), row.size.clone(), row.dtype.clone(), row.level.clone());
        if let Some((peer, times)) = peers.get(&key).filter(|_| row.threads == 1) {
            (row.peer, row.ratio) = (peer.clone(), Some(*times));
        }
    }
}

/// The bandwidth of each loop: the best of all levels, since a limit is the
/// machine's. A copy is as fast as the faster of two ways to do it.
fn loops(rows: &[Row]) -> BTreeMap<(String, Place), f64> {
    let mut loops = BTreeMap::new();
    for row in rows.iter().filter(|row| row.fastest > 0.0) {
        let name = match row.part.as_str() {
            "suite" => row.op.strip_prefix("roofline/"),
            "peers" => Some("memcpy").filter(|name| row.op == *name),
            _ => None,
        };
        let Some(name) = name else { continue };
        let place = (row.elements(), row.dtype.clone(), row.threads);
        let names = if name == "memcpy" { vec![name, "copy"] } else { vec![name] };
        for name in names {
            let best = loops.entry((name.to_owned(), place.clone())).or_insert(0.0f64);
            *best = best.max(row.bandwidth());
        }
    }
    loops
}

/// For operation, size, type and level: the peer that comes nearest (or is ahead),
/// and its time in ours of the same process.
fn peers(rows: &[Row]) -> BTreeMap<(String, String, String, String), (String, f64)> {
    let mut best = BTreeMap::new();
    let peers = || rows.iter().filter(|row| row.part == "peers" && row.op != "memcpy");
    for ours in peers().filter(|row| row.who == "gradstep") {
        let same = |row: &&Row| {
            let case = row.op == ours.op && row.size == ours.size && row.dtype == ours.dtype;
            case && row.build == ours.build && row.who != "gradstep"
        };
        for peer in peers().filter(same) {
            let times = peer.fastest / ours.fastest;
            let name = if peer.build == "default" {
                peer.who.clone()
            } else {
                format!("{} ({})", peer.who, peer.build)
            };
            let key = (ours.op.clone(), ours.size.clone(), ours.dtype.clone(), ours.level.clone());
            let best = best.entry(key).or_insert_with(|| (name.clone(), times));
            if times < best.1 {
                *best = (name, times);
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(part: &str, op: &str, who: &str, build: &str, fastest: f64) -> Row {
        Row {
            part: part.into(),
            op: op.into(),
            size: "4096".into(),
            level: if who == "gradstep" { "avx2".into() } else { String::new() },
            dtype: "f32".into(),
            threads: 1,
            who: who.into(),
            build: build.into(),
            median: fastest,
            fastest,
            bytes: 12.0,
            ..Row::default()
        }
    }

    #[test]
    fn a_limit_is_the_best_loop_and_a_peer_is_compared_with_ours_of_its_own_process() {
        let mut rows = [
            row("suite", "roofline/update", "gradstep", "default", 0.2),
            row("suite", "roofline/update", "gradstep", "default", 0.1),
            row("suite", "sgd", "gradstep", "default", 0.4),
            row("peers", "sgd", "gradstep", "default", 0.5),
            row("peers", "sgd", "plain loop", "default", 1.0),
            // Ours of this process had a bad moment, and so had the peer.
            row("peers", "sgd", "gradstep", "native", 0.8),
            row("peers", "sgd", "plain loop", "native", 1.2),
        ];
        fill_in(&mut rows);
        let sgd = &rows[2];
        assert_eq!((sgd.limit.as_str(), sgd.percent.map(f64::round)), ("update", Some(25.0)));
        assert_eq!((sgd.peer.as_str(), sgd.ratio.map(f32_of)), ("plain loop (native)", Some(1.5)));
    }

    #[test]
    fn state_is_compared_with_a_loop_that_moves_as_much_of_it() {
        let mut rows = [
            row("suite", "roofline/update", "gradstep", "default", 0.1),
            row("suite", "roofline/momentum", "gradstep", "default", 0.2),
            row("suite", "sgd_momentum", "gradstep", "default", 0.25),
        ];
        fill_in(&mut rows);
        let step = &rows[2];
        assert_eq!((step.limit.as_str(), step.percent.map(f64::round)), ("momentum", Some(80.0)));
    }

    /// What is left after the last digits of a quotient.
    fn f32_of(x: f64) -> f32 {
        x as f32
    }

    #[test]
    fn rows_are_compared_with_a_copy_of_them() {
        let mut rows = [
            row("peers", "memcpy", "std", "default", 0.25),
            row("suite", "cross_entropy", "gradstep", "default", 0.5),
        ];
        for row in &mut rows {
            row.size = "64x64".into();
        }
        fill_in(&mut rows);
        assert_eq!(rows[1].percent, Some(50.0));
        assert_eq!(rows[0].percent, None);
    }
}
