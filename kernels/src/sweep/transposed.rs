//! Short rows in memory to a register for each column of many rows, and back.

use crate::Lanes;

/// Writes one register for each column of `count` rows, of which the first begins where
/// `from` does. Lanes without a row are 0.
#[inline(always)]
pub(crate) fn gather<L: Lanes>(
    from: &[L::Elem],
    stride: usize,
    count: usize,
    zero: L,
    columns: &mut [L::Array],
) {
    let width = columns.len();
    if let [even, odd] = &mut *columns
        && stride == 2
        && let ([a, b, ..], _) = L::arrays(from)
        && count == L::LANES
    {
        let isa = zero.isa();
        let (x, y) = L::load(isa, a).unzip(L::load(isa, b));
        x.store(even);
        y.store(odd);
        return;
    }
    // Four columns at a time; the last four overlap those before. Of a narrower row, elements
    // of the next row are read and not used.
    if count == L::LANES && from.len() >= (L::LANES - 1) * stride + width.max(4) {
        let mut start = 0;
        while start < width {
            start = start.min(width.saturating_sub(4));
            let four = L::load_columns(zero.isa(), &from[start..], stride);
            for (column, loaded) in columns[start..].iter_mut().zip(four) {
                loaded.store(column);
            }
            start += 4;
        }
        return;
    }
    for (k, column) in columns.iter_mut().enumerate() {
        zero.store(column);
        let rows = from[k..].iter().step_by(stride).take(count);
        for (lane, x) in column.as_mut().iter_mut().zip(rows) {
            *lane = *x;
        }
    }
}

/// The opposite of [`gather`]; nothing beside the columns is written.
#[inline(always)]
pub(crate) fn scatter<L: Lanes>(
    isa: L::Isa,
    columns: &[L::Array],
    to: &mut [L::Elem],
    stride: usize,
    count: usize,
) {
    if count < L::LANES {
        for (k, column) in columns.iter().enumerate() {
            let rows = to[k..].iter_mut().step_by(stride).take(count);
            for (x, lane) in rows.zip(column.as_ref()) {
                *x = *lane;
            }
        }
        return;
    }
    match columns {
        [] => {}
        [a] => L::store_columns([L::load(isa, a)], to, stride),
        [even, odd] => {
            let (even, odd) = (L::load(isa, even), L::load(isa, odd));
            if stride == 2
                && let ([a, b, ..], _) = L::arrays_mut(to)
            {
                let (x, y) = even.zip(odd);
                x.store(a);
                y.store(b);
                return;
            }
            L::store_columns([even, odd], to, stride);
        }
        [a, b, c] => {
            let three = [L::load(isa, a), L::load(isa, b), L::load(isa, c)];
            L::store_columns(three, to, stride);
        }
        _ => {
            let mut start = 0;
            while start < columns.len() {
                start = start.min(columns.len() - 4);
                if let Some([a, b, c, d]) = columns[start..].first_chunk() {
                    let (a, b) = (L::load(isa, a), L::load(isa, b));
                    let four = [a, b, L::load(isa, c), L::load(isa, d)];
                    L::store_columns(four, &mut to[start..], stride);
                }
                start += 4;
            }
        }
    }
}

/// Replaces each column by what the formula makes of it.
#[inline(always)]
pub(crate) fn update_columns<L: Lanes>(
    isa: L::Isa,
    columns: &mut [L::Array],
    mut formula: impl FnMut(L) -> L,
) {
    for column in columns {
        formula(L::load(isa, column)).store(column);
    }
}

/// The same with a column at the same place of `reads`.
#[inline(always)]
pub(crate) fn zip_columns<L: Lanes>(
    isa: L::Isa,
    columns: &mut [L::Array],
    reads: &[L::Array],
    formula: impl Fn(L, L) -> L,
) {
    for (column, read) in columns.iter_mut().zip(reads) {
        formula(L::load(isa, column), L::load(isa, read)).store(column);
    }
}
