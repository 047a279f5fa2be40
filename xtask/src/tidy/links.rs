//! Dead links in documents, and words that name somebody's machine.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use super::{Finding, House, pattern};

static LINK: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(r"\[[^\]]*\]\(([^)\s]+)\)"));

/// Every relative link of a document leads to a file, and every anchor to a heading. The web is not asked.
pub fn dead(house: &House, exists: &dyn Fn(&str) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in house.files.iter().filter(|file| file.path.ends_with(".md")) {
        let prose = without_code(&file.text);
        let links = LINK.iter().flat_map(|link| link.captures_iter(&prose)).filter_map(|found| found.get(1));
        for target in links.map(|target| target.as_str()) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
            let path = if path.is_empty() { file.path.clone() } else { resolve(&file.path, path) };
            if !exists(&path) {
                findings.push(Finding::new("link", &file.path, format!("{target} leads nowhere")));
            } else if let Some(anchor) = anchor
                && house.file(&path).is_some_and(|there| !anchors(&there.text).contains(anchor))
            {
                findings.push(Finding::new("link", &file.path, format!("{target}: no such heading")));
            }
        }
    }
    findings
}

/// Whether a path below `root` exists.
pub fn on_disk(root: &Path) -> impl Fn(&str) -> bool + '_ {
    move |path| root.join(path).exists()
}

fn resolve(from: &str, target: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn without_code(text: &str) -> String {
    let mut fenced = false;
    let mut prose = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            prose.extend(line.split('`').step_by(2));
            prose.push('\n');
        }
    }
    prose
}

/// Headings as GitHub turns them into anchors.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let kept = line.trim_start_matches('#').trim().to_lowercase();
            let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

/// Directories of the machine somebody worked on. Put together here, so that this file does not find itself.
const MACHINE: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/opt/wh", "eels"),
];

/// A path that exists on one machine only.
pub fn machine_paths(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &house.files {
        for (number, line) in file.text.lines().enumerate() {
            if let Some(word) = MACHINE.iter().find(|word| line.contains(*word)) {
                findings.push(Finding::new(
                    "machine",
                    format!("{}:{}", file.path, number + 1),
                    format!("{word} is one machine's path"),
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_nowhere_is_found() {
        let house = House::of(&[
            (
                "docs/a.md",
                "# A b, c\n[x](b.md) [y](../README.md) [z](https://nowhere.invalid/) `[q](r)`\n```\n[s](t)\n```\n",
            ),
            ("docs/b.md", "[home](a.md#a-b-c) [self](#none)"),
        ]);
        let there = |path: &str| path.starts_with("docs/");
        let found = dead(&house, &there);
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn a_path_of_one_machine_is_found() {
        let path = format!("cd {}x", MACHINE.first().expect("not empty"));
        assert_eq!(machine_paths(&House::of(&[("docs/a.md", &path)])).len(), 1);
        assert_eq!(machine_paths(&House::of(&[("docs/a.md", "cd e2e/.work/x")])).len(), 0);
    }
}
