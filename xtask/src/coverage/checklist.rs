//! `coverage.toml`: which checklist lines there are, which an issue promises, which are proved only in part.

use anyhow::{Context, bail};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A line of a checklist, `UP-7`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    pub prefix: String,
    pub number: u32,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.prefix, self.number)
    }
}

/// All checklists.
pub(super) struct Checklist {
    /// What a prefix is about.
    pub about: BTreeMap<String, String>,
    /// What is missing of a line that is proved in part.
    pub partial: BTreeMap<Line, String>,
    counts: BTreeMap<String, u32>,
    issues: BTreeMap<String, BTreeSet<Line>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    checklist: BTreeMap<String, Group>,
    #[serde(default)]
    issue: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    partial: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    lines: u32,
    about: String,
}

impl Checklist {
    /// Reads `coverage.toml`.
    pub(super) fn parse(text: &str) -> anyhow::Result<Self> {
        let written: Written = toml::from_str(text).context("coverage.toml")?;
        let counts: BTreeMap<String, u32> =
            written.checklist.iter().map(|(prefix, group)| (prefix.clone(), group.lines)).collect();
        let mut checklist = Self {
            about: written.checklist.into_iter().map(|(prefix, group)| (prefix, group.about)).collect(),
            partial: BTreeMap::new(),
            counts,
            issues: BTreeMap::new(),
        };
        for (name, ranges) in written.issue {
            let lines = ranges.iter().map(|range| checklist.range(range)).collect::<anyhow::Result<Vec<_>>>()?;
            checklist.issues.insert(name, lines.into_iter().flatten().collect());
        }
        for (line, missing) in written.partial {
            for line in checklist.range(&line)? {
                checklist.partial.insert(line, missing.clone());
            }
        }
        Ok(checklist)
    }

    /// The lines an issue promises, or all.
    pub(super) fn lines(&self, issue: Option<&str>) -> anyhow::Result<BTreeSet<Line>> {
        if let Some(name) = issue {
            return self.issues.get(name).cloned().with_context(|| format!("coverage.toml has no issue {name}"));
        }
        let all = self
            .counts
            .iter()
            .flat_map(|(prefix, count)| (1..=*count).map(|number| Line { prefix: prefix.clone(), number }));
        Ok(all.collect())
    }

    /// Whether there is such a line.
    pub(super) fn knows(&self, line: &Line) -> bool {
        self.counts.get(&line.prefix).is_some_and(|count| (1..=*count).contains(&line.number))
    }

    /// `UP-7` or `UP-4..10`.
    fn range(&self, text: &str) -> anyhow::Result<Vec<Line>> {
        let (prefix, numbers) = text.split_once('-').with_context(|| format!("{text} is no checklist line"))?;
        let (from, to) = numbers.split_once("..").unwrap_or((numbers, numbers));
        let (from, to): (u32, u32) =
            (from.parse().with_context(|| text.to_owned())?, to.parse().with_context(|| text.to_owned())?);
        let lines: Vec<Line> = (from..=to).map(|number| Line { prefix: prefix.to_owned(), number }).collect();
        if lines.is_empty() || !lines.iter().all(|line| self.knows(line)) {
            bail!("{text} names no line of a checklist");
        }
        Ok(lines)
    }
}
