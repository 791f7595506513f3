//! Runs one program on an emulated AVX-512 machine: `avx512-run PROGRAM ARGUMENT...`.
//! See avx512-test, which builds this and makes it cargo's runner.
//!
//! The same executable works in two places. On the host it packs the program, itself
//! and the repository into an initramfs, starts Bochs, and prints what comes back.
//! Inside the machine it is process 1 and runs the program (avx512-guest.rs).

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};
use std::time::Duration;
use std::{env, fs, thread};

#[path = "avx512-boot.rs"]
mod boot;
#[path = "avx512-guest.rs"]
mod guest;

use boot::Files;

// What the machine sends through Bochs' debug port: `START`, then frames of a kind,
// a length (u16, little-endian) and that many bytes.
const START: &[u8] = b"\0avx512-run\0";
const OUT: u8 = b'o';
const ERR: u8 = b'e';
const EXIT: u8 = b'x';
/// A file of the initramfs; each field ends with NUL: the directory, the number of
/// arguments, the arguments, the environment.
const JOB: &str = "/avx512-job";

/// No firmware tables, no PCI, no timer to be doubted; 100 MHz is `ips` in the
/// configuration of Bochs, so a second of the machine's clock is 10^8 instructions.
const COMMAND_LINE: &str = "console=ttyS0,115200 quiet rdinit=/init acpi=off pci=off noapic \
    nolapic nosmp nokaslr mitigations=off tsc=reliable tsc_early_khz=100000 no_timer_check \
    i8042.nokbd i8042.noaux cryptomgr.notests random.trust_cpu=on";

unsafe extern "C" {
    fn prctl(option: i32, ...) -> i32;
}

fn main() -> ExitCode {
    if std::process::id() == 1 {
        guest::run()
    }
    let Some(program) = env::args_os().nth(1) else {
        eprintln!("usage: avx512-run PROGRAM ARGUMENT...");
        return ExitCode::from(2);
    };
    let program =
        fs::canonicalize(&program).unwrap_or_else(|e| panic!("{}: {e}", program.display()));
    let scratch = Scratch::new();
    prepare(&program, &scratch.0);
    ExitCode::from(emulate(&scratch.0))
}

/// A folder of this run alone, removed at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        let path = env::temp_dir().join(format!("avx512-run.{}", std::process::id()));
        // Private, as it holds the environment.
        fs::DirBuilder::new().mode(0o700).create(&path).expect("a scratch folder");
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if env::var_os("AVX512_KEEP").is_some() {
            eprintln!("avx512-run: kept {}", self.0.display());
        } else {
            fs::remove_dir_all(&self.0).ok();
        }
    }
}

fn home() -> PathBuf {
    env::var_os("AVX512_HOME").expect("AVX512_HOME: the folder with bochs and vmlinuz").into()
}

/// Writes everything Bochs reads into `scratch`.
fn prepare(program: &Path, scratch: &Path) {
    let memory: u32 =
        env::var("AVX512_MEMORY").map_or(1024, |m| m.parse().expect("AVX512_MEMORY: MiB"));
    let model = env::var("AVX512_CPU").unwrap_or_else(|_| "corei7_skylake_x".into());
    let extra = env::var("AVX512_KERNEL_ARGS").unwrap_or_default();
    let here = env::current_dir().expect("a current folder");

    let mut files = Files::default();
    repository(&mut files, &here);
    libraries(&mut files, program);
    files.directory(&here);
    files.add(program, 0o755, stripped(program, scratch));
    files.add(Path::new("/init"), 0o755, fs::read("/proc/self/exe").unwrap());
    files.add(Path::new(JOB), 0o644, job(program, &here));
    let initramfs = files.cpio();
    // Twice: the archive and its unpacked files exist at the same time.
    let need = ((boot::INITRAMFS as usize + 2 * initramfs.len()) >> 20) + 64;
    assert!(need <= memory as usize, "AVX512_MEMORY of {memory} MiB is too small, set {need}");

    let vmlinuz = fs::read(home().join("vmlinuz")).expect("the kernel");
    let (parameters, kernel) =
        boot::linux(&vmlinuz, &format!("{COMMAND_LINE} {extra}"), initramfs.len(), memory);
    let images = [
        ("rom", &boot::rom()),
        ("vga", &vec![0; 512]), // Bochs wants one; nothing runs it
        ("parameters", &parameters),
        ("kernel", &kernel),
        ("initramfs", &initramfs),
    ];
    for (name, bytes) in images {
        fs::write(scratch.join(name), bytes).unwrap();
    }
    let d = scratch.display();
    let configuration = format!(
        "display_library: nogui\n\
         cpu: model={model}, count=1, ips=100000000, reset_on_triple_fault=0\n\
         memory: guest={memory}, host={memory}\n\
         romimage: file={d}/rom\n\
         vgaromimage: file={d}/vga\n\
         optramimage1: file={d}/parameters, address={:#x}\n\
         optramimage2: file={d}/kernel, address={:#x}\n\
         optramimage3: file={d}/initramfs, address={:#x}\n\
         port_e9_hack: enabled=1\n\
         com1: enabled=1, mode=file, dev={d}/console\n\
         clock: sync=none, time0=utc\n\
         floppya: type=none\n\
         panic: action=fatal\nerror: action=ignore\ninfo: action=report\ndebug: action=ignore\n\
         log: {d}/log\n",
        boot::PARAMETERS,
        boot::KERNEL,
        boot::INITRAMFS,
    );
    fs::write(scratch.join("bochsrc"), configuration).unwrap();
}

fn job(program: &Path, here: &Path) -> Vec<u8> {
    let arguments: Vec<OsString> = env::args_os().skip(2).collect();
    let mut fields =
        vec![here.as_os_str().to_owned(), (arguments.len() + 1).to_string().into(), program.into()];
    fields.extend(arguments);
    for (name, value) in env::vars_os() {
        if name != "LD_PRELOAD" && name != "TMPDIR" && !name.as_bytes().starts_with(b"AVX512_") {
            fields.push(OsString::from_vec([name.as_bytes(), b"=", value.as_bytes()].concat()));
        }
    }
    fields.iter().flat_map(|f| f.as_bytes().iter().chain(b"\0")).copied().collect()
}

fn add(files: &mut Files, path: &Path) {
    if let Ok(metadata) = fs::metadata(path)
        && metadata.is_file()
        && let Ok(body) = fs::read(path)
    {
        files.add(path, metadata.permissions().mode() & 0o777, body);
    }
}

/// Without debugging information, which would only fill the machine's memory.
fn stripped(program: &Path, scratch: &Path) -> Vec<u8> {
    let copy = scratch.join("stripped");
    let strip = Command::new("strip")
        .args(["-g", "-o"])
        .args([&copy, program])
        .stderr(Stdio::null())
        .status();
    let from = if strip.is_ok_and(|s| s.success()) { &copy } else { program };
    fs::read(from).unwrap_or_else(|e| panic!("{}: {e}", program.display()))
}

/// What the dynamic linker would load, as `ldd` tells it.
fn libraries(files: &mut Files, program: &Path) {
    let listing = Command::new("ldd").arg(program).output().expect("ldd");
    for word in String::from_utf8_lossy(&listing.stdout).split_whitespace() {
        if word.starts_with('/') {
            add(files, Path::new(word));
        }
    }
}

/// The files of the repository around `folder`, for tests that read some.
fn repository(files: &mut Files, folder: &Path) {
    let git = |folder: &Path, arguments: &[&str]| {
        let out = Command::new("git").arg("-C").arg(folder).args(arguments).output().ok()?;
        out.status.success().then_some(out.stdout)
    };
    let Some(top) = git(folder, &["rev-parse", "--show-toplevel"]) else {
        return;
    };
    let top = PathBuf::from(OsString::from_vec(top.trim_ascii_end().to_vec()));
    let names = git(&top, &["ls-files", "-coz", "--exclude-standard"]).unwrap_or_default();
    for name in names.split(|&b| b == 0).filter(|n| !n.is_empty()) {
        add(files, &top.join(OsString::from_vec(name.to_vec())));
    }
}

/// Runs Bochs until the program's exit code arrives.
fn emulate(scratch: &Path) -> u8 {
    let mut command = Command::new(home().join("bochs"));
    command.args(["-q", "-f"]).arg(scratch.join("bochsrc")).env("BXSHARE", home());
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(fs::File::create(scratch.join("stderr")).unwrap());
    // SAFETY: prctl is async-signal-safe.
    unsafe {
        command.pre_exec(|| {
            prctl(1 /* PR_SET_PDEATHSIG */, 9 /* SIGKILL */);
            Ok(())
        });
    }
    let mut bochs = command.spawn().expect("bochs");
    let port = bochs.stdout.take().unwrap();
    let bochs = Mutex::new(bochs);
    let done = Arc::new(AtomicBool::new(false));
    let code = thread::scope(|s| {
        s.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(100));
                let console = fs::read(scratch.join("console")).unwrap_or_default();
                if console.windows(12).any(|w| w == b"Kernel panic") {
                    thread::sleep(Duration::from_secs(2));
                    bochs.lock().unwrap().kill().ok();
                    return;
                }
            }
        });
        let code = receive(port, scratch);
        done.store(true, Ordering::Relaxed);
        code
    });
    let mut bochs = bochs.into_inner().unwrap();
    bochs.kill().ok();
    bochs.wait().ok();
    code.unwrap_or_else(|| {
        eprintln!("avx512-run: the emulated machine stopped before the program ended");
        for name in ["console", "stderr", "log"] {
            let text = fs::read(scratch.join(name)).unwrap_or_default();
            let end = &text[text.len().saturating_sub(3000)..];
            eprintln!("---- {name}\n{}", String::from_utf8_lossy(end));
        }
        125
    })
}

/// Prints what the machine sends; `None` if it ends without an exit code.
fn receive(mut port: impl Read, scratch: &Path) -> Option<u8> {
    let mut buffer = Vec::new();
    let mut chunk = vec![0; 1 << 16];
    let mut started = false;
    loop {
        let n = port.read(&mut chunk).ok().filter(|&n| n > 0)?;
        buffer.extend(&chunk[..n]);
        let mut at = 0;
        if !started {
            // Bochs prints a banner of its own first.
            let Some(start) = buffer.windows(START.len()).position(|w| w == START) else {
                continue;
            };
            at = start + START.len();
            started = true;
            // In the machine's memory by now; an interrupt would leave them behind.
            for large in ["kernel", "initramfs", "stripped"] {
                fs::remove_file(scratch.join(large)).ok();
            }
        }
        while let [kind, low, high, rest @ ..] = &buffer[at..] {
            let length = usize::from(u16::from_le_bytes([*low, *high]));
            let Some(body) = rest.get(..length) else {
                break;
            };
            match *kind {
                OUT => drop(io::stdout().write_all(body)),
                ERR => drop(io::stderr().write_all(body)),
                EXIT => return body.first().copied(),
                other => panic!("a frame of kind {other}"),
            }
            at += 3 + length;
        }
        buffer.drain(..at);
        io::stdout().flush().ok();
    }
}
