//! What the emulated machine finds in its memory. There is no BIOS and no boot loader:
//! Bochs loads the images below, and a ROM of a few instructions enters the kernel as
//! Linux' 64-bit boot protocol (Documentation/arch/x86/boot.rst) asks.

use std::arch::global_asm;
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

// Physical addresses.
const ROM: u32 = 0xf_0000;
pub(crate) const PARAMETERS: u32 = 0x1_0000;
const TABLES: u32 = PARAMETERS + 0x1000;
const COMMAND_LINE: u32 = PARAMETERS + 0x8000;
pub(crate) const KERNEL: u32 = 0x100_0000;
pub(crate) const INITRAMFS: u32 = 0x1000_0000;

global_asm!(
    ".pushsection .rodata.avx512_rom, \"a\"",
    ".globl avx512_rom, avx512_rom_end",
    "avx512_rom:",
    ".code16",
    "cli",
    "lgdtl %cs:(8f - avx512_rom)",
    "movl %cr0, %eax",
    "orb $1, %al", // protected mode
    "movl %eax, %cr0",
    "ljmpl $0x08, $({rom} + 2f - avx512_rom)",
    ".code32",
    "2: movl $0x18, %eax",
    "movl %eax, %ds",
    "movl %eax, %es",
    "movl %eax, %ss",
    "movl $0x20, %eax", // physical address extension
    "movl %eax, %cr4",
    "movl ${tables}, %eax",
    "movl %eax, %cr3",
    "movl $0xc0000080, %ecx",
    "rdmsr",
    "orl $0x100, %eax", // long mode
    "wrmsr",
    "movl %cr0, %eax",
    "orl $0x80000000, %eax", // paging
    "movl %eax, %cr0",
    "ljmpl $0x10, $({rom} + 3f - avx512_rom)",
    ".code64",
    "3: movl ${parameters}, %esi",
    "movl ${entry}, %eax",
    "jmpq *%rax",
    ".balign 8",
    // 0x08: 32-bit code, 0x10: 64-bit code, 0x18: data.
    "7: .quad 0, 0x00cf9b000000ffff, 0x00af9b000000ffff, 0x00cf93000000ffff",
    "8: .word 31",
    ".long {rom} + 7b - avx512_rom",
    "avx512_rom_end:",
    ".popsection",
    rom = const ROM,
    tables = const TABLES,
    parameters = const PARAMETERS,
    entry = const KERNEL + 0x200,
    options(att_syntax)
);

unsafe extern "C" {
    static avx512_rom: u8;
    static avx512_rom_end: u8;
}

pub(crate) fn rom() -> Vec<u8> {
    let (start, end) = (&raw const avx512_rom, &raw const avx512_rom_end);
    // SAFETY: the labels enclose one section, in this order.
    let code = unsafe { std::slice::from_raw_parts(start, end.offset_from(start) as usize) };
    let mut rom = vec![0; 0x1_0000];
    rom[..code.len()].copy_from_slice(code);
    // The processor starts 16 bytes before the end: jump to the beginning.
    rom[0xfff0..0xfff3].copy_from_slice(&[0xe9, 0x0d, 0x00]);
    rom
}

/// The images for `PARAMETERS` and `KERNEL`, from a bzImage and a memory size in MiB.
pub(crate) fn linux(
    image: &[u8],
    command_line: &str,
    initramfs: usize,
    memory: u32,
) -> (Vec<u8>, Vec<u8>) {
    assert_eq!(&image[0x202..0x206], b"HdrS", "not a Linux kernel");
    assert!(image[0x236] & 1 == 1, "a kernel without 64-bit entry");
    assert!(command_line.len() < 2048);
    let setup = (usize::from(image[0x1f1]) + 1) * 512;
    let header = 0x202 + usize::from(image[0x201]);
    let mut zero_page = vec![0; (COMMAND_LINE - PARAMETERS) as usize + 2048];
    zero_page[0x1f1..header].copy_from_slice(&image[0x1f1..header]);
    let mut put = |at: usize, bytes: &[u8]| zero_page[at..at + bytes.len()].copy_from_slice(bytes);
    put(0x210, &[0xff]); // a boot loader without a number
    put(0x218, &INITRAMFS.to_le_bytes());
    put(0x21c, &(initramfs as u32).to_le_bytes());
    put(0x228, &COMMAND_LINE.to_le_bytes());
    put((COMMAND_LINE - PARAMETERS) as usize, command_line.as_bytes());
    let high = 1u64 << 20;
    put(0x1e8, &[2]);
    for (at, start, length) in
        [(0x2d0, 0, 0x9_fc00), (0x2e4, high, (u64::from(memory) << 20) - high)]
    {
        put(at, &u64::to_le_bytes(start));
        put(at + 8, &length.to_le_bytes());
        put(at + 16, &1u32.to_le_bytes()); // usable
    }
    // Page tables: 4 GiB mapped to themselves in pages of 2 MiB.
    let tables = u64::from(TABLES);
    put(0x1000, &(tables + 0x1000 + 3).to_le_bytes());
    for i in 0..4 {
        put(0x2000 + 8 * i, &(tables + 0x2000 + 0x1000 * i as u64 + 3).to_le_bytes());
    }
    for i in 0..2048 {
        put(0x3000 + 8 * i, &(((i as u64) << 21) + 0x83).to_le_bytes());
    }
    (zero_page, image[setup..].to_vec())
}

/// Files of an initramfs by absolute path.
pub(crate) struct Files {
    directories: BTreeSet<PathBuf>,
    files: BTreeMap<PathBuf, (u32, Vec<u8>)>,
}

impl Default for Files {
    fn default() -> Self {
        let directories = ["/proc", "/dev", "/sys", "/tmp"].map(PathBuf::from).into();
        Self { directories, files: BTreeMap::new() }
    }
}

impl Files {
    pub(crate) fn directory(&mut self, path: &Path) {
        let parts = path.ancestors().filter(|p| p.parent().is_some());
        self.directories.extend(parts.map(Path::to_path_buf));
    }

    pub(crate) fn add(&mut self, path: &Path, mode: u32, body: Vec<u8>) {
        self.directory(path.parent().expect("an absolute path"));
        self.files.insert(path.to_path_buf(), (mode, body));
    }

    /// The "newc" archive. Directories come first, each after its parent.
    pub(crate) fn cpio(&self) -> Vec<u8> {
        let mut archive = Vec::new();
        let mut entry = |path: &Path, mode: u32, body: &[u8]| {
            let name = path.as_os_str().as_bytes();
            let name = name.strip_prefix(b"/").unwrap_or(name);
            let sizes = [body.len() as u32, 0, 0, 0, 0, name.len() as u32 + 1, 0];
            archive.extend(b"070701");
            for field in [0, mode, 0, 0, 1, 0].iter().chain(&sizes) {
                archive.extend(format!("{field:08x}").bytes());
            }
            archive.extend(name);
            archive.push(0);
            archive.resize(archive.len().next_multiple_of(4), 0);
            archive.extend(body);
            archive.resize(archive.len().next_multiple_of(4), 0);
        };
        for path in &self.directories {
            entry(path, 0o40755, &[]);
        }
        for (path, (mode, body)) in &self.files {
            entry(path, 0o100_000 | mode, body);
        }
        entry(Path::new("TRAILER!!!"), 0, &[]);
        archive
    }
}
