//! `#[cognate_test]`: a wire test gets a server of its own, on the database that `COGNATE_TEST_DB` names.
//!
//! Knows: how a test function is written. Never knows: the server; `testkit::run` starts it.
//! To add a kind of test: a function in testkit to run it, an attribute here to name it.

use proc_macro::TokenStream;
use quote::quote;
use syn::{ItemFn, parse_macro_input};

/// Makes a test of `async fn name(app: App)`.
#[proc_macro_attribute]
pub fn cognate_test(_: TokenStream, item: TokenStream) -> TokenStream {
    let ItemFn { attrs, vis, sig, block } = parse_macro_input!(item as ItemFn);
    let (name, inputs) = (&sig.ident, &sig.inputs);
    if sig.asyncness.is_none() || inputs.len() != 1 {
        let error = syn::Error::new_spanned(&sig, "a wire test is written `async fn name(app: App)`");
        return error.to_compile_error().into();
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
