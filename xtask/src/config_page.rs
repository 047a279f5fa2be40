//! `cargo xtask config-page`: the reference of configuration keys in the documents is what `cognate config` prints.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

const PAGE: &str = "docs/operating/configuration.md";
const OPEN: &str = "```toml\n";
const CLOSE: &str = "```\n";

/// The command: rewrites the page's block from the program built from this tree.
pub fn run(root: &Path) -> Result<()> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--package", "server", "--bin", "cognate", "--", "config"]).current_dir(root);
    let path = root.join(PAGE);
    let page = fs::read_to_string(&path).with_context(|| format!("reading {PAGE}"))?;
    fs::write(&path, with_block(&page, &said(cargo)?)?).with_context(|| format!("writing {PAGE}"))
}

/// Fails when the page is not what this program prints.
pub fn check(root: &Path, cognate: &Path) -> Result<()> {
    let mut command = Command::new(cognate);
    command.arg("config").current_dir(root);
    let page = fs::read_to_string(root.join(PAGE)).with_context(|| format!("reading {PAGE}"))?;
    if with_block(&page, &said(command)?)? != page {
        bail!("{PAGE} is not what `cognate config` prints: run `cargo xtask config-page`");
    }
    Ok(())
}

fn said(mut command: Command) -> Result<String> {
    let output = command.output().context("running cognate config")?;
    if !output.status.success() {
        bail!("cognate config: {}", String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8(output.stdout).context("its words")
}

fn with_block(page: &str, block: &str) -> Result<String> {
    let (before, rest) = page.split_once(OPEN).with_context(|| format!("{PAGE} has no block to keep"))?;
    let (_, after) = rest.split_once(CLOSE).with_context(|| format!("the block of {PAGE} does not end"))?;
    Ok(format!("{before}{OPEN}{}\n{CLOSE}{after}", block.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_is_replaced_and_the_rest_stays() {
        let page = with_block("Before.\n```toml\nold = 1\n```\nAfter.\n", "new = 2\n").expect("a block");
        assert_eq!(page, "Before.\n```toml\nnew = 2\n```\nAfter.\n");
        assert_eq!(with_block(&page, "new = 2").expect("a block"), page);
        assert!(with_block("no block", "x").is_err());
    }
}
