//! The floor of the supply-chain check: licences, banned crates and sources, read from `cargo tree` alone, so that it runs
//! on every machine. The rules are those of `deny.toml`, which cargo-deny reads too.
//!
//! Not `cargo metadata`: its graph mixes the features of all platforms and shows crates no build of ours contains.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// A crate of the graph.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Package {
    name: String,
    version: String,
    license: String,
    /// Where it comes from, when that is not crates.io or this workspace.
    foreign: Option<String>,
}

/// What `deny.toml` says, as far as this check reads it.
struct Rules {
    targets: Vec<String>,
    allowed: BTreeSet<String>,
    banned: BTreeMap<String, String>,
    single: BTreeSet<String>,
}

/// The command: prints what is wrong and fails when that is anything.
pub fn run(root: &Path) -> Result<()> {
    let rules = Rules::read(root)?;
    let mut wrong = BTreeSet::new();
    let mut seen = 0;
    for target in &rules.targets {
        let packages = packages(root, target)?;
        seen = seen.max(packages.len());
        wrong.extend(check(&rules, &packages));
    }
    for line in &wrong {
        eprintln!("audit: {line}");
    }
    if !wrong.is_empty() {
        bail!("audit: {} findings", wrong.len());
    }
    eprintln!("audit: {seen} packages, licences, bans and sources as deny.toml wants them");
    Ok(())
}

fn packages(root: &Path, target: &str) -> Result<BTreeSet<Package>> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--workspace", "--locked", "--prefix", "none", "--format", "{p}|{l}", "--target", target])
        .args(["--edges", "normal,build,dev"])
        .current_dir(root)
        .output()
        .context("running cargo tree")?;
    if !output.status.success() {
        bail!("cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().filter(|line| !line.is_empty()).map(|line| package(line, &root.display().to_string())).collect()
}

/// Reads `name v1.2.3 (where it comes from)|licence (*)`.
fn package(line: &str, root: &str) -> Result<Package> {
    let (who, license) =
        line.trim_end_matches(" (*)").split_once('|').with_context(|| format!("not a package: {line}"))?;
    let mut words = who.splitn(3, ' ');
    let (Some(name), Some(version)) = (words.next(), words.next()) else { bail!("not a package: {line}") };
    let origin = words.next().unwrap_or("").replace("(proc-macro)", "");
    let origin = origin.trim().trim_matches(['(', ')']);
    let ours = origin.is_empty() || origin.starts_with(root);
    Ok(Package {
        name: name.to_owned(),
        version: version.trim_start_matches('v').to_owned(),
        license: license.to_owned(),
        foreign: (!ours).then(|| origin.to_owned()),
    })
}

impl Rules {
    fn read(root: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(root.join("deny.toml")).context("reading deny.toml")?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self> {
        let table: toml::Table = text.parse().context("deny.toml is not TOML")?;
        let list = |section: &str, key: &str| {
            let array = table.get(section).and_then(|section| section.get(key)).and_then(toml::Value::as_array);
            array.with_context(|| format!("deny.toml has no [{section}] {key}"))
        };
        let words =
            |array: &Vec<toml::Value>| array.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect::<Vec<_>>();
        let (mut banned, mut single) = (BTreeMap::new(), BTreeSet::new());
        for ban in list("bans", "deny")? {
            let name = ban.get("crate").and_then(toml::Value::as_str).context("a ban without a crate")?.to_owned();
            if ban.get("deny-multiple-versions").and_then(toml::Value::as_bool) == Some(true) {
                single.insert(name);
            } else {
                let reason = ban.get("reason").and_then(toml::Value::as_str).context("a ban without a reason")?;
                banned.insert(name, reason.to_owned());
            }
        }
        let targets = words(list("graph", "targets")?);
        let allowed = words(list("licenses", "allow")?).into_iter().collect();
        Ok(Self { targets, allowed, banned, single })
    }
}

fn check(rules: &Rules, packages: &BTreeSet<Package>) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages {
        let who = format!("{} {}", package.name, package.version);
        if let Some(reason) = rules.banned.get(&package.name) {
            wrong.push(format!("{who} is banned: {reason}"));
        }
        match allows(&package.license, &rules.allowed) {
            None => wrong.push(format!("{who}: licence missing or not understood: {:?}", package.license)),
            Some(false) => wrong.push(format!("{who}: licence not allowed: {}", package.license)),
            Some(true) => {}
        }
        if let Some(origin) = &package.foreign {
            wrong.push(format!("{who} comes from {origin}, not from crates.io"));
        }
        versions.entry(&package.name).or_default().insert(&package.version);
    }
    for name in &rules.single {
        if let Some(versions) = versions.get(name.as_str()).filter(|versions| versions.len() > 1) {
            wrong.push(format!("{name} is in the tree {} times: {versions:?}", versions.len()));
        }
    }
    wrong
}

/// Whether an SPDX expression can be met with the allowed licences; `None` when it cannot be read.
fn allows(expression: &str, allowed: &BTreeSet<String>) -> Option<bool> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let verdict = any_of(&mut rest, allowed)?;
    rest.is_empty().then_some(verdict)
}

fn any_of(rest: &mut &[&str], allowed: &BTreeSet<String>) -> Option<bool> {
    let mut verdict = all_of(rest, allowed)?;
    while let Some(("OR", tail)) = rest.split_first().map(|(word, tail)| (*word, tail)) {
        *rest = tail;
        verdict |= all_of(rest, allowed)?;
    }
    Some(verdict)
}

fn all_of(rest: &mut &[&str], allowed: &BTreeSet<String>) -> Option<bool> {
    let mut verdict = one(rest, allowed)?;
    while let Some(("AND", tail)) = rest.split_first().map(|(word, tail)| (*word, tail)) {
        *rest = tail;
        verdict &= one(rest, allowed)?;
    }
    Some(verdict)
}

fn one(rest: &mut &[&str], allowed: &BTreeSet<String>) -> Option<bool> {
    let (word, tail) = rest.split_first()?;
    *rest = tail;
    if *word == "(" {
        let verdict = any_of(rest, allowed)?;
        let (close, tail) = rest.split_first()?;
        *rest = tail;
        return (*close == ")").then_some(verdict);
    }
    let mut license = (*word).to_owned();
    if let [with, exception, tail @ ..] = rest
        && *with == "WITH"
    {
        license = format!("{license} WITH {exception}");
        *rest = tail;
    }
    Some(allowed.contains(&license))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DENY: &str = include_str!("../../deny.toml");

    fn findings(lines: &[&str]) -> Vec<String> {
        let packages = lines.iter().map(|line| package(line, "/here").expect("a package")).collect();
        check(&Rules::parse(DENY).expect("deny.toml"), &packages)
    }

    #[test]
    fn an_expression_is_met_by_any_allowed_way() {
        let allowed = ["MIT".to_owned(), "Apache-2.0".to_owned(), "Apache-2.0 WITH LLVM-exception".to_owned()].into();
        for (expression, verdict) in [
            ("MIT OR GPL-3.0", Some(true)),
            ("MIT AND GPL-3.0", Some(false)),
            ("GPL-3.0/MIT", Some(true)),
            ("(GPL-3.0 OR MIT) AND Apache-2.0", Some(true)),
            ("Apache-2.0 WITH LLVM-exception", Some(true)),
            ("GPL-3.0", Some(false)),
            ("(MIT", None),
            ("", None),
        ] {
            assert_eq!(allows(expression, &allowed), verdict, "{expression}");
        }
    }

    #[test]
    fn each_kind_of_guest_is_turned_away() {
        assert_eq!(
            findings(&[
                "serde v1.0.0|MIT",
                "serde_derive v1.0.0 (proc-macro)|MIT (*)",
                "edge v0.1.0 (/here/crates/edge)|MIT"
            ])
            .len(),
            0
        );
        assert_eq!(findings(&["serde v1.0.0|GPL-3.0"]).len(), 1);
        assert_eq!(findings(&["serde v1.0.0|"]).len(), 1);
        assert_eq!(findings(&["ring v0.17.0|MIT"]).len(), 1);
        assert_eq!(findings(&["serde v1.0.0 (https://example.com/serde#abc)|MIT"]).len(), 1);
        assert_eq!(findings(&["serde v1.0.0 (/elsewhere/serde)|MIT"]).len(), 1);
        assert_eq!(findings(&["aws-lc-sys v0.1.0|ISC", "aws-lc-sys v0.2.0|ISC"]).len(), 1);
    }
}
