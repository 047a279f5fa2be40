//! `cargo xtask codegen [--check]`: turns `contract/*.json` and the operation files present into committed Rust.

mod authorisation;
mod errors;
mod exam;
pub(crate) mod names;
mod operations;
pub(crate) mod output;
mod patterns;
pub(crate) mod served;
mod service;
mod settings;
mod shapes;
mod types;

use anyhow::bail;
use output::Files;

/// Writes what differs, or with `--check` only says so and fails.
pub(crate) fn run(args: &[&str]) -> anyhow::Result<()> {
    let check = match args {
        [] => false,
        ["--check"] => true,
        _ => bail!("usage: cargo xtask codegen [--check]"),
    };
    let mut files = Files::default();
    let root = crate::root();
    service::write_all(&mut files)?;
    served::write_all(&root, &mut files)?;
    exam::write_all(&root, &mut files);
    let stale = files.settle(&root, check)?;
    match (check, stale.as_slice()) {
        (_, []) => println!("generated code is up to date"),
        (false, stale) => println!("{} generated files written", stale.len()),
        (true, stale) => bail!("generated code is stale, run `cargo xtask codegen`:\n  {}", stale.join("\n  ")),
    }
    Ok(())
}
