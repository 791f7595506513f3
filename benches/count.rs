//! One call of each operation on each level, to be counted by callgrind: see
//! `tools/counts`. Whatever has a bench has a count.

use crate::buffers::Buffers;
use crate::suite::{On, Op, Size};
use gradstep::{Error, Execution, Level};
use gradstep_check::numbers::Number;
use std::hint::black_box;

/// Asks for counts in the place of times.
const COUNTS: &str = "--counts";
/// Of single elements: what a call costs before it begins, and its loop.
const ELEMENTS: [usize; 2] = [64, 4096];
/// Of rows: more would tell no more.
const MOST: usize = 256 << 10;

pub(crate) fn is_wanted() -> bool {
    std::env::args().any(|argument| argument == COUNTS)
}

/// Calls `O` and prints the id of each call, in order.
pub(crate) fn run<O: Op>() {
    let only = std::env::args().skip_while(|argument| argument != COUNTS).nth(1);
    // The limits of the machine are nobody's code to be watched.
    let watched = !O::group().starts_with("roofline");
    if watched && only.is_none_or(|only| only.starts_with('-') || O::group().contains(&only)) {
        for_type::<O, f32>();
        if const { O::DOUBLE } {
            for_type::<O, f64>();
        }
    }
}

fn for_type<O: Op, E: Number>() {
    let small = |size: &Size| {
        if size.columns == 1 { ELEMENTS.contains(&size.rows) } else { size.len() <= MOST }
    };
    for size in O::sizes().into_iter().filter(small) {
        let mut buffers = Buffers::<E>::new(O::SLICES, size.len());
        for level in Level::available() {
            let execution = Execution::new().level(level).sequential();
            let on = On { level, execution, threads: false };
            let call = O::prepare::<E>(on, size, buffers.slices());
            let mut call = call.expect("options that exist");
            let dtype = std::any::type_name::<E>();
            println!("{},{size},{dtype},{}", O::group(), level.name());
            counted_call(&mut call).expect("arguments that fit");
        }
    }
}

/// `tools/counts` names this function: only what it calls is counted.
#[inline(never)]
fn counted_call(call: &mut dyn FnMut() -> Result<f64, Error>) -> Result<f64, Error> {
    black_box(call())
}
