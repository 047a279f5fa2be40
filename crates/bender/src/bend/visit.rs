//! The walk through a source, place by place.

use std::ops::Range;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{BinOp, Block, Expr, ExprBinary, ReturnType, Signature, Type};

use super::Bender;
use crate::edits::{Mark, Piece, text};
use crate::list::Genre;
use crate::wrap;

impl Bender<'_> {
    fn range(&self, span: Span) -> Range<usize> {
        self.lines.range(span)
    }

    /// A function: the answers it may give instead, and its `const`.
    fn function(&mut self, whole: Span, sig: &Signature, block: &Block, walk: impl FnOnce(&mut Self)) {
        let whole = self.range(whole);
        self.edits.open(whole.start, vec![Piece::Begin(Mark::Function)]);
        let held = self.within(&whole);
        if let Some(word) = &sig.constness
            && !held.is_empty()
        {
            let word = self.range(word.span());
            self.edits.cut(word);
            self.unconst.push((sig.ident.to_string(), held));
        }
        self.in_motion(|bender| {
            if let (Some(first), Some(last)) = (block.stmts.first(), block.stmts.last())
                && answers_plainly(&sig.output)
            {
                let body = bender.range(first.span()).start..bender.range(last.span()).end;
                let mutants = bender.take(&body, Genre::FnValue);
                bender.edits.open(body.start, wrap::answers(&mutants));
                bender.took(&mutants);
            }
            walk(bender);
        });
        self.edits.close(whole.end, vec![Piece::End(Mark::Function)]);
    }

    /// `left op right`; whether the operands are still to be walked through.
    fn operator(&mut self, binary: &ExprBinary) -> Walk {
        let operator = self.range(binary.op.span());
        let mutants = self.take(&operator, Genre::BinaryOperator);
        if mutants.is_empty() {
            return Walk::Both;
        }
        if matches!(binary.op, BinOp::And(_)) && (binds(&binary.left) || binds(&binary.right)) {
            self.hopeless.extend(mutants.iter().map(|mutant| mutant.number));
            return Walk::Both;
        }
        let old = self.said(operator.clone());
        let (left, right) = (self.range(binary.left.span()), self.range(binary.right.span()));
        let (around, walk, start) = match wrap::binary(old, &mutants) {
            Some(around) => (around, Walk::Both, left.start),
            None if assigns(&binary.op) => {
                self.edits.cut(left.start..right.start);
                (wrap::assignment(self.said(left), old, &mutants), Walk::Right, right.start)
            }
            None => return Walk::Both,
        };
        self.edits.open(start, around.before);
        if matches!(walk, Walk::Both) {
            self.edits.cut(operator.clone());
            self.edits.open(operator.start, around.between);
        }
        self.edits.close(right.end, around.behind);
        self.took(&mutants);
        walk
    }
}

/// Which operands are walked through.
enum Walk {
    Both,
    Right,
}

/// Whether a `return` of a value is all it takes: a function that hides its type would have to hide two.
fn answers_plainly(output: &ReturnType) -> bool {
    struct Hidden(bool);
    impl Visit<'_> for Hidden {
        fn visit_type_impl_trait(&mut self, _: &syn::TypeImplTrait) {
            self.0 = true;
        }
    }
    let ReturnType::Type(_, output) = output else { return true };
    let mut hidden = Hidden(false);
    hidden.visit_type(output);
    !hidden.0 && !matches!(**output, Type::Never(_))
}

/// Whether a `let` stands in this chain of `&&`.
fn binds(expr: &Expr) -> bool {
    match expr {
        Expr::Let(_) => true,
        Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) => binds(&binary.left) || binds(&binary.right),
        _ => false,
    }
}

fn assigns(operator: &BinOp) -> bool {
    use BinOp::*;
    matches!(
        operator,
        AddAssign(_)
            | SubAssign(_)
            | MulAssign(_)
            | DivAssign(_)
            | RemAssign(_)
            | BitXorAssign(_)
            | BitAndAssign(_)
            | BitOrAssign(_)
            | ShlAssign(_)
            | ShrAssign(_)
    )
}

impl<'ast> Visit<'ast> for Bender<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(item.span(), &item.sig, &item.block, |bender| visit::visit_item_fn(bender, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(item.span(), &item.sig, &item.block, |bender| visit::visit_impl_item_fn(bender, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(item.span(), &item.sig, block, |bender| visit::visit_trait_item_fn(bender, item));
        }
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.in_motion(|bender| visit::visit_expr_closure(bender, closure));
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.in_stillness(|bender| visit::visit_item_const(bender, item));
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.in_stillness(|bender| visit::visit_item_static(bender, item));
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        self.in_stillness(|bender| visit::visit_impl_item_const(bender, item));
    }

    fn visit_trait_item_const(&mut self, item: &'ast syn::TraitItemConst) {
        self.in_stillness(|bender| visit::visit_trait_item_const(bender, item));
    }

    fn visit_expr_const(&mut self, expr: &'ast syn::ExprConst) {
        self.in_stillness(|bender| visit::visit_expr_const(bender, expr));
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        self.in_stillness(|bender| visit::visit_variant(bender, variant));
    }

    fn visit_type(&mut self, of: &'ast Type) {
        self.in_stillness(|bender| visit::visit_type(bender, of));
    }

    fn visit_generic_argument(&mut self, argument: &'ast syn::GenericArgument) {
        self.in_stillness(|bender| visit::visit_generic_argument(bender, argument));
    }

    fn visit_pat(&mut self, pattern: &'ast syn::Pat) {
        self.in_stillness(|bender| visit::visit_pat(bender, pattern));
    }

    fn visit_expr_repeat(&mut self, repeat: &'ast syn::ExprRepeat) {
        self.visit_expr(&repeat.expr);
        self.in_stillness(|bender| bender.visit_expr(&repeat.len));
    }

    fn visit_expr_binary(&mut self, binary: &'ast ExprBinary) {
        if let Walk::Both = self.operator(binary) {
            self.visit_expr(&binary.left);
        }
        self.visit_expr(&binary.right);
    }

    fn visit_expr_unary(&mut self, unary: &'ast syn::ExprUnary) {
        let operator = self.range(unary.op.span());
        if let [mutant] = self.take(&operator, Genre::UnaryOperator).as_slice() {
            let (before, behind) = wrap::unary(self.said(operator.clone()), mutant);
            self.edits.open(operator.start, before);
            self.edits.cut(operator);
            let end = self.range(unary.expr.span()).end;
            self.edits.close(end, behind);
            self.took(&[*mutant]);
        }
        visit::visit_expr_unary(self, unary);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        let whole = self.range(arm.span());
        if let [mutant] = self.take(&whole, Genre::MatchArm).as_slice() {
            let end = self.range(arm.pat.span()).end;
            self.edits.close(end, wrap::arm(mutant));
            self.took(&[*mutant]);
        }
        if let Some((_, guard)) = &arm.guard
            && !binds(guard)
        {
            let range = self.range(guard.span());
            let mutants = self.take(&range, Genre::MatchArmGuard);
            if !mutants.is_empty() {
                let (before, behind) = wrap::guard(&mutants);
                self.edits.open(range.start, before);
                self.edits.close(range.end, behind);
                self.took(&mutants);
            }
        }
        visit::visit_arm(self, arm);
    }

    fn visit_expr_struct(&mut self, made: &'ast syn::ExprStruct) {
        let Some(base) = self.fields(made) else { return visit::visit_expr_struct(self, made) };
        // The text of the base was moved: nothing in it is bent.
        made.fields.iter().filter(|field| field.colon_token.is_some()).for_each(|field| self.visit_expr(&field.expr));
        self.edits.cut(base.clone());
        self.edits.open(base.start, vec![text("__b")]);
    }
}

impl Bender<'_> {
    /// Fields that may go away in favour of the base: where that stands, when something was done.
    fn fields(&mut self, made: &syn::ExprStruct) -> Option<Range<usize>> {
        let base = self.range(made.rest.as_ref()?.span());
        let mut found = Vec::new();
        for pair in made.fields.pairs() {
            let field = pair.value();
            let range = self.range(field.span());
            let with_comma = range.start..pair.punct().map_or(range.end, |comma| self.range(comma.span()).end);
            if let [mutant] = self.take(&with_comma, Genre::StructField).as_slice() {
                found.push((*field, range, *mutant));
            }
        }
        let mutants: Vec<_> = found.iter().map(|(_, _, mutant)| *mutant).collect();
        self.took(&mutants);
        (!mutants.is_empty()).then_some(())?;
        let (whole, path) = (self.range(made.span()), self.said(self.range(made.path.span())));
        let mut before = wrap::begin(&mutants);
        before.push(text(format!("(match {{ let __b: {path} = ({}); __b }} {{ __b => ", self.said(base.clone()))));
        let mut behind = vec![text(" })")];
        behind.extend(wrap::end(&mutants));
        self.edits.open(whole.start, before);
        self.edits.close(whole.end, behind);
        for (field, range, mutant) in found {
            let syn::Member::Named(name) = &field.member else { continue };
            let named = if field.colon_token.is_some() { String::new() } else { format!("{name}: ") };
            let new = Mark::New(mutant.number);
            let value = self.range(field.expr.span());
            self.edits.open(value.start, vec![text(format!("{named}(if !{} {{ ", wrap::asked(mutant.number)))]);
            let otherwise = format!("__b.{name}");
            let behind = vec![text(" } else { "), Piece::Begin(new), text(otherwise), Piece::End(new), text(" })")];
            self.edits.close(range.end, behind);
        }
        Some(base)
    }
}
