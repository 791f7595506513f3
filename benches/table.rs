//! What was measured of one operation, as a table below criterion's lines.

use std::fmt;

#[derive(Default)]
pub(crate) struct Table {
    cells: Vec<Cell>,
}

struct Cell {
    size: String,
    /// Type and level.
    column: String,
    /// Nanoseconds per element of the fastest batch of calls.
    time: f64,
    /// Of one element.
    bytes: f64,
}

impl Table {
    pub(crate) fn add(&mut self, size: String, column: String, time: f64, bytes: f64) {
        self.cells.push(Cell { size, column, time, bytes });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }
}

/// In the order in which they first came.
fn distinct<'t>(names: impl Iterator<Item = &'t str>) -> Vec<&'t str> {
    names.fold(Vec::new(), |mut names, name| {
        if !names.contains(&name) {
            names.push(name);
        }
        names
    })
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes = distinct(self.cells.iter().map(|cell| cell.size.as_str()));
        let columns = distinct(self.cells.iter().map(|cell| cell.column.as_str()));
        write!(f, "{:>12}", "")?;
        for column in &columns {
            write!(f, "{column:>16}")?;
        }
        for size in sizes {
            write!(f, "\n{size:>12}")?;
            for column in &columns {
                let cell =
                    self.cells.iter().find(|cell| cell.size == size && cell.column == *column);
                let text =
                    cell.map(|cell| format!("{:.3} ({:.0})", cell.time, cell.bytes / cell.time));
                write!(f, "{:>16}", text.unwrap_or_default())?;
            }
        }
        Ok(())
    }
}
