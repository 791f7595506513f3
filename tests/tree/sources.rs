//! The sources as files and as words.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::fs;
use std::path::{Path, PathBuf};

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a folder above the tests")
}

/// Files of Rust under a folder of the repository, sorted.
pub(crate) fn files(folder: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.expect("readable folder").path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
                walk(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(&root().join(folder), &mut files);
    files.sort();
    assert!(!files.is_empty(), "{folder} moved");
    files
}

pub(crate) fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Path below the repository.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// The name of a file without its extension; of `mod.rs` that of its folder.
pub(crate) fn stem(path: &Path) -> String {
    let named = if path.ends_with("mod.rs") { path.parent().expect("a folder") } else { path };
    named.file_stem().expect("a name").to_string_lossy().into_owned()
}

/// An identifier or a single sign, and its line.
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// The words of Rust source. Comments are none, and what a string holds is one.
pub(crate) fn words(source: &str) -> Vec<Word> {
    let mut words = Vec::new();
    flatten(source.parse().expect("Rust"), &mut words);
    words
}

fn flatten(tokens: TokenStream, words: &mut Vec<Word>) {
    for token in tokens {
        let line = token.span().start().line;
        let mut push = |text: &str| words.push(Word { text: text.to_owned(), line });
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                push(open);
                flatten(group.stream(), words);
                words.push(Word { text: close.to_owned(), line: group.span_close().start().line });
            }
            other => push(&other.to_string()),
        }
    }
}

/// The lines where these words stand one after the other.
pub(crate) fn places(words: &[Word], sought: &[&str]) -> Vec<usize> {
    let here = |window: &&[Word]| window.iter().zip(sought).all(|(word, text)| word.text == *text);
    words.windows(sought.len()).filter(here).map(|window| window[0].line).collect()
}

#[test]
fn words_are_told_from_comments_and_text() {
    let source = r##"
        //! unsafe in documentation
        /* unsafe /* nested */ unsafe */
        fn f<'a>(x: &'a str) -> char { "unsafe \" unsafe"; r#"unsafe " "#; '\''; '"'; 'u' }
        macro_rules! m { () => { unsafe { x.add(1) } } }
    "##;
    let words = words(source);
    assert_eq!(places(&words, &["unsafe"]), [5]);
    assert_eq!(places(&words, &[".", "add", "("]), [5]);
}
