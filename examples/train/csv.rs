//! Reads a table for classification: a header line, numbers, the label last.
//!
//! RFC 4180 with what real files bring along: a byte-order mark, any kind of
//! line ending, blank lines, a last line without an ending. Every refusal says
//! where: the line as an editor counts it, the column as a spreadsheet does.

use std::fmt;
use std::path::Path;

/// A table whose last column was the label.
#[derive(Debug, PartialEq)]
pub(crate) struct Table {
    /// Names of the feature columns.
    pub(crate) names: Vec<String>,
    /// `[rows * names.len()]`, row after row, all finite.
    pub(crate) features: Vec<f64>,
    /// `[rows]`, each an index into `classes`.
    pub(crate) labels: Vec<u32>,
    /// The different labels: integers by value, anything else by its text.
    pub(crate) classes: Vec<String>,
}

/// What is wrong with a file, and where.
#[derive(Debug, PartialEq)]
pub(crate) struct Error {
    /// The file as the caller named it.
    pub(crate) file: String,
    /// Line and column, both from 1; `None` if the file could not be read.
    pub(crate) place: Option<(usize, usize)>,
    /// The column's name, where there is one.
    pub(crate) name: String,
    /// What was expected and what came.
    pub(crate) what: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file)?;
        if let Some((line, column)) = self.place {
            write!(f, "line {line}, column {column}")?;
            if !self.name.is_empty() {
                write!(f, " ({})", self.name)?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.what)
    }
}

impl std::error::Error for Error {}

/// Reads the file at `path`; `tell` hears after each row what share of it has been read.
pub(crate) fn read(path: &Path, tell: &mut dyn FnMut(f64)) -> Result<Table, Error> {
    let file = path.display().to_string();
    match std::fs::read(path) {
        Ok(bytes) => parse(&file, &bytes, tell),
        Err(error) => Err(Error {
            file,
            place: None,
            name: String::new(),
            what: format!("cannot be read: {error}"),
        }),
    }
}

/// Reads `bytes`; `file` is the name that errors give, and `tell` is that of [`read`].
pub(crate) fn parse(file: &str, bytes: &[u8], tell: &mut dyn FnMut(f64)) -> Result<Table, Error> {
    let rest = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut records = Records { rest, line: 1 };
    let mut header = Vec::new();
    let mut tell = |left: usize| tell(1.0 - left as f64 / bytes.len() as f64);
    let outcome = table(&mut records, &mut header, &mut tell);
    outcome.map_err(|Refusal { line, column, what }| Error {
        file: file.into(),
        place: Some((line, column)),
        name: header.get(column - 1).cloned().unwrap_or_default(),
        what,
    })
}

/// An [`Error`] before the file and the column have their names.
struct Refusal {
    line: usize,
    column: usize,
    what: String,
}

fn refuse<T>(line: usize, column: usize, what: impl Into<String>) -> Result<T, Refusal> {
    let what = what.into();
    Err(Refusal { line, column, what })
}

/// Reads everything; leaves the column names in `header`. `tell` hears how many bytes are left.
fn table(
    records: &mut Records<'_>,
    header: &mut Vec<String>,
    tell: &mut dyn FnMut(usize),
) -> Result<Table, Refusal> {
    if records.rest.starts_with(b"\xFF\xFE") || records.rest.starts_with(b"\xFE\xFF") {
        return refuse(1, 1, "the file is UTF-16; UTF-8 is expected");
    }
    let mut record = Vec::new();
    if !records.next(&mut record)? {
        return refuse(1, 1, "the file is empty; a header line is expected");
    }
    let first_line = record[0].line;
    let Some((_, feature_names)) = record.split_last().filter(|(_, names)| !names.is_empty())
    else {
        let what = "one column only; features and then a label are expected, separated by commas";
        return refuse(first_line, 1, what);
    };
    // Labels may be words, so a first row of data shows by its features.
    if feature_names.iter().all(|name| name.text.parse::<f64>().is_ok()) {
        return refuse(first_line, 1, "a header line with names is expected, this one has numbers");
    }
    header.extend(record.iter().map(|name| name.text.to_string()));
    let width = header.len();

    let (mut features, mut labels, mut first_label) = (Vec::new(), Vec::new(), 0);
    while records.next(&mut record)? {
        let (found, line) = (record.len(), record[record.len() - 1].line);
        if found != width {
            let what = format!("the row has {found} fields, the header has {width}");
            return refuse(line, found.min(width) + 1, what);
        }
        for (column, field) in (1..width).zip(&record) {
            features.push(number(&field.text).or_else(|what| refuse(field.line, column, what))?);
        }
        let label = &record[width - 1];
        if label.text.is_empty() {
            return refuse(line, width, "the label is empty");
        }
        if labels.is_empty() {
            first_label = label.line;
        }
        labels.push(label.text.to_string());
        tell(records.rest.len());
    }
    if labels.is_empty() {
        return refuse(records.line, 1, "no rows follow the header");
    }
    let rows = labels.len();
    let (classes, labels) = match labels.iter().map(|label| label.parse::<i64>()).collect() {
        Ok(integers) => rank::<i64>(integers),
        Err(_) => rank(labels),
    };
    if classes.len() < 2 {
        let what = format!(
            "all {rows} rows have the label `{}`; two classes are needed",
            shortened(&classes[0])
        );
        return refuse(first_label, width, what);
    }
    // A measured quantity differs in almost every row, a class does not.
    if classes.len() * 3 > rows {
        let what = format!(
            "{} different labels in {rows} rows; a class needs three rows on average",
            classes.len()
        );
        return refuse(first_label, width, what);
    }
    let names = header[..width - 1].to_vec();
    Ok(Table { names, features, labels, classes })
}

fn number(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(x) if x.is_finite() => Ok(x),
        Ok(_) => Err(format!("`{}` is not a finite number", shortened(text))),
        Err(_) if text.is_empty() => Err("the field is empty; a number is expected".into()),
        Err(_) => Err(format!("`{}` is not a number", shortened(text))),
    }
}

/// The beginning of a text that may be as long as the file.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.into(),
    }
}

/// The different labels in ascending order, and each label's place among them.
fn rank<T: Ord + Clone + ToString>(labels: Vec<T>) -> (Vec<String>, Vec<u32>) {
    let mut classes = labels.clone();
    classes.sort_unstable();
    classes.dedup();
    let place = |label| classes.partition_point(|class| class < label) as u32;
    let places = labels.iter().map(place).collect();
    (classes.iter().map(T::to_string).collect(), places)
}

/// A field's text without surrounding blanks, and the line where it begins.
struct Field {
    text: String,
    line: usize,
}

/// What is left of the file, and the line where that begins.
struct Records<'a> {
    rest: &'a [u8],
    line: usize,
}

impl Records<'_> {
    /// Reads the next line that is not blank; `false` at the end of the file.
    fn next(&mut self, record: &mut Vec<Field>) -> Result<bool, Refusal> {
        record.clear();
        while self.line_ending() {}
        if self.rest.is_empty() {
            return Ok(false);
        }
        loop {
            let field = self.field(record.len() + 1)?;
            record.push(field);
            if let [b',', rest @ ..] = self.rest {
                self.rest = rest;
            } else if self.line_ending() || self.rest.is_empty() {
                return Ok(true);
            } else {
                return refuse(self.line, record.len(), "text follows the closing quote");
            }
        }
    }

    /// Steps over one line ending, if one is next.
    fn line_ending(&mut self) -> bool {
        let ([b'\r', b'\n', rest @ ..] | [b'\r' | b'\n', rest @ ..]) = self.rest else {
            return false;
        };
        self.rest = rest;
        self.line += 1;
        true
    }

    fn field(&mut self, column: usize) -> Result<Field, Refusal> {
        let line = self.line;
        let bytes = if let [b'"', rest @ ..] = self.rest {
            self.rest = rest;
            match self.quoted() {
                Some(bytes) => bytes,
                None => return refuse(line, column, "the quote is never closed"),
            }
        } else {
            let ends = |b: &u8| matches!(b, b',' | b'\r' | b'\n');
            let end = self.rest.iter().position(ends).unwrap_or(self.rest.len());
            let (bytes, rest) = self.rest.split_at(end);
            self.rest = rest;
            bytes.to_vec()
        };
        match str::from_utf8(&bytes) {
            Ok(text) => Ok(Field { text: text.trim().into(), line }),
            Err(_) => refuse(line, column, "the field is not UTF-8 text"),
        }
    }

    /// Reads past the closing quote; a doubled quote stands for one.
    fn quoted(&mut self) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        loop {
            if self.line_ending() {
                text.push(b'\n');
                continue;
            }
            match self.rest {
                [b'"', b'"', rest @ ..] => {
                    text.push(b'"');
                    self.rest = rest;
                }
                [b'"', rest @ ..] => {
                    self.rest = rest;
                    return Some(text);
                }
                [byte, rest @ ..] => {
                    text.push(*byte);
                    self.rest = rest;
                }
                [] => return None,
            }
        }
    }
}
