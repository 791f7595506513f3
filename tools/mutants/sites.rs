//! Where an error of a few characters can be made, and what it makes of the expression.

use proc_macro2::Span;
use std::ops::Range;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, Lit, Stmt, UnOp};

/// An expression and what the error makes of it.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// Bytes of the file.
    pub(crate) range: Range<usize>,
    pub(crate) line: usize,
    /// What is written in its place.
    pub(crate) wrong: String,
    /// The expression is a statement, which is left out.
    pub(crate) left_out: bool,
}

/// All sites of a file, but for what macros write and what the compiler computes.
pub(crate) fn of(source: &str) -> Vec<Site> {
    let file = syn::parse_file(source).expect("Rust");
    let mut found = Found { source, sites: Vec::new() };
    found.visit_file(&file);
    found.sites
}

struct Found<'s> {
    source: &'s str,
    sites: Vec<Site>,
}

/// Operators, each with the wrong one.
const OPERATORS: [(&str, &str); 22] = [
    ("+", "-"),
    ("-", "+"),
    ("*", "/"),
    ("/", "*"),
    ("%", "/"),
    ("<", "<="),
    ("<=", "<"),
    (">", ">="),
    (">=", ">"),
    ("==", "!="),
    ("!=", "=="),
    ("&&", "||"),
    ("||", "&&"),
    ("&", "|"),
    ("|", "&"),
    ("^", "|"),
    ("<<", ">>"),
    (">>", "<<"),
    ("+=", "-="),
    ("-=", "+="),
    ("*=", "/="),
    ("/=", "*="),
];

/// Methods, each with the wrong one.
const METHODS: [(&str, &str); 18] = [
    ("min", "max"),
    ("max", "min"),
    ("min_or_self", "max_or_self"),
    ("max_or_self", "min_or_self"),
    ("lt", "le"),
    ("le", "lt"),
    ("gt", "ge"),
    ("ge", "gt"),
    ("mul_add", "neg_mul_add"),
    ("neg_mul_add", "mul_add"),
    ("keep_where", "zero_where"),
    ("zero_where", "keep_where"),
    ("any", "all"),
    ("all", "any"),
    ("is_some", "is_none"),
    ("is_none", "is_some"),
    ("saturating_sub", "saturating_add"),
    ("wrapping_add", "wrapping_sub"),
];

impl Found<'_> {
    fn text(&self, span: Span) -> &str {
        &self.source[span.byte_range()]
    }

    fn add(&mut self, span: Span, wrong: String) {
        let (range, line) = (span.byte_range(), span.start().line);
        self.sites.push(Site { range, line, wrong, left_out: false });
    }

    /// The text of `whole` with that of `part` replaced.
    fn with(&self, whole: Span, part: Span, by: &str) -> String {
        let (whole, part) = (whole.byte_range(), part.byte_range());
        let [before, after] =
            [whole.start..part.start, part.end..whole.end].map(|range| &self.source[range]);
        format!("{before}{by}{after}")
    }
}

impl<'a> Visit<'a> for Found<'_> {
    // The compiler computes these, or they have no value.
    fn visit_item_const(&mut self, _: &'a syn::ItemConst) {}
    fn visit_item_static(&mut self, _: &'a syn::ItemStatic) {}
    fn visit_impl_item_const(&mut self, _: &'a syn::ImplItemConst) {}
    fn visit_trait_item_const(&mut self, _: &'a syn::TraitItemConst) {}
    fn visit_attribute(&mut self, _: &'a syn::Attribute) {}
    fn visit_type(&mut self, _: &'a syn::Type) {}
    fn visit_pat(&mut self, _: &'a syn::Pat) {}
    fn visit_generic_argument(&mut self, _: &'a syn::GenericArgument) {}
    fn visit_expr_const(&mut self, _: &'a syn::ExprConst) {}

    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        if item.sig.constness.is_none() {
            visit::visit_item_fn(self, item);
        }
    }
    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        if item.sig.constness.is_none() {
            visit::visit_impl_item_fn(self, item);
        }
    }
    fn visit_expr_repeat(&mut self, repeat: &'a syn::ExprRepeat) {
        self.visit_expr(&repeat.expr);
    }

    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if let Stmt::Expr(expr @ (Expr::MethodCall(_) | Expr::Call(_) | Expr::Assign(_)), Some(_)) =
            stmt
        {
            let (range, line) = (expr.span().byte_range(), expr.span().start().line);
            self.sites.push(Site { range, line, wrong: "()".into(), left_out: true });
        }
        visit::visit_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        let whole = expr.span();
        match expr {
            Expr::Binary(binary) => {
                let text = self.text(binary.op.span()).to_owned();
                let known = OPERATORS.iter().find(|pair| pair.0 == text);
                if let Some((_, wrong)) = known
                    && !matches!(binary.op, BinOp::BitXorAssign(_))
                {
                    self.add(whole, self.with(whole, binary.op.span(), wrong));
                }
            }
            Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_) | UnOp::Not(_)) => {
                self.add(whole, self.text(unary.expr.span()).to_owned());
            }
            Expr::Lit(lit) => match &lit.lit {
                Lit::Int(int) => self.add(whole, format!("{} + 1", int.token())),
                Lit::Float(float) if float.base10_parse::<f64>().is_ok_and(|x| x == 0.0) => {
                    self.add(whole, format!("{} + 1.0", float.token()));
                }
                Lit::Float(float) => self.add(whole, format!("{} * 2.0", float.token())),
                Lit::Bool(bool) => self.add(whole, (!bool.value).to_string()),
                _ => {}
            },
            Expr::MethodCall(call) => {
                let name = call.method.to_string();
                if let Some((_, wrong)) = METHODS.iter().find(|pair| pair.0 == name) {
                    self.add(whole, self.with(whole, call.method.span(), wrong));
                }
                if ["abs", "sqrt", "rev"].contains(&name.as_str()) && call.args.is_empty() {
                    self.add(whole, self.text(call.receiver.span()).to_owned());
                }
            }
            // The branches of a selection, exchanged.
            Expr::Call(call)
                if call.args.len() == 3 && self.text(call.func.span()).ends_with("select") =>
            {
                let texts: Vec<_> = call.args.iter().map(|arg| self.text(arg.span())).collect();
                let func = self.text(call.func.span());
                let wrong = format!("{func}({}, {}, {})", texts[0], texts[2], texts[1]);
                self.add(whole, wrong);
            }
            Expr::If(condition) if !matches!(*condition.cond, Expr::Let(_)) => {
                let span = condition.cond.span();
                if !self.text(span).contains("let ") {
                    self.add(span, format!("!({})", self.text(span)));
                }
            }
            _ => {}
        }
        visit::visit_expr(self, expr);
    }
}
