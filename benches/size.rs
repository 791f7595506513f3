//! What a call runs on.

use std::fmt;

/// Rows of columns; plain slices are rows of one.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
}

impl Size {
    pub(crate) fn len(self) -> usize {
        self.rows * self.columns
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Size { rows, columns: 1 } => write!(f, "{rows}"),
            Size { rows, columns } => write!(f, "{rows}x{columns}"),
        }
    }
}
