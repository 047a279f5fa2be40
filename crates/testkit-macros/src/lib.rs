//! `#[cognate_test]`: a wire test gets a server of its own, on the database that `COGNATE_TEST_DB` names.
//!
//! Knows: how a test function is written. Never knows: the server; `testkit::run` starts it.
//! To add a kind of test: a function in testkit to run it, an attribute here to name it.

use proc_macro::TokenStream;
use proc_macro2::{TokenStream as Tokens, TokenTree};
use quote::{ToTokens, quote};
use syn::{ItemFn, parse_macro_input};

/// Makes a test of `async fn name(app: App)`.
///
/// A body that calls `race(…)` makes a test named `name::race_rounds`, whose body runs `COGNATE_RACE_ROUNDS` times (3 unless
/// told), each time against a server of its own: one round rarely meets the one bad order. `#[cognate_test(once)]` keeps
/// such a body an ordinary test.
///
/// `#[cognate_test(storages)]` makes two: `name::srp`, and `name::argon2id` against a server that keeps new passwords so.
#[proc_macro_attribute]
pub fn cognate_test(how: TokenStream, item: TokenStream) -> TokenStream {
    let ItemFn { attrs, vis, sig, block } = parse_macro_input!(item as ItemFn);
    let (name, inputs) = (&sig.ident, &sig.inputs);
    if sig.asyncness.is_none() || inputs.len() != 1 {
        let error = syn::Error::new_spanned(&sig, "a wire test is written `async fn name(app: App)`");
        return error.to_compile_error().into();
    }
    if how.to_string() == "storages" {
        return quote! {
            mod #name {
                use super::*;

                #[test]
                #(#attrs)*
                fn srp() {
                    ::testkit::run(concat!(module_path!(), "::srp"), body);
                }

                #[test]
                #(#attrs)*
                fn argon2id() {
                    ::testkit::run_with_argon2id(concat!(module_path!(), "::argon2id"), body);
                }

                async fn body(#inputs) #block
            }
        }
        .into();
    }
    if how.to_string() != "once" && has_race(block.to_token_stream()) {
        return quote! {
            mod #name {
                use super::*;

                #[test]
                #(#attrs)*
                fn race_rounds() {
                    async fn body(#inputs) #block
                    ::testkit::run_race(concat!(module_path!(), "::race_rounds"), body);
                }
            }
        }
        .into();
    }
    quote! {
        #[test]
        #(#attrs)*
        #vis fn #name() {
            async fn body(#inputs) #block
            ::testkit::run(concat!(module_path!(), "::", stringify!(#name)), body);
        }
    }
    .into()
}

/// Whether a call of `race` stands somewhere in it.
fn has_race(body: Tokens) -> bool {
    let trees: Vec<TokenTree> = body.into_iter().collect();
    let called = trees.windows(2).any(|pair| {
        matches!(pair, [TokenTree::Ident(name), TokenTree::Group(arguments)]
            if *name == "race" && arguments.delimiter() == proc_macro2::Delimiter::Parenthesis)
    });
    called || trees.into_iter().any(|tree| matches!(tree, TokenTree::Group(group) if has_race(group.stream())))
}
