//! Inside the emulated machine: process 1. Runs the job and reports to the host.

use std::ffi::{OsString, c_char, c_ulong};
use std::io::Read;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::{fs, thread, time::Duration};

use super::{ERR, EXIT, JOB, OUT, START};

unsafe extern "C" {
    fn iopl(level: i32) -> i32;
    fn mount(
        source: *const c_char,
        target: *const c_char,
        kind: *const c_char,
        flags: c_ulong,
        data: *const c_char,
    ) -> i32;
}

/// The debug port of Bochs; what is written there appears on Bochs' standard output.
static PORT: Mutex<u16> = Mutex::new(0xe9);

fn write(port: u16, bytes: &[u8]) {
    // SAFETY: `run` was granted access to ports; the instruction only reads `bytes`.
    unsafe {
        std::arch::asm!("rep outsb", in("dx") port, inout("rsi") bytes.as_ptr() => _,
            inout("rcx") bytes.len() => _, options(nostack, readonly));
    }
}

fn send(kind: u8, bytes: &[u8]) {
    let port = PORT.lock().unwrap();
    for part in bytes.chunks(0xffff) {
        let [low, high] = (part.len() as u16).to_le_bytes();
        write(*port, &[kind, low, high]);
        write(*port, part);
    }
}

fn forward(kind: u8, mut from: impl Read) {
    let mut buffer = vec![0; 1 << 15];
    while let Ok(n @ 1..) = from.read(&mut buffer) {
        send(kind, &buffer[..n]);
    }
}

pub(crate) fn run() -> ! {
    // SAFETY: system calls with NUL-terminated strings.
    unsafe {
        iopl(3);
        for (kind, at) in [(c"proc", c"/proc"), (c"devtmpfs", c"/dev"), (c"sysfs", c"/sys")] {
            mount(kind.as_ptr(), at.as_ptr(), kind.as_ptr(), 0, std::ptr::null());
        }
    }
    write(*PORT.lock().unwrap(), START);
    let code = job();
    send(EXIT, &[code as u8]);
    // The host ends the machine.
    loop {
        thread::sleep(Duration::from_secs(3600));
    }
}

fn job() -> i32 {
    let text = fs::read(JOB).expect("the job");
    let mut fields = text.split(|&b| b == 0).map(|f| OsString::from_vec(f.to_vec()));
    let folder = fields.next().unwrap();
    let count: usize = fields.next().unwrap().to_str().unwrap().parse().unwrap();
    let arguments: Vec<_> = fields.by_ref().take(count).collect();
    let mut command = Command::new(&arguments[0]);
    command.args(&arguments[1..]).current_dir(folder).env_clear();
    for pair in fields {
        let bytes = pair.as_bytes();
        if let Some(at) = bytes.iter().position(|&b| b == b'=') {
            let part = |b: &[u8]| OsString::from_vec(b.to_vec());
            command.env(part(&bytes[..at]), part(&bytes[at + 1..]));
        }
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            send(ERR, format!("avx512-run: cannot start {:?}: {error}\n", arguments[0]).as_bytes());
            return 127;
        }
    };
    let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    thread::scope(|s| {
        s.spawn(|| forward(OUT, out));
        s.spawn(|| forward(ERR, err));
    });
    let status = child.wait().unwrap();
    status.code().unwrap_or_else(|| {
        let signal = status.signal().unwrap_or(0);
        send(ERR, format!("avx512-run: ended by signal {signal}\n").as_bytes());
        128 + signal
    })
}
