//! Ours beside other crates and plain loops, on the same work and the same data.
//!
//! `cargo run --release -p gradstep-peers -- [--seconds S] [--only OP] [--check]`
//! prints comma-separated lines; `RUSTFLAGS=-Ctarget-cpu=native` in front makes
//! the `native` build. All run on one thread.
//!
//! Each peer is a module and says what it does differently. Before anything is
//! timed, each must compute what ours does, closely. Then calls take turns: a batch
//! of each, round after round, so that a slow moment of the machine hits all.

mod case;
mod measure;
mod ours;
mod plain;
#[cfg(c_loop)]
mod with_c;
mod with_candle;
mod with_ndarray;
mod with_rten;
mod with_wide;

// The same data as the benches have, at the same distances, of the same sizes.
#[path = "../../buffers.rs"]
mod buffers;
#[path = "../../size.rs"]
mod size;

use case::{Candidate, Case, Op, Real};
use std::error::Error;
use std::time::Duration;

struct Options {
    /// For the rounds of one operation, type and size.
    budget: Duration,
    only: Option<String>,
    check: bool,
}

fn options() -> Result<Options, lexopt::Error> {
    use lexopt::prelude::*;
    let mut options = Options { budget: Duration::from_millis(500), only: None, check: false };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("seconds") => {
                let seconds = Duration::try_from_secs_f64(parser.value()?.parse()?);
                options.budget = seconds.map_err(|error| error.to_string())?;
            }
            Long("only") => options.only = Some(parser.value()?.string()?),
            Long("check") => options.check = true,
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(options)
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = options()?;
    println!("# C loop: {}", env!("PEERS_C_LOOP"));
    println!("part,op,size,level,dtype,threads,who,build,median_ns,fastest_ns,bytes_per_element");
    for op in Op::ALL {
        if options.only.as_ref().is_some_and(|only| only != op.name()) {
            continue;
        }
        for_type::<f32>(op, &options)?;
        for_type::<f64>(op, &options)?;
    }
    Ok(())
}

fn for_type<E: Real>(op: Op, options: &Options) -> Result<(), Box<dyn Error>> {
    case::check(op, candidates::<E>)?;
    if options.check {
        return Ok(());
    }
    for size in op.sizes() {
        eprintln!("{} {} {size}", op.name(), std::any::type_name::<E>());
        measure::case(Case::timed(op, size), candidates::<E>, options.budget);
    }
    Ok(())
}

/// Who can do the work of a case; ours are first.
fn candidates<E: Real>(case: Case, data: &buffers::Slices<'_, E>) -> Vec<Candidate<E>> {
    let mut candidates = ours::candidates(case);
    candidates.extend(plain::candidates(case));
    candidates.extend(with_ndarray::candidate(case));
    candidates.extend(with_candle::candidate(case, data));
    candidates.extend(E::of_single_precision(case));
    candidates
}
