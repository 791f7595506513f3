//! Time and extra memory, in chunks and from all logits at once: `cargo bench`, or
//! `cargo bench -- <rows> <width> <classes>`.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use gradstep::loss::CrossEntropy;
use gradstep_linear::{Grads, LinearCrossEntropy};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Instant;

/// Counts what is allocated, and the most at a time.
struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: the system's allocator does all of it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Relaxed) + layout.size();
        MOST.fetch_max(now, Relaxed);
        // SAFETY: as our caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as our caller promised.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() {
    let arguments = std::env::args().filter_map(|argument| argument.parse().ok());
    let arguments: Vec<usize> = arguments.collect();
    let [rows, width, classes] = arguments.try_into().unwrap_or([2048, 512, 32_000]);
    let numbers = |n: usize| -> Vec<f32> {
        (0..n).map(|i| ((i * 7919 % 100_003) as f32 / 50_001.5 - 1.0) * 0.1).collect()
    };
    let (hidden, weights) = (numbers(rows * width), numbers(classes * width));
    let targets: Vec<u32> = (0..rows).map(|i| (i * 31 % classes) as u32).collect();
    let (mut h, mut w) = (vec![0.0; hidden.len()], vec![0.0; weights.len()]);
    println!("{rows} rows, {width} wide, {classes} classes, f32");
    println!("| rows at a time | s | extra memory, MB |\n|---|---|---|");
    let [a, b] = [&hidden, &weights];
    let loss =
        measure("all, by whole products", || unfused([a, b], [&mut h, &mut w], width, &targets));
    for bytes in [16 << 20, 32 << 20, 64 << 20, 128 << 20] {
        let layer = LinearCrossEntropy::new(width, classes).expect("a shape").chunk_bytes(bytes);
        let fused = measure(&layer.chunk_rows().min(rows).to_string(), || {
            let grads = Grads { hidden: &mut h, weights: &mut w, bias: None };
            layer.loss_and_grads(a, b, None, &targets, grads).expect("what fits")
        });
        assert!((fused - loss).abs() <= 1e-5 * loss);
    }
}

/// Prints the median time and the most memory of three calls; gives what they return.
fn measure(name: &str, mut call: impl FnMut() -> f64) -> f64 {
    let (mut times, mut memory, mut loss) = (Vec::new(), 0, 0.0);
    for _ in 0..3 {
        let before = NOW.load(Relaxed);
        MOST.store(before, Relaxed);
        let start = Instant::now();
        loss = call();
        times.push(start.elapsed().as_secs_f64());
        memory = MOST.load(Relaxed) - before;
    }
    times.sort_by(f64::total_cmp);
    println!("| {name} | {:.2} | {} |", times[1], memory / 1_000_000);
    loss
}

/// What one writes without this crate: the logits of all rows, and three products on all threads.
fn unfused(
    [hidden, weights]: [&[f32]; 2],
    [hidden_grad, weights_grad]: [&mut [f32]; 2],
    width: usize,
    targets: &[u32],
) -> f64 {
    let (rows, classes) = (hidden.len() / width, weights.len() / width);

    let mut z = vec![0.0; rows * classes];
    let product = |out: &mut [f32], columns, a: MatRef<'_, f32>, b: MatRef<'_, f32>| {
        let out = MatMut::from_row_major_slice_mut(out, out.len() / columns, columns);
        matmul(out, Accum::Replace, a, b, 1.0, Par::rayon(0));
    };
    let (x, w) = (matrix(hidden, width), matrix(weights, width));
    product(&mut z, classes, x, w.transpose());
    let ce = CrossEntropy::new(classes).expect("classes");
    let loss = ce.loss_and_grad_in_place(&mut z, targets).expect("what fits");
    product(hidden_grad, width, matrix(&z, classes), w);
    product(weights_grad, width, matrix(&z, classes).transpose(), x);
    loss
}

fn matrix(x: &[f32], columns: usize) -> MatRef<'_, f32> {
    MatRef::from_row_major_slice(x, x.len() / columns, columns)
}
