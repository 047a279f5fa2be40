use super::*;
use crate::edits::Mark;

/// A mutant that replaces the first `what` of the source.
fn mutant(number: u32, source: &str, what: &str, genre: Genre, replacement: &str) -> Mutant {
    let at = source.find(what).expect("it stands there");
    let place = |at: usize| {
        let before = source.get(..at).expect("a boundary");
        let line = before.matches('\n').count() + 1;
        (line, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)
    };
    Mutant {
        number,
        name: format!("{what} with {replacement}"),
        file: "a.rs".into(),
        function: "f".into(),
        genre,
        start: place(at),
        end: place(at + what.len()),
        replacement: replacement.into(),
    }
}

/// The bent source, which syn reads again.
fn bent(source: &str, mutants: &[Mutant]) -> Bent {
    let bent = bend(source, &mutants.iter().collect::<Vec<_>>()).expect("it reads");
    syn::parse_file(&bent.text).unwrap_or_else(|error| panic!("{error}: {}", bent.text));
    bent
}

#[test]
fn a_function_answers_something_else_before_its_first_statement() {
    let source = "async fn f(a: u8) -> Result<u8, E> {\n    // ä\n    let b = a;\n    Ok(b)\n}";
    let body = "let b = a;\n    Ok(b)";
    let all = [mutant(1, source, body, Genre::FnValue, "Ok(0)"), mutant(2, source, body, Genre::FnValue, "Ok(1)")];
    let bent = bent(source, &all);
    let put = "if crate::__bent::on(1) { return Ok(0); } if crate::__bent::on(2) { return Ok(1); } let b = a;";
    assert!(bent.text.contains(put), "{}", bent.text);
    let new = bent.placed.iter().find(|placed| placed.mark == Mark::New(2)).expect("told where");
    assert_eq!(bent.text.get(new.range.clone()), Some("Ok(1)"));
}

#[test]
fn a_function_that_hides_its_type_or_never_returns_is_left_alone() {
    for source in ["fn f() -> Box<impl Iterator> { g() }", "fn f() -> ! { g() }"] {
        assert!(bent(source, &[mutant(1, source, "g()", Genre::FnValue, "h()")]).taken.is_empty());
    }
}

#[test]
fn a_comparison_borrows_its_operands_and_says_what_it_said_first() {
    let source = "fn f(a: &T) -> bool { a.b < a.c }";
    let all = ["==", ">", "<="].into_iter().zip(1..);
    let all: Vec<Mutant> = all.map(|(new, n)| mutant(n, source, "<", Genre::BinaryOperator, new)).collect();
    let bent = bent(source, &all);
    assert_eq!(
        bent.text,
        "fn f(a: &T) -> bool { (match (&(a.b ), &( a.c)) { (__l, __r) => \
         if !(crate::__bent::on(1) || crate::__bent::on(2) || crate::__bent::on(3)) { *__l < *__r } \
         else if crate::__bent::on(1) { *__l == *__r } else if crate::__bent::on(2) { *__l > *__r } \
         else { *__l <= *__r } }) }"
    );
    assert_eq!(bent.taken, BTreeSet::from([1, 2, 3]));
}

#[test]
fn a_chain_asks_its_right_side_only_when_it_must() {
    let source = "fn f(a: bool) -> bool { a && b() || c()? }";
    let and = mutant(1, source, "&&", Genre::BinaryOperator, "||");
    let or = mutant(2, source, "||", Genre::BinaryOperator, "&&");
    let text = bent(source, &[and, or]).text;
    assert_eq!(
        text,
        "fn f(a: bool) -> bool { ({ let __l: bool = (({ let __l: bool = (a ); \
         if __l == crate::__bent::on(1) { __l } else {  b() } }) ); \
         if __l != crate::__bent::on(2) { __l } else {  c()? } }) }"
    );
}

#[test]
fn no_or_stands_beside_a_let() {
    let source = "fn f(a: Option<u8>) -> bool { if let Some(b) = a && b == 1 { return true } false }";
    let and = mutant(1, source, "&&", Genre::BinaryOperator, "||");
    let equal = mutant(2, source, "==", Genre::BinaryOperator, "!=");
    let bent = bent(source, &[and, equal]);
    assert_eq!((bent.hopeless, bent.taken), (BTreeSet::from([1]), BTreeSet::from([2])));
}

#[test]
fn operands_of_arithmetic_stand_there_once() {
    let source = "fn f(a: u8) -> u8 { g(a + 1) * 2 }";
    let all = [
        mutant(1, source, "+", Genre::BinaryOperator, "-"),
        mutant(2, source, "*", Genre::BinaryOperator, "+"),
        mutant(3, source, "*", Genre::BinaryOperator, "/"),
    ];
    let text = bent(source, &all).text;
    assert_eq!(text.matches("g(").count(), 1, "{text}");
    assert!(text.contains("{ __l * __r } else if crate::__bent::on(2) { __l + __r } else { __l / __r }"), "{text}");
}

#[test]
fn an_assignment_finds_its_value_first() {
    let source = "fn f(a: &mut [u8]) { a[0] += g(); }";
    let text = bent(source, &[mutant(1, source, "+=", Genre::BinaryOperator, "-=")]).text;
    let put = "(match (g()) { __r => match &mut (a[0]) { __l => if !(crate::__bent::on(1)) { *__l += __r } \
               else { *__l -= __r } } });";
    assert!(text.contains(put), "{text}");
}

#[test]
fn a_sign_goes_away() {
    let source = "fn f(a: bool) -> bool { !a.is() }";
    let text = bent(source, &[mutant(1, source, "!", Genre::UnaryOperator, "")]).text;
    let put = "(match (a.is()) { __x => if !(crate::__bent::on(1)) { !__x } else { __x } })";
    assert!(text.contains(put), "{text}");
}

#[test]
fn guards_turn_true_or_false_and_arms_go_away() {
    let source = "fn f(a: u8) -> u8 { match a { 1 if g() => 2, 3 | 4 => 5, _ => 6 } }";
    let all = [
        mutant(1, source, "g()", Genre::MatchArmGuard, "true"),
        mutant(2, source, "g()", Genre::MatchArmGuard, "false"),
        mutant(3, source, "3 | 4 => 5,", Genre::MatchArm, ""),
    ];
    let text = bent(source, &all).text;
    let guard = "1 if (if crate::__bent::on(1) { true } else if crate::__bent::on(2) { false } else { g() }) => 2";
    assert!(text.contains(guard), "{text}");
    assert!(text.contains("3 | 4 if !crate::__bent::on(3) => 5,"), "{text}");
}

#[test]
fn a_field_may_come_from_the_base() {
    let source = "fn f(a: u8) -> S { S { a, b: g(), ..h() } }";
    let all = [mutant(1, source, "a, ", Genre::StructField, ""), mutant(2, source, "b: g(),", Genre::StructField, "")];
    let mut all = all.to_vec();
    all[0].end.1 -= 1; // the comma, not the space
    let text = bent(source, &all).text;
    let put = "(match { let __b: S = (h()); __b } { __b => \
               S { a: (if !crate::__bent::on(1) { a } else { __b.a }), \
               b: (if !crate::__bent::on(2) { g() } else { __b.b }), ..__b } })";
    assert!(text.contains(put), "{text}");
}

#[test]
fn what_the_compiler_computes_is_left_alone() {
    for source in [
        "const A: u8 = 1 + 2;",
        "static A: u8 = 1 + 2;",
        "fn f() -> [u8; 1 + 2] { g() }",
        "fn f() { g([0; 1 + 2]) }",
        "enum A { B = 1 + 2 }",
        "fn f() { h!(1 + 2) }",
    ] {
        let bent = bent(source, &[mutant(1, source, "+", Genre::BinaryOperator, "-")]);
        assert!(bent.taken.is_empty(), "{}", bent.text);
        assert_eq!(bent.text, source);
    }
    let lazy = "static A: L<u8> = L::new(|| 1 + 2);";
    assert_eq!(bent(lazy, &[mutant(1, lazy, "+", Genre::BinaryOperator, "-")]).taken.len(), 1);
}

#[test]
fn a_const_function_with_a_mutant_is_const_no_more() {
    let source = "pub const fn f(a: u8) -> u8 { a + 1 }\nconst fn g() -> u8 { 2 }";
    let bent = bent(source, &[mutant(1, source, "+", Genre::BinaryOperator, "-")]);
    assert!(bent.text.starts_with("pub  fn f(a: u8)"), "{}", bent.text);
    assert!(bent.text.contains("const fn g()"));
    assert_eq!(bent.unconst, [("f".to_owned(), vec![1])]);
}
