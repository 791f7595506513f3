//! Cost as work grows: time per element from 64 to 128 Mi elements on one thread
//! and on two, and the most memory that was resident beside what the slices take.
//!
//! `cargo bench --bench growth [-- <operation>]` prints comma-separated lines for
//! `tools/report`. Calls on one thread and on two take turns.

#![allow(unreachable_pub)] // a binary has no other crate to reach

mod buffers;

use buffers::{Buffers, Slice, Slices};
use gradstep::loss::{BinaryCrossEntropyWithLogits, CrossEntropy, Mse};
use gradstep::update::{AdamW, Sgd};
use gradstep::{Error, Execution, Level};
use std::fs;
use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

/// For the turns of one operation and size.
const BUDGET: Duration = Duration::from_millis(100);
/// Shorter batches would measure the clock.
const BATCH: Duration = Duration::from_micros(200);
const LEAST_ROUNDS: usize = 3;

const WEIGHT: Slice = Slice::Update(-1.0, 1.0);
const READ: Slice = Slice::Read(-1.0, 1.0);
const AVERAGE: Slice = Slice::Update(0.0, 0.1);

/// Classes of the cross-entropy's rows.
const CLASSES: usize = 1000;

type Call<'a> = Box<dyn FnMut() -> Result<f64, Error> + 'a>;

struct Op {
    name: &'static str,
    slices: &'static [Slice],
    columns: usize,
    prepare: for<'a> fn(Execution, usize, Slices<'a, f32>) -> Result<Call<'a>, Error>,
}

/// One of each kind of cost: bandwidth with two, three and seven streams, and
/// arithmetic.
const OPS: &[Op] = &[
    Op {
        name: "sgd",
        slices: &[WEIGHT, READ],
        columns: 1,
        prepare: |execution, _, [w, g, ..]| {
            let sgd = Sgd::new(1e-12)?.weight_decay(0.1)?.execution(execution);
            Ok(Box::new(move || sgd.step(w, g).map(|()| 0.0)))
        },
    },
    Op {
        name: "adam_w",
        slices: &[WEIGHT, READ, AVERAGE, AVERAGE],
        columns: 1,
        prepare: |execution, _, [w, g, m, v, ..]| {
            let adam = AdamW::new(1e-12)?.execution(execution);
            Ok(Box::new(move || adam.step(w, g, m, v, 10).map(|()| 0.0)))
        },
    },
    Op {
        name: "mse",
        slices: &[READ, READ, Slice::Write],
        columns: 1,
        prepare: |execution, _, [p, t, grad, ..]| {
            let loss = Mse::new().execution(execution);
            Ok(Box::new(move || loss.loss_and_grad(p, t, grad)))
        },
    },
    Op {
        name: "binary_cross_entropy_with_logits",
        slices: &[Slice::Read(-4.0, 4.0), Slice::Read(0.0, 1.0), Slice::Write],
        columns: 1,
        prepare: |execution, _, [x, y, grad, ..]| {
            let loss = BinaryCrossEntropyWithLogits::new().execution(execution);
            Ok(Box::new(move || loss.loss_and_grad(x, y, grad)))
        },
    },
    Op {
        name: "cross_entropy",
        slices: &[Slice::Read(-4.0, 4.0), Slice::Write],
        columns: CLASSES,
        prepare: |execution, rows, [x, grad, ..]| {
            let loss = CrossEntropy::new(CLASSES)?.execution(execution);
            let targets: Vec<u32> = (0..rows).map(|row| (row * 7919 % CLASSES) as u32).collect();
            Ok(Box::new(move || loss.loss_and_grad(x, &targets, grad)))
        },
    },
];

/// Denser where two threads begin to pay.
const ELEMENTS: [usize; 15] = [
    64,
    512,
    4 << 10,
    16 << 10,
    32 << 10,
    64 << 10,
    128 << 10,
    256 << 10,
    512 << 10,
    1 << 20,
    2 << 20,
    4 << 20,
    16 << 20,
    64 << 20,
    128 << 20,
];
/// What `--test` runs.
const TEST: usize = 256 << 10;
/// Asks for one operation and size in a process of its own, whose peak of resident
/// memory owes nothing to other sizes.
const ONE: &str = "--one";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(at) = arguments.iter().position(|argument| argument == ONE) {
        let [name, elements, ..] = &arguments[at + 1..] else { return Err("what?".into()) };
        let op = OPS.iter().find(|op| op.name == name).ok_or("no such operation")?;
        return Ok(measure(op, elements.parse()?)?);
    }
    let test = arguments.iter().any(|argument| argument == "--test");
    let only = arguments.iter().find(|argument| !argument.starts_with('-'));
    println!(
        "part,op,size,level,dtype,threads,who,build,median_ns,fastest_ns,bytes_per_element,\
         buffer_bytes,peak_bytes"
    );
    for op in OPS.iter().filter(|op| only.is_none_or(|only| op.name.contains(only.as_str()))) {
        for elements in ELEMENTS.into_iter().filter(|elements| *elements >= op.columns) {
            // Half of the memory, so that nothing is swapped while it is measured.
            let bytes = (op.slices.len() * elements * size_of::<f32>()) as u64;
            let room = available().is_none_or(|available| bytes <= available / 2);
            if room && (!test || elements <= TEST) {
                let mut child = Command::new(std::env::current_exe()?);
                let status = child.args([ONE, op.name, &elements.to_string()]).status()?;
                if !status.success() {
                    return Err(format!("{} of {elements}: {status}", op.name).into());
                }
            }
        }
    }
    Ok(())
}

fn measure(op: &Op, elements: usize) -> Result<(), Error> {
    #[cfg(feature = "rayon")]
    rayon::ThreadPoolBuilder::new().num_threads(2).build_global().expect("the first pool");

    let level = Level::best();
    let mut executions = vec![Execution::new().sequential()];
    if cfg!(feature = "rayon") {
        executions.push(Execution::new());
    }
    let rows = elements / op.columns;
    let len = rows * op.columns;
    let bytes = op.slices.len() * len * size_of::<f32>();
    let mut buffers = Buffers::<f32>::new(op.slices, len);
    // One call at a time borrows the slices, so each turn prepares its own.
    let mut turn = |execution: Execution, calls: usize| -> Result<Duration, Error> {
        let mut call = (op.prepare)(execution, rows, buffers.slices())?;
        let start = Instant::now();
        for _ in 0..calls {
            black_box(black_box(&mut call)()?);
        }
        Ok(start.elapsed())
    };
    let mut times = vec![Vec::new(); executions.len()];
    let mut batches = Vec::new();
    for execution in &executions {
        turn(*execution, 1)?;
        let once = turn(*execution, 1)?.max(Duration::from_nanos(1));
        batches.push((BATCH.as_nanos() / once.as_nanos()).max(1) as usize);
    }
    let start = Instant::now();
    let mut round = 0;
    while round < LEAST_ROUNDS || start.elapsed() < BUDGET {
        for ((execution, calls), times) in executions.iter().zip(&batches).zip(&mut times) {
            let time = turn(*execution, *calls)?;
            times.push(time.as_secs_f64() * 1e9 / (calls * len) as f64);
        }
        round += 1;
    }
    let peak = peak().map(|peak| peak.to_string()).unwrap_or_default();
    let passes: usize = op.slices.iter().map(|slice| slice.passes()).sum();
    let shape = if op.columns == 1 { rows.to_string() } else { format!("{rows}x{}", op.columns) };
    for (threads, times) in times.iter_mut().enumerate() {
        times.sort_by(f64::total_cmp);
        println!(
            "growth,{},{shape},{},f32,{},gradstep,default,{:.5},{:.5},{},{bytes},{peak}",
            op.name,
            level.name(),
            threads + 1,
            times[times.len() / 2],
            times[0],
            passes * size_of::<f32>(),
        );
    }
    Ok(())
}

/// A number of KiB from a file of Linux; nothing on other systems.
fn kibibytes(file: &str, key: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? << 10)
}

fn available() -> Option<u64> {
    kibibytes("/proc/meminfo", "MemAvailable:")
}

/// The most of this process that was resident so far.
fn peak() -> Option<u64> {
    kibibytes("/proc/self/status", "VmHWM:")
}
