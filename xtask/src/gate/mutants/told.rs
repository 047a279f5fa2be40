//! What became of the mutants, by file, and the names of those that nothing noticed.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

/// Outcomes of one file's mutants.
#[derive(Default)]
struct Row {
    caught: u64,
    missed: u64,
    hung: u64,
    unviable: u64,
    left_out: u64,
}

/// Outcomes of all files.
#[derive(Default)]
pub struct Told {
    rows: BTreeMap<String, Row>,
    survivors: Vec<String>,
    /// Survivors where no test comes by.
    unreached: Vec<String>,
    left_out: Vec<String>,
}

impl Told {
    /// Lines of `bender`: number, outcome, file, name, who noticed. The last line about a mutant counts.
    pub fn of_bender(text: &str) -> Self {
        let mut last = BTreeMap::new();
        for line in text.lines() {
            if let [number, outcome, file, name, ..] = line.split('\t').collect::<Vec<_>>()[..] {
                last.insert(number.parse::<u64>().unwrap_or_default(), (outcome, file, name));
            }
        }
        let mut told = Self::default();
        for (outcome, file, name) in last.into_values() {
            let row = told.rows.entry(file.to_owned()).or_default();
            match outcome {
                "killed" => row.caught += 1,
                "hung" => row.hung += 1,
                "unviable" => row.unviable += 1,
                "left out" => {
                    row.left_out += 1;
                    told.left_out.push(name.to_owned());
                }
                outcome => {
                    row.missed += 1;
                    told.survivors.push(name.to_owned());
                    told.unreached.extend((outcome == "unreached").then(|| name.to_owned()));
                }
            }
        }
        told
    }

    /// What cargo-mutants wrote down.
    pub fn of_cargo_mutants(dir: &Path) -> Result<Self> {
        let path = dir.join("outcomes.json");
        let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let missed = std::fs::read_to_string(dir.join("missed.txt")).unwrap_or_default();
        Self::parse(&text, &missed)
    }

    fn parse(text: &str, missed: &str) -> Result<Self> {
        let json: Value = serde_json::from_str(text).context("outcomes of cargo-mutants")?;
        let outcomes = json.get("outcomes").and_then(Value::as_array).context("no outcomes")?;
        let mut told = Self { survivors: missed.lines().map(str::to_owned).collect(), ..Self::default() };
        for outcome in outcomes {
            let Some(file) = outcome.pointer("/scenario/Mutant/file").and_then(Value::as_str) else { continue };
            let row = told.rows.entry(file.to_owned()).or_default();
            match outcome.get("summary").and_then(Value::as_str) {
                Some("CaughtMutant") => row.caught += 1,
                Some("MissedMutant") => row.missed += 1,
                Some("Timeout") => row.hung += 1,
                _ => row.unviable += 1,
            }
        }
        Ok(told)
    }

    /// What a later pass found about the survivors of this one.
    pub fn judge_survivors(&mut self, next: Self) {
        self.rows.values_mut().for_each(|row| row.missed = 0);
        self.survivors.clear();
        self.unreached.clear();
        self.add(next);
    }

    /// What became of those without a switch.
    pub fn judge_left_out(&mut self, next: Self) {
        self.rows.values_mut().for_each(|row| row.left_out = 0);
        self.left_out.clear();
        self.add(next);
    }

    fn add(&mut self, next: Self) {
        for (file, found) in next.rows {
            let row = self.rows.entry(file).or_default();
            row.caught += found.caught;
            row.missed += found.missed;
            row.hung += found.hung;
            row.unviable += found.unviable;
            row.left_out += found.left_out;
        }
        self.survivors.extend(next.survivors);
        self.unreached.extend(next.unreached);
        self.left_out.extend(next.left_out);
    }

    /// Names of those that nothing noticed.
    pub fn survivors(&self) -> &[String] {
        &self.survivors
    }

    /// Names of those that nobody judged.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// Those whose tests never ended.
    pub fn hung(&self) -> u64 {
        self.rows.values().map(|row| row.hung).sum()
    }

    /// Those that a test could have noticed.
    pub fn judged(&self) -> u64 {
        self.rows.values().map(|row| row.caught + row.hung + row.missed).sum()
    }

    /// For people.
    pub fn table(&self) -> String {
        let head = ("file", "killed", "missed", "hung", "unviable", "left out");
        let mut text =
            format!("{:<44} {:>7} {:>7} {:>7} {:>9} {:>9}\n", head.0, head.1, head.2, head.3, head.4, head.5);
        for (file, Row { caught, missed, hung, unviable, left_out }) in &self.rows {
            text.push_str(&format!("{file:<44} {caught:>7} {missed:>7} {hung:>7} {unviable:>9} {left_out:>9}\n"));
        }
        for name in &self.survivors {
            let why = if self.unreached.contains(name) { " (no test comes by)" } else { "" };
            text.push_str(&format!("survived{why}: {name}\n"));
        }
        if !self.left_out.is_empty() {
            text.push_str(&format!("{} were left out and count as neither\n", self.left_out.len()));
        }
        let killed: u64 = self.rows.values().map(|row| row.caught + row.hung).sum();
        let judged = self.judged();
        // Of a thousand mutants a tenth of a percent is one.
        let permille = (killed * 1000).checked_div(judged).unwrap_or_default();
        text.push_str(&format!("{killed} of {judged} mutants killed: {}.{} %", permille / 10, permille % 10));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(all: &[(&str, &str)], missed: &str) -> Told {
        let outcomes: Vec<String> = all
            .iter()
            .map(|(file, summary)| format!(r#"{{"scenario":{{"Mutant":{{"file":"{file}"}}}},"summary":"{summary}"}}"#))
            .collect();
        let baseline = r#"{"scenario":"Baseline","summary":"Success"}"#;
        Told::parse(&format!(r#"{{"outcomes":[{baseline},{}]}}"#, outcomes.join(",")), missed).expect("outcomes")
    }

    #[test]
    fn outcomes_are_counted_by_file_and_the_baseline_is_none() {
        let all = [("a.rs", "CaughtMutant"), ("a.rs", "MissedMutant"), ("b.rs", "Timeout"), ("b.rs", "Unviable")];
        let told = told(&all, "a.rs:1:2: replace x -> y\n");
        let rows: Vec<_> =
            told.rows.iter().map(|(file, r)| (file.as_str(), r.caught, r.missed, r.hung, r.unviable)).collect();
        assert_eq!(rows, [("a.rs", 1, 1, 0, 0), ("b.rs", 0, 0, 1, 1)]);
        assert!(told.table().ends_with("2 of 3 mutants killed: 66.6 %"), "{}", told.table());
    }

    #[test]
    fn survivors_of_the_first_pass_are_judged_by_the_second() {
        let mut first =
            told(&[("a.rs", "MissedMutant"), ("a.rs", "MissedMutant"), ("b.rs", "CaughtMutant")], "one\ntwo");
        assert_eq!((first.judged(), first.survivors.len()), (3, 2));
        first.judge_survivors(told(&[("a.rs", "CaughtMutant"), ("a.rs", "MissedMutant")], "two"));
        assert!(first.table().ends_with("survived: two\n2 of 3 mutants killed: 66.6 %"), "{}", first.table());
    }

    #[test]
    fn what_bender_left_out_is_neither_killed_nor_survived_until_somebody_judges_it() {
        let lines = "1\tkilled\ta.rs\tone\tb::c\n2\tleft out\ta.rs\ttwo\t\n3\tunreached\tb.rs\tthree\t\n\
                     4\thung\tb.rs\tfour\t\n5\tsurvived\tb.rs\tfive\t\n6\tunviable\tb.rs\tsix\t\n5\tkilled\tb.rs\tfive\td\n";
        let mut told = Told::of_bender(lines);
        assert_eq!((told.judged(), told.hung(), told.left_out()), (4, 1, &["two".to_owned()][..]));
        let table = told.table();
        assert!(table.contains("survived (no test comes by): three\n1 were left out"), "{table}");
        assert!(table.ends_with("3 of 4 mutants killed: 75.0 %"), "{table}");
        told.judge_left_out(self::told(&[("a.rs", "CaughtMutant")], ""));
        assert!(told.table().ends_with("4 of 5 mutants killed: 80.0 %"), "{}", told.table());
    }
}
