//! An allocator that puts what a thread asks for directly beside a page that nobody may touch:
//! reading or writing one byte too many ends the process.
//!
//! The one file beside those of instruction sets that needs `unsafe`: an allocator and the
//! protection of a page are not to be had without.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr::null_mut;
use std::sync::{Mutex, OnceLock};

/// On which side of an allocation its page is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Behind,
    Before,
}

thread_local! {
    /// Where this thread wants pages, if at all.
    static WANTED: Cell<Option<Side>> = const { Cell::new(None) };
    /// Its allocations in rooms, and those that no room was free for.
    static COUNT: Cell<[usize; 2]> = const { Cell::new([0; 2]) };
}

/// Of this thread.
pub(crate) fn count() -> [usize; 2] {
    COUNT.get()
}

impl Side {
    /// All allocations of this thread have a page beside them while `run` runs.
    pub(crate) fn during<R>(self, run: impl FnOnce() -> R) -> R {
        WANTED.set(Some(self));
        let result = run();
        WANTED.set(None);
        result
    }
}

/// Rooms of one page, with a closed page on both sides of each.
struct Rooms {
    base: usize,
    page: usize,
}

/// More than there are allocations at a time.
const ROOMS: usize = 4096;

/// The free ones, below `count`.
struct Free {
    rooms: [u16; ROOMS],
    count: usize,
}

static FREE: Mutex<Free> = Mutex::new(Free { rooms: [0; ROOMS], count: 0 });
static ALLOCATED: OnceLock<Rooms> = OnceLock::new();

impl Rooms {
    fn get() -> &'static Self {
        ALLOCATED.get_or_init(|| {
            // SAFETY: asks the system for a number, and for memory that nobody has; protects
            // pages of that memory.
            unsafe {
                let page = usize::try_from(libc::sysconf(libc::_SC_PAGESIZE)).expect("a size");
                let all = (2 * ROOMS + 1) * page;
                let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
                let base = libc::mmap(null_mut(), all, libc::PROT_NONE, flags, -1, 0);
                assert!(base != libc::MAP_FAILED, "no memory for pages");
                for room in 0..ROOMS {
                    let place = base.wrapping_byte_add((2 * room + 1) * page);
                    let open = libc::PROT_READ | libc::PROT_WRITE;
                    assert_eq!(libc::mprotect(place, page, open), 0, "a page stayed closed");
                }
                let mut free = FREE.lock().expect("no panic");
                free.count = ROOMS;
                (0..).zip(&mut free.rooms).for_each(|(room, place)| *place = room);
                Rooms { base: base as usize, page }
            }
        })
    }

    /// The first byte of a room.
    fn place(&self, room: u16) -> usize {
        self.base + (2 * usize::from(room) + 1) * self.page
    }

    /// The room that an address is in.
    fn room(&self, address: usize) -> Option<u16> {
        let room = address.checked_sub(self.base)? / self.page / 2;
        u16::try_from(room).ok().filter(|room| usize::from(*room) < ROOMS)
    }
}

/// [`System`], but for threads that want pages.
pub(crate) struct Fence;

// SAFETY: rooms are memory of their own, each given to one allocation at a time, which fits
// and is aligned; everything else is the system's.
unsafe impl GlobalAlloc for Fence {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // A thread that ends has no wishes.
        let rooms = Rooms::get();
        let fits = layout.size().max(layout.align()) <= rooms.page;
        if let Some(side) = WANTED.try_with(Cell::get).ok().flatten().filter(|_| fits) {
            let [inside, outside] = COUNT.get();
            let mut free = FREE.lock().expect("no panic");
            if free.count > 0 {
                free.count -= 1;
                let first = rooms.place(free.rooms[free.count]);
                let behind = (first + rooms.page - layout.size()) & !(layout.align() - 1);
                COUNT.set([inside + 1, outside]);
                return if side == Side::Behind { behind as *mut u8 } else { first as *mut u8 };
            }
            COUNT.set([inside, outside + 1]);
        }
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        match ALLOCATED.get().and_then(|rooms| rooms.room(place as usize)) {
            Some(room) => {
                let mut free = FREE.lock().expect("no panic");
                let count = free.count;
                free.rooms[count] = room;
                free.count += 1;
            }
            // SAFETY: what is in no room came from the system.
            None => unsafe { System.dealloc(place, layout) },
        }
    }
}

/// The address of the first byte beyond a slice.
fn beside(slice: &[f32], side: Side) -> *mut u8 {
    let bytes = slice.as_ptr_range();
    match side {
        Side::Behind => bytes.end.cast_mut().cast(),
        Side::Before => bytes.start.cast_mut().cast::<u8>().wrapping_sub(1),
    }
}

/// Reads what it must not.
pub(crate) fn read_beside(slice: &[f32], side: Side) {
    // SAFETY: none. The page is closed, and the process ends; that is what is tested.
    let byte = unsafe { beside(slice, side).read_volatile() };
    println!("read {byte}");
}

/// Writes what it must not.
pub(crate) fn write_beside(slice: &mut [f32], side: Side) {
    // SAFETY: none, as above.
    unsafe { beside(slice, side).write_volatile(0) };
}
