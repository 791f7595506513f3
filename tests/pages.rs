//! Every operation with every option between pages that nobody may touch, at each length up to
//! 257 and on each level: `cargo test -p gradstep-bits --test pages`. A binary of its own, for
//! its allocator.
#![cfg(unix)]

mod fence;

use fence::{Fence, Side};
use gradstep_bits::sweep;
use gradstep_check::numbers::Number;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

#[global_allocator]
static FENCE: Fence = Fence;

fn touches_no_page<E: Number>(side: Side) {
    let methods = side.during(|| sweep::<E>(0..=257));
    let [fenced, outside] = fence::count();
    println!("{methods} calls, {fenced} allocations beside a page");
    assert!(fenced > methods, "outputs had no page beside them");
    assert_eq!(outside, 0, "allocations had no room between pages");
}

#[test]
fn nothing_behind_in_f32() {
    touches_no_page::<f32>(Side::Behind);
}

#[test]
fn nothing_behind_in_f64() {
    touches_no_page::<f64>(Side::Behind);
}

#[test]
fn nothing_before_in_f32() {
    touches_no_page::<f32>(Side::Before);
}

#[test]
fn nothing_before_in_f64() {
    touches_no_page::<f64>(Side::Before);
}

/// Set in the process that is to end.
const CHILD: &str = "GRADSTEP_TEST_CHILD";

/// The pages are there: who reads or writes one ends, and nobody else does.
#[test]
fn who_touches_a_page_ends() {
    if let Ok(what) = std::env::var(CHILD) {
        let (side, rest) = match what.split_once(' ').expect("two words") {
            ("behind", rest) => (Side::Behind, rest),
            (_, rest) => (Side::Before, rest),
        };
        let mut slice = side.during(|| vec![1.0f32; 5]);
        match rest {
            "read" => fence::read_beside(&slice, side),
            "write" => fence::write_beside(&mut slice, side),
            _ => {}
        }
        return;
    }
    for side in ["behind", "before"] {
        for what in ["read", "write", "nothing"] {
            let mut command = Command::new(std::env::current_exe().expect("a path"));
            command.args(["who_touches_a_page_ends", "--exact", "--test-threads=1"]);
            let output = command.env(CHILD, format!("{side} {what}")).output().expect("a process");
            let faults = [libc::SIGSEGV, libc::SIGBUS];
            let fault = output.status.signal().is_some_and(|signal| faults.contains(&signal));
            assert_eq!(fault, what != "nothing", "{what} {side}: {:?}", output.status);
            assert!(fault || output.status.success(), "{what} {side}: {:?}", output.status);
        }
    }
}
