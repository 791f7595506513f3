//! Time and extra memory, in chunks and from all logits at once: `cargo bench`, or
//! `cargo bench -- <rows> <width> <classes>`.

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
    let whole = rows * classes * 4;
    for bytes in [16 << 20, 32 << 20, 64 << 20, 128 << 20, whole] {
        let layer = LinearCrossEntropy::new(width, classes).expect("a shape").chunk_bytes(bytes);
        let mut times = Vec::new();
        let mut memory = 0;
        for _ in 0..3 {
            let grads = Grads { hidden: &mut h, weights: &mut w, bias: None };
            let before = NOW.load(Relaxed);
            MOST.store(before, Relaxed);
            let start = Instant::now();
            let loss = layer.loss_and_grads(&hidden, &weights, None, &targets, grads);
            times.push(start.elapsed().as_secs_f64());
            memory = MOST.load(Relaxed) - before;
            assert!(loss.expect("what fits").is_finite());
        }
        times.sort_by(f64::total_cmp);
        let name = layer.chunk_rows().min(rows);
        let name = if bytes == whole { format!("{name}: unfused") } else { name.to_string() };
        println!("| {name} | {:.2} | {} |", times[1], memory / 1_000_000);
    }
}
