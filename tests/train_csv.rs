//! The reader of CSV files in `examples/train`.

#[path = "../examples/train/csv.rs"]
pub(crate) mod csv;

use csv::Table;
use proptest::prelude::*;
use std::path::Path;

fn parse(file: &str, bytes: &[u8]) -> Result<Table, csv::Error> {
    csv::parse(file, bytes, &mut |_| ())
}

const PLAIN: &str = "x,y,kind\n1,-2.5,b\n3e2,4,a\n5,6,b\n.5,+8,a\n9,10,a\n11,12,b\n";

fn plain() -> Table {
    parse("plain.csv", PLAIN.as_bytes()).unwrap()
}

/// Line and column of the refusal, which must say `what`.
#[track_caller]
fn refused(bytes: impl AsRef<[u8]>, what: &str) -> (usize, usize) {
    let error = parse("some.csv", bytes.as_ref()).unwrap_err();
    let text = error.to_string();
    let (line, column) = error.place.unwrap();
    assert!(text.contains(what), "{text}");
    assert!(text.starts_with(&format!("some.csv: line {line}, column {column}")), "{text}");
    (line, column)
}

#[test]
fn a_table_is_read() {
    let table = plain();
    assert_eq!(table.names, ["x", "y"]);
    assert_eq!(table.classes, ["a", "b"]);
    assert_eq!(table.labels, [1, 0, 1, 0, 0, 1]);
    assert_eq!(table.features, [1.0, -2.5, 300.0, 4.0, 5.0, 6.0, 0.5, 8.0, 9.0, 10.0, 11.0, 12.0]);
}

/// Each row is heard, the last one with all that there is.
#[test]
fn the_share_that_is_read_is_told() {
    let mut heard = Vec::new();
    csv::parse("", PLAIN.as_bytes(), &mut |share| heard.push(share)).unwrap();
    assert_eq!(heard.len(), 6);
    assert!(heard.is_sorted() && heard[0] > 0.0 && heard[5] > 0.95 && heard[5] <= 1.0);
}

#[test]
fn line_endings_quotes_and_blanks_do_not_matter() {
    let same = [
        PLAIN.trim_end().to_owned(),
        PLAIN.replace('\n', "\r\n"),
        PLAIN.replace('\n', "\r"),
        PLAIN.replace('\n', "\n\n"),
        format!("\u{feff}{PLAIN}"),
        format!("\n{PLAIN}\r\n\r\n"),
        PLAIN.replace(',', " ,\t"),
        PLAIN
            .replace(',', "\",\"")
            .replace('\n', "\"\n\"")
            .trim_end_matches('"')
            .replacen("x\"", "\"x\"", 1),
    ];
    for text in same {
        assert_eq!(parse("", text.as_bytes()), Ok(plain()), "{text:?}");
    }
}

#[test]
fn a_quoted_label_may_hold_anything() {
    let text = "x,kind\r\n1,\"a, \"\"b\"\"\r\nc\"\r\n2,\"\u{e9}\"\n3,\u{e9}\n4,\u{e9}\n5,\u{e9}\n6,\"\u{e9}\"";
    let table = parse("", text.as_bytes()).unwrap();
    assert_eq!(table.classes, ["a, \"b\"\nc", "\u{e9}"]);
    assert_eq!(table.labels, [0, 1, 1, 1, 1, 1]);
}

#[test]
fn integers_sort_by_value_and_words_by_text() {
    let classes = |labels: [&str; 3]| {
        let rows: String =
            labels.iter().flat_map(|l| [l, l, l]).map(|l| format!("1,{l}\n")).collect();
        let table = parse("", format!("x,label\n{rows}").as_bytes()).unwrap();
        (table.classes.join(" "), table.labels)
    };
    assert_eq!(classes(["10", "9", "-1"]), ("-1 9 10".into(), vec![2, 2, 2, 1, 1, 1, 0, 0, 0]));
    assert_eq!(classes(["7", "07", "8"]), ("7 8".into(), vec![0, 0, 0, 0, 0, 0, 1, 1, 1]));
    assert_eq!(classes(["10", "9", "x"]), ("10 9 x".into(), vec![0, 0, 0, 1, 1, 1, 2, 2, 2]));
}

#[test]
fn refusals_name_line_and_column() {
    let bad = |from: &str, to: &str| PLAIN.replacen(from, to, 1);
    assert_eq!(refused(bad("3e2", "3,2"), "the row has 4 fields, the header has 3"), (3, 4));
    assert_eq!(refused(bad("3e2,", ""), "(kind): the row has 2 fields, the header has 3"), (3, 3));
    assert_eq!(refused(bad("6,b", "6,b,"), "the row has 4 fields"), (4, 4));
    assert_eq!(refused(bad("+8", "8,a"), "the row has 4 fields"), (5, 4));
    assert_eq!(refused(bad("6", "six"), "(y): `six` is not a number"), (4, 2));
    assert_eq!(refused(bad("6", "0x6"), "`0x6` is not a number"), (4, 2));
    assert_eq!(refused(bad("9", " "), "(x): the field is empty"), (6, 1));
    assert_eq!(refused(bad("12,b", "12, "), "(kind): the label is empty"), (7, 3));
    for text in ["nan", "-inf", "1e999", "Infinity"] {
        let what = format!("(x): `{text}` is not a finite number");
        assert_eq!(refused(bad("5,6", &format!("{text},6")), &what), (4, 1));
    }
    assert_eq!(refused(bad("10,a", "10,\"a"), "the quote is never closed"), (6, 3));
    assert_eq!(refused(bad("10,a", "\"10\"0,a"), "text follows the closing quote"), (6, 2));
    let crlf = bad("12", "twelve").replace('\n', "\r\n");
    assert_eq!(refused(crlf, "`twelve` is not a number"), (7, 2));
    let after_long_field = bad("b", "\"b\n\nb\"").replacen("6", "six", 1);
    assert_eq!(refused(after_long_field, "`six`"), (6, 2));
    let not_text = PLAIN.bytes().map(|b| if b == b'b' { 0xff } else { b }).collect::<Vec<_>>();
    assert_eq!(refused(not_text, "not UTF-8"), (2, 3));
    assert_eq!(refused(bad("6", &"6x".repeat(1000)), "6x..."), (4, 2));
}

#[test]
fn files_that_are_no_table_are_refused() {
    for empty in ["", "\n", "\r\n\r\n", "\u{feff}"] {
        assert_eq!(refused(empty, "the file is empty"), (1, 1));
    }
    assert_eq!(refused("x,kind\n", "no rows follow"), (2, 1));
    assert_eq!(refused("x,kind", "no rows follow"), (1, 1));
    assert_eq!(refused("kind\na\nb\n", "one column only"), (1, 1));
    assert_eq!(refused("x;kind\n1;a\n", "separated by commas"), (1, 1));
    assert_eq!(refused("1,2\n3,4\n", "a header line with names is expected"), (1, 1));
    assert_eq!(refused("5.1,3.5,setosa\n", "a header line with names is expected"), (1, 1));
    assert_eq!(refused(b"\xff\xfex\0,\0k\0", "UTF-16"), (1, 1));
    assert_eq!(refused("x,kind\n\n1,a\n2,a\n", "all 2 rows have the label `a`"), (3, 2));
    assert_eq!(
        refused("x,y\n1,1.5\n2,2.5\n3,3.5\n4,1.5\n", "3 different labels in 4 rows"),
        (2, 2)
    );
    let missing = csv::read(Path::new("no/such.csv"), &mut |_| ()).unwrap_err();
    assert_eq!(missing.place, None);
    assert!(missing.to_string().starts_with("no/such.csv: cannot be read: "), "{missing}");
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(pieces in prop::collection::vec(prop::sample::select(&[
        ",", "\"", "\n", "\r", "a", "1", "\u{feff}", "1,b\n", "x,y\n",
    ][..]), 0..40), cut: prop::sample::Index) {
        let mut bytes = pieces.concat().into_bytes();
        if !bytes.is_empty() {
            bytes.truncate(cut.index(bytes.len())); // perhaps within a character
        }
        let _ = parse("", &bytes);
    }

    #[test]
    fn numbers_come_back_to_the_bit(x in prop::collection::vec(prop::num::f64::ANY, 6..30)) {
        let x: Vec<f64> = x.into_iter().filter(|x| x.is_finite()).collect();
        prop_assume!(x.len() >= 6);
        let rows: String = (0..).zip(&x).map(|(i, x)| format!("{x:e},{}\n", i % 2)).collect();
        let table = parse("", format!("x,label\n{rows}").as_bytes()).unwrap();
        prop_assert!(table.features.iter().zip(&x).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
}
