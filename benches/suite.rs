//! What every bench shares: sizes, levels, ids, bytes per call, and a table.

use crate::buffers::{Buffers, Slice, Slices};
use crate::count;
pub(crate) use crate::size::Size;
use crate::table::Table;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput};
use gradstep::{Error, Execution, Level};
use gradstep_check::numbers::Number;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Whether the operation with that stem is compiled: all are, unless the environment names
/// one when the benches are built.
pub(crate) const fn is_built(stem: &str) -> bool {
    let Some(only) = option_env!("OPERATION") else { return true };
    let (only, stem) = (only.as_bytes(), stem.as_bytes());
    let mut i = 0;
    while i < only.len() && i < stem.len() && only[i] == stem[i] {
        i += 1;
    }
    i == only.len() && i == stem.len()
}

/// One method of one operation.
pub(crate) trait Op {
    /// The slices of one call: THE definition of its bytes, which counts each
    /// slice once per read and once per write.
    const SLICES: &'static [Slice];
    /// Whether the call spreads over threads.
    const THREADS: bool = true;
    /// Whether `f64` is measured, too.
    const DOUBLE: bool = true;

    /// Group of the results: the operation's stem, and the method behind a `/`
    /// where it is not the main one.
    fn group() -> String;

    /// What to run on.
    fn sizes() -> Vec<Size> {
        let few = if SMALL_CALLS.contains(&&*Self::group()) { &Size::FEW[..] } else { &[] };
        Size::elements(&[few, &Size::USUAL].concat())
    }

    /// A call, ready to be repeated; its options are chosen here.
    fn prepare<'a, E: Number>(
        on: On,
        size: Size,
        slices: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error>;
}

/// Where a call runs: kernels take the level, methods the execution.
#[derive(Clone, Copy)]
pub(crate) struct On {
    pub(crate) level: Level,
    pub(crate) execution: Execution,
    /// Whether the execution has threads, for loops that know no execution.
    pub(crate) threads: bool,
}

/// Groups that stand for all others in small calls: a loss of a few multiplications, one with a
/// choice and one with exponentials, and an update.
const SMALL_CALLS: [&str; 4] = ["mse", "smooth_l1", "binary_cross_entropy_with_logits", "adam_w"];

impl Size {
    /// What a call costs before it begins, its loop in the first cache and in the second, and
    /// memory.
    const USUAL: [usize; 4] = [64, 4 << 10, 256 << 10, 16 << 20];
    /// So few that a call is little but what it costs before it begins.
    const FEW: [usize; 3] = [1, 8, 16];
    /// From here on, threads are measured too.
    const THREADS: usize = 16 << 20;
    /// What `--test` runs: enough for several blocks and pieces.
    const TEST: usize = 256 << 10;

    pub(crate) fn elements(sizes: &[usize]) -> Vec<Self> {
        sizes.iter().map(|rows| Self { rows: *rows, columns: 1 }).collect()
    }
}

/// Measures `O` for both types, on every level, at every size.
pub(crate) fn bench<O: Op>(criterion: &mut Criterion) {
    if count::is_wanted() {
        return count::run::<O>();
    }
    let mut group = criterion.benchmark_group(O::group());
    let mut table = Table::default();
    for_type::<O, f32>(&mut group, &mut table);
    if const { O::DOUBLE } {
        for_type::<O, f64>(&mut group, &mut table);
    }
    group.finish();
    if !table.is_empty() {
        println!("{}: nanoseconds per element (GB/s), the fastest batch\n{table}\n", O::group());
    }
}

/// Times that many calls.
type Batch<'a> = dyn FnMut(u64) -> Duration + 'a;

/// Makes a batch and hands it to its argument.
type Prepare<'a> = dyn FnMut(&mut dyn FnMut(&mut Batch<'_>)) + 'a;

/// Measures the batch that `prepare` hands over; nanoseconds of a call in the fastest one.
/// Not generic: criterion is compiled once and not for every operation.
fn measure(
    group: &mut BenchmarkGroup<'_, WallTime>,
    id: BenchmarkId,
    prepare: &mut Prepare<'_>,
) -> f64 {
    let mut fastest = f64::INFINITY;
    group.bench_function(id, |bencher| {
        prepare(&mut |batch| {
            bencher.iter_custom(|calls| {
                let time = batch(calls);
                fastest = fastest.min(time.as_secs_f64() * 1e9 / calls as f64);
                time
            });
        });
    });
    fastest
}

fn for_type<O: Op, E: Number>(group: &mut BenchmarkGroup<'_, WallTime>, table: &mut Table) {
    let test = std::env::args().any(|argument| argument == "--test");
    for size in O::sizes().into_iter().filter(|size| !test || size.len() <= Size::TEST) {
        // Allocated by the first call that the command line did not filter out.
        let mut buffers = None;
        let passes: usize = O::SLICES.iter().map(|slice| slice.passes()).sum();
        group.throughput(Throughput::Bytes((passes * size.len() * size_of::<E>()) as u64));

        let mut run = |name: &str, on: On| {
            let dtype = std::any::type_name::<E>();
            let id = BenchmarkId::new(format!("{dtype}/{name}"), size);
            let fastest = measure(group, id, &mut |measure| {
                let buffers = buffers.get_or_insert_with(|| Buffers::new(O::SLICES, size.len()));
                let call = O::prepare::<E>(on, size, buffers.slices());
                let mut call = call.expect("options that exist");
                measure(&mut |calls| {
                    let start = Instant::now();
                    for _ in 0..calls {
                        black_box(black_box(&mut call)().expect("arguments that fit"));
                    }
                    start.elapsed()
                });
            });
            // Not what the command line left out, nor the one call of a test.
            if fastest.is_finite() && !test {
                let bytes = (passes * size_of::<E>()) as f64;
                let time = fastest / size.len() as f64;
                table.add(size.to_string(), format!("{dtype} {name}"), time, bytes);
            }
        };
        for level in Level::available() {
            let execution = Execution::new().level(level).sequential();
            run(level.name(), On { level, execution, threads: false });
        }
        if cfg!(feature = "rayon") && O::THREADS && (test || size.len() >= Size::THREADS) {
            let on = On { level: Level::best(), execution: Execution::new(), threads: true };
            run("2-threads", on);
        }
    }
}
