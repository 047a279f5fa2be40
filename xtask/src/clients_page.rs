//! `cargo xtask clients-page`: what `docs/clients.md` says was checked is what a run of `e2e/` recorded.
//!
//! The record (`e2e/results.json`) is written by `e2e/run.py --record` and compared with every later run; here the page
//! is only made from it, so that the documents can be checked without running a client.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

const PAGE: &str = "docs/clients.md";
const RECORD: &str = "e2e/results.json";
const OPEN: &str = "<!-- made by cargo xtask clients-page from e2e/results.json -->\n";
const CLOSE: &str = "<!-- end -->\n";

/// How a client file's name begins, and who that is; the first that fits counts.
const WHO: &[(&str, &str)] = &[
    ("boto3_", "boto3"),
    ("signatures", "botocore's signer over bare HTTP"),
    ("aws_cli_v2", "AWS CLI 2 (Debian's)"),
    ("aws_cli", "AWS CLI 1"),
    ("pycognito", "pycognito"),
    ("pyjwt", "PyJWT"),
    ("authlib", "Authlib"),
    ("sdk_js", "AWS SDK for JavaScript 3"),
    ("jose", "jose"),
    ("aws_jwt_verify", "aws-jwt-verify"),
    ("sdk_rust", "AWS SDK for Rust"),
    ("identity_js", "amazon-cognito-identity-js"),
    ("amplify_browser", "aws-amplify 6 in Chromium"),
    ("amplify", "aws-amplify 6 in Node"),
    ("access", "[who may do what](access.md), block by block, by AWS CLI 1"),
    ("identity_guide", "[identity pools](identity-pools.md), block by block, by AWS CLI 1"),
    ("terraform_identity", "Terraform's calls for identity pools, by boto3"),
    ("journey", "the README's one command for both pools"),
    ("quickstart", "the [quickstart](quickstart.md), block by block"),
    ("newcomer", "a newcomer with what `cognate dev` prints"),
];

/// What was recorded of one client, its files put together.
#[derive(Debug, PartialEq, Eq)]
struct Client {
    who: String,
    version: String,
    checks: Vec<String>,
}

/// The command: rewrites the page's block from the record.
pub fn run(root: &Path) -> Result<()> {
    let page = read(root, PAGE)?;
    fs::write(root.join(PAGE), with_block(&page, &block(&read(root, RECORD)?)?)?)
        .with_context(|| format!("writing {PAGE}"))
}

/// Fails when the page is not what the record makes.
pub fn check(root: &Path) -> Result<()> {
    let page = read(root, PAGE)?;
    if with_block(&page, &block(&read(root, RECORD)?)?)? != page {
        bail!("{PAGE} is not what {RECORD} makes: run `cargo xtask clients-page`");
    }
    Ok(())
}

fn read(root: &Path, file: &str) -> Result<String> {
    fs::read_to_string(root.join(file)).with_context(|| format!("reading {file}"))
}

fn with_block(page: &str, block: &str) -> Result<String> {
    let (before, rest) = page.split_once(OPEN).with_context(|| format!("{PAGE} has no block to keep"))?;
    let (_, after) = rest.split_once(CLOSE).with_context(|| format!("the block of {PAGE} does not end"))?;
    Ok(format!("{before}{OPEN}{block}{CLOSE}{after}"))
}

fn block(record: &str) -> Result<String> {
    let clients = clients(record)?;
    let sum: usize = clients.iter().map(|client| client.checks.len()).sum();
    let mut out = format!("\n{sum} checks.\n\n| client | version | checks |\n|---|---|---|\n");
    for Client { who, version, checks } in &clients {
        writeln!(out, "| {who} | {version} | {} |", checks.len())?;
    }
    for Client { who, checks, .. } in &clients {
        writeln!(out, "\n### {who}\n")?;
        for title in checks {
            writeln!(out, "- {title}")?;
        }
    }
    out.push('\n');
    Ok(out)
}

fn clients(record: &str) -> Result<Vec<Client>> {
    let record: Value = serde_json::from_str(record).with_context(|| format!("{RECORD} is not JSON"))?;
    let listed =
        record.get("clients").and_then(Value::as_array).with_context(|| format!("{RECORD} lists no clients"))?;
    let mut clients: Vec<Client> = Vec::new();
    for entry in listed {
        let text = |member: &str| entry.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
        let titles = entry.get("checks").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let titles = titles.iter().filter_map(Value::as_str).map(str::to_owned);
        let (who, version) = (who(&text("name")), text("version"));
        match clients.iter_mut().find(|client| client.who == who) {
            Some(client) => client.checks.extend(titles),
            None => clients.push(Client { who, version, checks: titles.collect() }),
        }
    }
    Ok(clients)
}

fn who(name: &str) -> String {
    let known = WHO.iter().find(|(begins, _)| name.starts_with(begins));
    known.map_or_else(|| name.to_owned(), |(_, who)| (*who).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDED: &str = r#"{"clients": [
        {"name": "boto3_pools", "version": "1.2", "checks": ["a pool"]},
        {"name": "aws_cli_v2", "version": "", "checks": ["b", "c"]},
        {"name": "boto3_lists", "version": "1.2", "checks": ["UP-48 a list"]}]}"#;

    #[test]
    fn files_of_one_client_stand_together_and_the_block_is_replaced() {
        let made = block(RECORDED).expect("a record");
        assert!(made.starts_with("\n4 checks.\n"), "{made}");
        assert!(made.contains("| boto3 | 1.2 | 2 |\n| AWS CLI 2 (Debian's) |  | 2 |\n"), "{made}");
        assert!(made.contains("### boto3\n\n- a pool\n- UP-48 a list\n"), "{made}");
        let page = format!("Before.\n{OPEN}old\n{CLOSE}After.\n");
        let page = with_block(&page, &made).expect("a block");
        assert!(page.starts_with("Before.\n") && page.ends_with("After.\n") && !page.contains("old"), "{page}");
        assert_eq!(with_block(&page, &made).expect("a block"), page);
    }

    #[test]
    fn a_record_without_clients_and_a_page_without_a_block_are_refused() {
        assert!(block("{}").is_err() && block("no").is_err());
        assert!(with_block("no block", "x").is_err());
    }
}
