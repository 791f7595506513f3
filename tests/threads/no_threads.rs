//! Where rayon's global pool can't start: calls stay on their thread. A pool starts once for a
//! process, so each test runs itself in another one.

use gradstep::loss::Mse;
use gradstep::update::Sgd;
use rayon::ThreadPoolBuilder;
use std::io::Error;
use std::process::Command;

/// Set in the other process.
const CHILD: &str = "GRADSTEP_TEST_CHILD";

/// Runs the test of this name alone, by this command if any; it must have run and passed.
fn alone(name: &str, mut command: Command) {
    let path = concat!(module_path!(), "::");
    let path = path.split_once("::").expect("a crate").1;
    command.args([&format!("{path}{name}"), "--exact", "--nocapture", "--test-threads=1"]);
    let output = command.env(CHILD, "1").env("RAYON_NUM_THREADS", "4000").output();
    let output = output.expect("a process");
    let said =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(output.status.success() && said[0].contains("1 passed"), "{}{}", said[0], said[1]);
}

fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

/// Large calls, twice.
fn large_calls() {
    let n = 3_000_000;
    for _ in 0..2 {
        assert_eq!(Mse::new().loss(&vec![2.0f32; n], &vec![0.0; n]), Ok(4.0));
        let mut w = vec![1.0f32; n];
        Sgd::new(0.5).and_then(|sgd| sgd.step(&mut w, &vec![2.0; n])).expect("not refused");
        assert!(w.iter().all(|w| *w == 0.0));
    }
}

/// The system gives no memory for stacks.
#[cfg(target_os = "linux")]
#[test]
fn no_memory_for_threads() {
    if is_child() {
        return large_calls();
    }
    let mut command = Command::new("sh");
    let exe = std::env::current_exe().expect("a path");
    command.args(["-c", "ulimit -v 400000 && exec \"$0\" \"$@\""]).arg(exe);
    alone("no_memory_for_threads", command);
}

/// Somebody else's attempt has failed.
#[test]
fn another_could_not_start_threads() {
    if is_child() {
        let failed = ThreadPoolBuilder::new().spawn_handler(|_| Err(Error::other("none")));
        assert!(failed.build_global().is_err());
        return large_calls();
    }
    let exe = std::env::current_exe().expect("a path");
    alone("another_could_not_start_threads", Command::new(exe));
}
