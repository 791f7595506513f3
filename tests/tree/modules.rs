//! What a crate's modules import from each other, read by parsing `use` and paths and by
//! following re-exports to the module that has the item.

use super::sources::{files, read, root};
use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use syn::visit::{self, Visit};
use syn::{File, Item, ItemMod, ItemUse, Macro, UseTree, Visibility};

/// Names from the root of the crate.
pub(crate) type Names = Vec<String>;

pub(crate) struct Module {
    pub(crate) file: PathBuf,
    /// What `use` gives other names or other places: name and path from the root.
    aliases: BTreeMap<String, Names>,
    /// Modules that `use` takes everything from.
    globs: Vec<Names>,
    /// What it defines itself or gives on: what a glob finds in it.
    items: BTreeSet<String>,
    /// Paths from the root.
    paths: BTreeSet<Names>,
}

/// The modules of a crate, by their paths; `[]` is its `lib.rs`.
pub(crate) struct Modules(pub(crate) BTreeMap<Names, Module>);

impl Modules {
    /// Those of the crate whose `lib.rs` is in the folder.
    pub(crate) fn of(folder: &str) -> Self {
        let path_of = |file: &PathBuf| {
            let below = file.strip_prefix(root().join(folder)).expect("below the folder");
            let mut names: Names =
                below.with_extension("").iter().map(|n| n.to_string_lossy().into()).collect();
            if names.last().is_some_and(|last| last == "mod" || last == "lib") {
                names.pop();
            }
            names
        };
        let paths: BTreeMap<Names, PathBuf> =
            files(folder).into_iter().map(|file| (path_of(&file), file)).collect();
        let known: BTreeSet<&Names> = paths.keys().collect();
        let module = |(path, file): (&Names, &PathBuf)| {
            let source: File = syn::parse_file(&read(file)).expect("Rust");
            let mut reader = Reader { at: path.clone(), ..Reader::new(&known) };
            reader.visit_file(&source);
            let Reader { aliases, globs, items, paths, .. } = reader;
            (path.clone(), Module { file: file.clone(), aliases, globs, items, paths })
        };
        Self(paths.iter().map(module).collect())
    }

    /// The module that has what a path names: the last module of it, behind re-exports.
    pub(crate) fn home(&self, path: &[String]) -> Names {
        let mut at = 0;
        while at < path.len() {
            let here = path[..at].to_vec();
            if !self.0.contains_key(&path[..=at]) {
                let Some(other) = self.other(&here, &path[at]) else { return here };
                return self.home(&[&other, &path[at + 1..]].concat());
            }
            at += 1;
        }
        path.to_vec()
    }

    /// Another path of what a module has by `use`.
    fn other(&self, here: &Names, name: &String) -> Option<Names> {
        let itself = [here.as_slice(), std::slice::from_ref(name)].concat();
        let module = &self.0[here];
        if let Some(alias) = module.aliases.get(name) {
            return Some(alias.clone()).filter(|alias| *alias != itself);
        }
        let below = |glob: &Names| [glob.as_slice(), std::slice::from_ref(name)].concat();
        let has = |glob: &&Names| {
            let from = self.0.get(*glob);
            from.is_some_and(|from| from.items.contains(name)) || self.0.contains_key(&below(glob))
        };
        module.globs.iter().filter(|_| !module.items.contains(name)).find(has).map(below)
    }

    /// Modules that a module imports from.
    pub(crate) fn imports(&self, module: &Names) -> BTreeSet<Names> {
        self.0[module].paths.iter().map(|path| self.home(path)).collect()
    }
}

struct Reader<'k> {
    known: &'k BTreeSet<&'k Names>,
    /// The module, with those inside its file.
    at: Names,
    aliases: BTreeMap<String, Names>,
    globs: Vec<Names>,
    items: BTreeSet<String>,
    paths: BTreeSet<Names>,
}

impl<'k> Reader<'k> {
    fn new(known: &'k BTreeSet<&'k Names>) -> Self {
        let (at, aliases, globs) = (Names::new(), BTreeMap::new(), Vec::new());
        Self { known, at, aliases, globs, items: BTreeSet::new(), paths: BTreeSet::new() }
    }

    /// From the root, unless it is a path into another crate or to a local name.
    fn absolute(&self, path: &[String]) -> Option<Names> {
        let mut base = self.at.clone();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => (base, rest) = (Names::new(), &path[1..]),
            "self" => rest = &path[1..],
            "super" => {}
            name => {
                base.push(name.to_owned());
                return self.known.contains(&base).then(|| [&self.at, path].concat());
            }
        }
        while let Some((_, after)) = rest.split_first().filter(|(first, _)| *first == "super") {
            base.pop();
            rest = after;
        }
        Some([&base, rest].concat())
    }

    fn add(&mut self, path: &[String]) {
        self.paths.extend(self.absolute(path));
    }

    fn leaves(&mut self, tree: &UseTree, before: &[String]) {
        let (path, name) = match tree {
            UseTree::Path(path) => {
                let before = [before, &[path.ident.to_string()]].concat();
                return self.leaves(&path.tree, &before);
            }
            UseTree::Group(group) => {
                return group.items.iter().for_each(|tree| self.leaves(tree, before));
            }
            UseTree::Glob(_) => {
                self.globs.extend(self.absolute(before));
                (before.to_vec(), None)
            }
            UseTree::Name(name) if name.ident == "self" => {
                (before.to_vec(), before.last().cloned())
            }
            UseTree::Name(name) => {
                let name = name.ident.to_string();
                ([before, std::slice::from_ref(&name)].concat(), Some(name))
            }
            UseTree::Rename(new) => {
                let path = [before, &[new.ident.to_string()]].concat();
                (path, Some(new.rename.to_string()))
            }
        };
        self.add(&path);
        if let (Some(name), Some(path)) = (name, self.absolute(&path)) {
            self.aliases.insert(name, path);
        }
    }

    /// Paths from the root in what a macro writes or is given.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(name) if name == "crate" => {
                    let path = path_of(&tokens[at..]);
                    match tokens.get(at + 3) {
                        // `use crate::{a, b}` in a macro: each is a path of its own.
                        Some(TokenTree::Group(group)) => {
                            let tree = TokenStream::from(TokenTree::Group(group.clone()));
                            let tree: UseTree = syn::parse2(tree).expect("a list of imports");
                            self.leaves(&tree, &path);
                        }
                        _ => self.add(&path),
                    }
                }
                _ => {}
            }
        }
    }
}

/// The names that `::` joins, from the first token on.
fn path_of(tokens: &[TokenTree]) -> Names {
    let mut names = Names::new();
    for part in tokens.chunks(3) {
        let [TokenTree::Ident(name), after @ ..] = part else { break };
        names.push(name.to_string());
        if after.len() < 2 || after.iter().any(|sign| sign.to_string() != ":") {
            break;
        }
    }
    names
}

impl Visit<'_> for Reader<'_> {
    fn visit_item(&mut self, item: &Item) {
        let name = match item {
            Item::Const(item) => Some(&item.ident),
            Item::Enum(item) => Some(&item.ident),
            Item::Fn(item) => Some(&item.sig.ident),
            Item::Macro(item) => item.ident.as_ref(),
            Item::Static(item) => Some(&item.ident),
            Item::Struct(item) => Some(&item.ident),
            Item::Trait(item) => Some(&item.ident),
            Item::Type(item) => Some(&item.ident),
            _ => None,
        };
        self.items.extend(name.map(ToString::to_string));
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, item: &ItemMod) {
        self.at.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.at.pop();
    }

    fn visit_item_use(&mut self, item: &ItemUse) {
        let before: BTreeSet<String> = self.aliases.keys().cloned().collect();
        self.leaves(&item.tree, &[]);
        if !matches!(item.vis, Visibility::Inherited) {
            self.items.extend(self.aliases.keys().filter(|name| !before.contains(*name)).cloned());
        }
    }

    fn visit_path(&mut self, path: &syn::Path) {
        if path.leading_colon.is_none() {
            let names: Names = path.segments.iter().map(|part| part.ident.to_string()).collect();
            if names.len() > 1 {
                self.add(&names);
            }
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &Macro) {
        self.tokens(item.tokens.clone());
        visit::visit_macro(self, item);
    }
}
