//! Draws small errors at random over `kernels/src` and `src`, compiles all of them into the
//! same binaries, where an environment variable chooses one, and runs the tests for each:
//! what no test finds is told.
//!
//! ```text
//! cargo run -p gradstep-mutants -- make <count> <seed>   a copy of the tree with that many
//! cargo run -p gradstep-mutants -- run <seconds>         recorded bits for the next ones
//! cargo run -p gradstep-mutants -- thorough <seconds>    other tests for those still alive
//! cargo run -p gradstep-mutants -- show                  what was found
//! ```
//!
//! All is in `target/mutants`. An expression is mutated with what it holds left as it is, so
//! no two errors overlap; what macros write, constants and `const fn` are left out. An error
//! that does not compile is dropped and another one drawn.

mod sites;

use sites::Site;
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

const HOME: &str = "target/mutants";
/// Chooses an error.
const VARIABLE: &str = "GRADSTEP_MUTANT";

/// What the copy asks. Errors begin at 1.
const ASK: &str = r#"
/// Whether the environment chooses this error.
#[doc(hidden)]
#[inline(always)]
pub fn mutant(id: u32) -> bool {
    use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
    static CHOSEN: AtomicU32 = AtomicU32::new(u32::MAX);
    #[cold]
    #[inline(never)]
    fn read() -> u32 {
        let id = std::env::var("GRADSTEP_MUTANT").map_or(0, |id| id.parse().unwrap_or(0));
        CHOSEN.store(id, Relaxed);
        id
    }
    let chosen = CHOSEN.load(Relaxed);
    id == if chosen == u32::MAX { read() } else { chosen }
}
"#;

/// An error and where it is.
#[derive(Clone, Debug)]
struct Mutant {
    file: String,
    site: Site,
    text: String,
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let number = |k: usize| arguments.get(k).and_then(|text| text.parse::<u64>().ok());
    match (arguments.first().map(String::as_str), number(1), number(2)) {
        (Some("make"), Some(count), Some(seed)) => make(count as usize, seed),
        (Some("run"), Some(seconds), _) => run(Duration::from_secs(seconds), false),
        (Some("thorough"), Some(seconds), _) => run(Duration::from_secs(seconds), true),
        (Some("show"), ..) => show(),
        _ => panic!("make <count> <seed>, run <seconds>, thorough <seconds> or show"),
    }
}

/// xorshift64*, so that a seed gives the same draw everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((u128::from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)) * n as u128) >> 64) as usize
    }
}

fn files(folder: &str) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect(folder) {
        let path = entry.expect(folder).path();
        if path.is_dir() {
            all.extend(files(&path.to_string_lossy()));
        } else if path.extension().is_some_and(|end| end == "rs") {
            all.push(path);
        }
    }
    all.sort();
    all
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.as_ref().display()))
}

fn tree() -> PathBuf {
    env::current_dir().expect("a folder").join(HOME).join("tree")
}

fn make(count: usize, seed: u64) {
    copy();
    let mut sites: Vec<Mutant> = Vec::new();
    for path in [files("kernels/src"), files("src")].concat() {
        let source = read(&path);
        let file = path.to_string_lossy().into_owned();
        sites.extend(sites::of(&source).into_iter().map(|site| {
            let text = source[site.range.clone()].to_owned();
            Mutant { file: file.clone(), site, text }
        }));
    }
    let all = sites.len();
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut chosen: Vec<Mutant> = Vec::new();
    let mut dropped = 0;
    loop {
        while chosen.len() < count && !sites.is_empty() {
            let drawn = sites.swap_remove(random.below(sites.len()));
            let (file, range) = (&drawn.file, &drawn.site.range);
            let overlaps = |other: &Mutant| {
                let other_range = &other.site.range;
                other.file == *file
                    && other_range.start < range.end
                    && range.start < other_range.end
            };
            if !chosen.iter().any(overlaps) {
                chosen.push(drawn);
            }
        }
        write(&chosen);
        let wrong = check(&chosen);
        if wrong.is_empty() {
            break;
        }
        dropped += wrong.len();
        let mut k = 0;
        chosen.retain(|_| {
            k += 1;
            !wrong.contains(&(k - 1))
        });
    }
    let list: String = chosen.iter().zip(1..).map(|(mutant, id)| line(id, mutant)).collect();
    fs::write(format!("{HOME}/list"), list).expect("the list");
    let _ = fs::remove_file(format!("{HOME}/results"));
    println!("{} of {all} places, seed {seed}; {dropped} did not compile", chosen.len());
}

fn line(id: usize, mutant: &Mutant) -> String {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let wrong = if mutant.site.left_out { "left out".into() } else { plain(&mutant.site.wrong) };
    format!("{id}\t{}:{}\t{}\t{wrong}\n", mutant.file, mutant.site.line, plain(&mutant.text))
}

/// The tree as git knows it, with quick builds of the kernels.
fn copy() {
    let tree = tree();
    fs::create_dir_all(&tree).expect("a folder");
    let list = Command::new("git")
        .args(["ls-files", "-coz", "--exclude-standard"])
        .output()
        .expect("git")
        .stdout;
    for name in String::from_utf8(list).expect("names").split_terminator('\0') {
        if name.starts_with("benches/record") || name.starts_with("pictures") {
            continue;
        }
        let to = tree.join(name);
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        // Those with errors in them are written later.
        let has_errors = name.starts_with("kernels/src") || name.starts_with("src/");
        if !(has_errors && name.ends_with(".rs")) {
            let mut content = fs::read(name).expect(name);
            if name == "Cargo.toml" {
                let quick = read(name).replace("opt-level = 3", "opt-level = 1");
                content = quick.replace("opt-level = 2", "opt-level = 1").into_bytes();
            }
            update(&to, &content);
        }
    }
}

/// A file that is the same keeps its time, and is not compiled again.
fn update(to: &Path, content: &[u8]) {
    if fs::read(to).ok().as_deref() != Some(content) {
        fs::write(to, content).expect("a file");
    }
}

/// The files with errors in them, on as many lines as before.
fn write(chosen: &[Mutant]) {
    let mut by_file: BTreeMap<&str, Vec<(usize, &Mutant)>> = BTreeMap::new();
    for (mutant, id) in chosen.iter().zip(1..) {
        by_file.entry(&mutant.file).or_default().push((id, mutant));
    }
    for path in [files("kernels/src"), files("src")].concat() {
        let (file, mut source) = (path.to_string_lossy(), read(&path));
        let mut mutants = by_file.remove(&*file).unwrap_or_default();
        mutants.sort_by_key(|(_, mutant)| std::cmp::Reverse(mutant.site.range.start));
        let home = if file.starts_with("kernels") { "crate" } else { "gradstep_kernels" };
        for (id, mutant) in mutants {
            let Mutant { site, text, .. } = mutant;
            let wrong = site.wrong.replace('\n', " ");
            let right =
                if site.left_out { format!("{{ {text}; }}") } else { format!("{{ {text} }}") };
            let both = format!("(if {home}::mutant({id}) {{ {wrong} }} else {right})");
            source.replace_range(site.range.clone(), &both);
        }
        if file == "kernels/src/lib.rs" {
            source += ASK;
        }
        update(&tree().join(&*file), source.as_bytes());
    }
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(tree()).args(arguments);
    command.env("CARGO_TARGET_DIR", tree().join("../build"));
    command
}

/// Those of the errors that do not compile.
fn check(chosen: &[Mutant]) -> Vec<usize> {
    let output =
        cargo(&["check", "-p", "gradstep", "--keep-going", "--message-format=short"]).output();
    let output = output.expect("cargo");
    if output.status.success() {
        return Vec::new();
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let mut wrong = Vec::new();
    for message in said.lines().filter(|line| line.contains(": error")) {
        let mut parts = message.split(':');
        let (Some(file), Some(Ok(line))) = (parts.next(), parts.next().map(str::parse::<usize>))
        else {
            continue;
        };
        let here = |mutant: &Mutant| {
            let lines = mutant.text.matches('\n').count();
            mutant.file == file && (mutant.site.line..=mutant.site.line + lines).contains(&line)
        };
        // What was left out may be missed elsewhere.
        let missed = |mutant: &Mutant| mutant.file == file && mutant.site.left_out;
        let anything = |mutant: &Mutant| mutant.file == file;
        let of = |is: &dyn Fn(&Mutant) -> bool| -> Vec<usize> {
            (0..chosen.len()).filter(|k| is(&chosen[*k])).collect()
        };
        let found = [of(&here), of(&missed), of(&anything)];
        wrong.extend(found.into_iter().find(|found| !found.is_empty()).unwrap_or_default());
    }
    wrong.sort_unstable();
    wrong.dedup();
    assert!(!wrong.is_empty(), "errors of no mutant:\n{said}");
    wrong
}

/// Binaries of tests, and how they are asked: by the time that they take. Not what starts other
/// processes, or is about sources. The last two run what the error's file is about.
fn steps(thorough: bool, file: &str) -> Vec<(&'static str, Vec<String>)> {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    if !thorough {
        return vec![("bits", owned(&["same_bits"])), ("pages", owned(&["nothing_"]))];
    }
    let mut about: Vec<String> = owned(&["any_input", "refusals::", "ends::", "tolerance"]);
    let general = ["mod", "src", "kernels", "ops", "lib", "rs"];
    let names = file.split(['/', '.']).filter(|name| !general.contains(name));
    about.extend(names.map(|name| format!("{name}::")));
    // What all operations share.
    let shared =
        ["sweep", "lanes", "isa", "norm", "inverse", "split", "targets", "groups", "check"];
    if shared.iter().any(|name| file.contains(name)) {
        let users = ["cross_entropy::", "softmax::", "penalty::", "certificate::", "clip_grad::"];
        about.extend(owned(&users));
        about.extend(owned(&[
            "group_soft_threshold::",
            "mse::",
            "adam::",
            "tensors::",
            "levels::",
        ]));
    }
    for name in
        ["tree::", "lessons::", "no_threads", "exhaustive", "environment_caps", "in_every_pool"]
    {
        about.extend(["--skip".to_owned(), name.to_owned()]);
    }
    vec![("gradstep", about), ("gradstep", owned(&["in_every_pool", "parts_give"]))]
}

/// Tests those that no test has found: quickly, or thoroughly.
fn run(time: Duration, thorough: bool) {
    let start = Instant::now();
    let built = cargo(&["test", "--no-run", "-p", "gradstep-bits"]).output().expect("cargo");
    let tests = cargo(&["test", "--no-run", "-p", "gradstep-tests"]).output().expect("cargo");
    let said = [built, tests].map(|output| {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        said
    });
    let said = said.concat();
    let program = |name: &str| -> PathBuf {
        let at =
            said.find(&format!("/deps/{name}-")).unwrap_or_else(|| panic!("no {name} in {said}"));
        let end = at + said[at..].find(')').expect("a parenthesis");
        let begin = said[..at].rfind('(').expect("a parenthesis") + 1;
        tree().join(&said[begin..end])
    };
    let programs = ["bits", "pages", "gradstep"].map(|name| (name, program(name)));
    println!("built in {} s", start.elapsed().as_secs());
    let results = format!("{HOME}/results");
    let done = fs::read_to_string(&results).unwrap_or_default();
    let level = if thorough { "ALIVE" } else { "left" };
    let is_new = |id: &usize| {
        let of = |line: &&str| line.split('\t').next() == Some(&id.to_string());
        done.lines().rfind(of).is_none_or(|line| thorough && line.ends_with("left"))
    };
    let list = read(format!("{HOME}/list"));
    let file = |id: usize| {
        let place = list.lines().nth(id.wrapping_sub(1)).and_then(|line| line.split('\t').nth(1));
        place.and_then(|place| place.split(':').next()).unwrap_or("sweep").to_owned()
    };
    let done = Mutex::new(done.clone());
    let limit = Duration::from_secs(if thorough { 400 } else { 30 });
    let digests = |id| digests(&programs[0].1, id);
    let right = (!thorough).then(|| digests(0));
    assert!(right.iter().all(|(status, _)| status.success()), "without any error: {right:?}");
    let one = |id: usize| {
        let is_changed = right.as_ref().is_some_and(|right| digests(id) != *right);
        let found = is_changed.then(|| "bits: digests".to_owned()).or_else(|| {
            steps(thorough, &file(id)).into_iter().find_map(|(name, arguments)| {
                let program = &programs.iter().find(|program| program.0 == name).expect("built").1;
                Some(format!("{name}: {}", test(program, &arguments, id, limit)?))
            })
        });
        assert!(id > 0 || found.is_none(), "without any error: {found:?}");
        let line = format!("{id}\t{}\n", found.unwrap_or_else(|| level.into()));
        print!("{line}");
        let mut done = done.lock().expect("no panic");
        done.push_str(&line);
        fs::write(&results, &*done).expect("results");
    };
    // None at first: the tests pass, as slow as they are here.
    one(0);
    let left =
        Mutex::new((1..=list.lines().count()).filter(is_new).collect::<Vec<_>>().into_iter());
    let next = || (start.elapsed() < time).then(|| left.lock().expect("no panic").next()).flatten();
    std::thread::scope(|scope| {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some(id) = next() {
                    one(id);
                }
            });
        }
    });
}

/// What short calls of everything give, as hashes of their bits.
fn digests(program: &Path, id: usize) -> (ExitStatus, Vec<String>) {
    let arguments = ["digests", "--ignored", "--nocapture"].map(str::to_owned);
    let (status, said) = ask(program, &arguments, id, Duration::from_secs(10));
    let lines = said.lines().filter(|line| line.contains('[')).map(str::to_owned);
    (status, lines.collect())
}

/// The first test that fails, or how the process ended.
fn test(program: &Path, arguments: &[String], id: usize, limit: Duration) -> Option<String> {
    let at_once = ["-Zunstable-options", "--fail-fast"].map(str::to_owned);
    let (status, said) = ask(program, &[arguments, &at_once].concat(), id, limit);
    let failed = said.lines().find(|line| line.starts_with("test ") && line.ends_with("FAILED"));
    let failed =
        failed.map(|line| line["test ".len()..].trim_end_matches(" ... FAILED").to_owned());
    (!status.success()).then(|| failed.unwrap_or_else(|| status.to_string()))
}

/// How the process ends, and what it says.
fn ask(program: &Path, arguments: &[String], id: usize, limit: Duration) -> (ExitStatus, String) {
    let out = format!("{HOME}/out-{id}");
    let file = fs::File::create(&out).expect("a file");
    // An error may make a loop endless: the system ends what has taken that much time itself.
    let status = Command::new("prlimit")
        .arg(format!("--cpu={}", limit.as_secs()))
        .arg(program)
        .args(arguments)
        .current_dir(tree().join("tests"))
        .env(VARIABLE, id.to_string())
        .env("RUST_TEST_THREADS", "1")
        // What libtest asks for before it stops at the first failure.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("PROPTEST_CASES", "32")
        .stdin(Stdio::null())
        .stdout(file.try_clone().expect("a file"))
        .stderr(file)
        .status()
        .expect("prlimit");
    let said = String::from_utf8_lossy(&fs::read(&out).expect("output")).into_owned();
    fs::remove_file(&out).expect("output");
    (status, said)
}

fn show() {
    let (list, results) = (read(format!("{HOME}/list")), read(format!("{HOME}/results")));
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (id, mutant) in (1..).zip(list.lines()) {
        let of = |line: &&str| line.split('\t').next() == Some(&id.to_string());
        let result = results.lines().rfind(of).and_then(|line| line.split('\t').nth(1));
        let by = result.unwrap_or("not run").split(':').next().expect("a name");
        *counts.entry(by).or_default() += 1;
        if ["ALIVE", "left"].contains(&by) {
            println!("{by}: {mutant}");
        }
    }
    println!("{counts:?}");
}
