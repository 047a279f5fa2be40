//! What is put around an expression so that each of its mutants waits behind a switch.
//!
//! Operands are evaluated once, in their order, and never written twice: an expression may hold others that are bent too.
//! What the program says unbent comes first, so that a type that does not fit is blamed on the mutant.

use crate::edits::{Mark, Piece, text};
use crate::list::Mutant;

/// The question whether a mutant is switched on.
pub fn asked(number: u32) -> String {
    format!("crate::__bent::on({number})")
}

/// Begins the stretch that belongs to these mutants.
pub fn begin(mutants: &[&Mutant]) -> Vec<Piece> {
    mutants.iter().map(|mutant| Piece::Begin(Mark::Whole(mutant.number))).collect()
}

/// Ends it.
pub fn end(mutants: &[&Mutant]) -> Vec<Piece> {
    mutants.iter().map(|mutant| Piece::End(Mark::Whole(mutant.number))).collect()
}

/// `if !(on(1) || on(2)) { old } else if on(1) { new } else { newer }`.
pub fn choice(old: &str, new: &[(u32, String)]) -> Vec<Piece> {
    let any: Vec<String> = new.iter().map(|(number, _)| asked(*number)).collect();
    let mut pieces = vec![text(format!("if !({}) {{ {old} }}", any.join(" || ")))];
    for (at, (number, new)) in new.iter().enumerate() {
        let head = if at + 1 == any.len() { " else { ".to_owned() } else { format!(" else if {} {{ ", asked(*number)) };
        let mark = Mark::New(*number);
        pieces.extend([text(head), Piece::Begin(mark), text(new), Piece::End(mark), text(" }")]);
    }
    pieces
}

/// What is written before the left operand, instead of the operator, and behind the right operand.
pub struct Around {
    /// Before the left one.
    pub before: Vec<Piece>,
    /// Between them.
    pub between: Vec<Piece>,
    /// Behind the right one.
    pub behind: Vec<Piece>,
}

/// Around `left old right`. `None` for an operator nobody told us about.
pub fn binary(old: &str, mutants: &[&Mutant]) -> Option<Around> {
    let ready = |before: &str, between: &str, inner: Vec<Piece>, behind: &str| {
        let mut around = Around { before: begin(mutants), between: vec![text(between)], behind: Vec::new() };
        around.before.push(text(before));
        around.behind.extend(inner);
        around.behind.push(text(behind));
        around.behind.extend(end(mutants));
        around
    };
    let chosen = |left: &str, right: &str| {
        let said = |operator: &str| format!("{left} {operator} {right}");
        let new: Vec<_> = mutants.iter().map(|mutant| (mutant.number, said(&mutant.replacement))).collect();
        choice(&said(old), &new)
    };
    let with = |head: &str, left: &str, right: &str| {
        let mut pieces = vec![text(head)];
        pieces.extend(chosen(left, right));
        pieces
    };
    Some(match old {
        "&&" | "||" => {
            // `a && b` is a where a is false, and b otherwise; `a || b` asks the other way round.
            let [mutant] = mutants else { return None };
            let turned = match (old, mutant.replacement.as_str()) {
                ("&&", "||") => "==",
                ("||", "&&") => "!=",
                _ => return None,
            };
            let asked = asked(mutant.number);
            let between = format!("); if __l {turned} {asked} {{ __l }} else {{ ");
            ready("({ let __l: bool = (", &between, Vec::new(), " } })")
        }
        "==" | "!=" | "<" | ">" | "<=" | ">=" => {
            ready("(match (&(", "), &(", with(")) { (__l, __r) => ", "*__l", "*__r"), " })")
        }
        assigning if assigning.ends_with('=') => return None,
        _ => ready("(match ((", "), (", with(")) { (__l, __r) => ", "__l", "__r"), " })"),
    })
}

/// Around `place old value`, where the value is found first. The text of the place is moved, so nothing in it is bent.
pub fn assignment(place: &str, old: &str, mutants: &[&Mutant]) -> Around {
    let said = |operator: &str| format!("*__l {operator} __r");
    let new: Vec<_> = mutants.iter().map(|mutant| (mutant.number, said(&mutant.replacement))).collect();
    let mut behind = vec![text(format!(") {{ __r => match &mut ({place}) {{ __l => "))];
    behind.extend(choice(&said(old), &new));
    behind.push(text(" } })"));
    behind.extend(end(mutants));
    let mut before = begin(mutants);
    before.push(text("(match ("));
    Around { before, between: Vec::new(), behind }
}

/// Instead of `!` or `-`, and behind what follows it.
pub fn unary(old: &str, mutant: &Mutant) -> (Vec<Piece>, Vec<Piece>) {
    let mut before = begin(&[mutant]);
    before.push(text("(match ("));
    let mut behind = vec![text(") { __x => ")];
    behind.extend(choice(&format!("{old}__x"), &[(mutant.number, "__x".to_owned())]));
    behind.push(text(" })"));
    behind.extend(end(&[mutant]));
    (before, behind)
}

/// Before the first statement of a function.
pub fn answers(mutants: &[&Mutant]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for mutant in mutants {
        let (whole, new) = (Mark::Whole(mutant.number), Mark::New(mutant.number));
        pieces.extend([Piece::Begin(whole), text(format!("if {} {{ return ", asked(mutant.number)))]);
        pieces.extend([Piece::Begin(new), text(&mutant.replacement), Piece::End(new), text("; } "), Piece::End(whole)]);
    }
    pieces
}

/// Before a guard, and behind it.
pub fn guard(mutants: &[&Mutant]) -> (Vec<Piece>, Vec<Piece>) {
    let mut before = begin(mutants);
    before.push(text("("));
    for mutant in mutants {
        before.push(text(format!("if {} {{ {} }} else ", asked(mutant.number), mutant.replacement)));
    }
    before.push(text("{ "));
    let mut behind = vec![text(" })")];
    behind.extend(end(mutants));
    (before, behind)
}

/// Behind the pattern of an arm that goes away.
pub fn arm(mutant: &Mutant) -> Vec<Piece> {
    let mut pieces = begin(&[mutant]);
    pieces.push(text(format!(" if !{}", asked(mutant.number))));
    pieces.extend(end(&[mutant]));
    pieces
}
