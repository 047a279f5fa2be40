//! The one door for every chore of the repository.
//!
//! Knows: which word starts which chore. Never knows: how a chore is done; each is a module of its own.
//! To add a chore: a module, and a line in `run`.

#![allow(clippy::print_stdout, reason = "a chore talks to the person who called it")]

mod audit;
mod bench;
mod clients_page;
mod codegen;
mod config_page;
mod contract;
mod contract_diff;
mod coverage;
mod facts;
mod gate;
mod machine;
mod new_op;
mod stopwatch;
mod tidy;
mod timings;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask
  test [--deep] [--list] [stage …]
  tidy [--tighten]
  audit
  timings
  clients-page
  config-page
  bench [--million] [--users N,N] [--seconds S] [--rounds N] [--only NAME]
  contract PATH_TO_BOTOCORE
  contract-diff PATH_TO_BOTOCORE [--check]
  codegen [--check]
  new-op NAME [NOUN]
  coverage [--issue NAME]";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> anyhow::Result<()> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test", rest @ ..] => gate::run(&root(), rest),
        ["tidy", rest @ ..] => tidy::run(&root(), rest),
        ["bench", rest @ ..] => bench::run(&root(), rest),
        ["clients-page"] => clients_page::run(&root()),
        ["config-page"] => config_page::run(&root()),
        ["timings"] => timings::run(&root()),
        ["audit"] => audit::run(&root()),
        ["contract", rest @ ..] => contract::run(rest),
        ["contract-diff", rest @ ..] => contract_diff::run(rest),
        ["codegen", rest @ ..] => codegen::run(rest),
        ["new-op", rest @ ..] => new_op::run(rest),
        ["coverage", rest @ ..] => coverage::run(rest),
        _ => anyhow::bail!("{USAGE}"),
    }
}

/// The repository's top directory.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}
