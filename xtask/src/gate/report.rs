//! What the gate counted: tests out of the words of whoever ran them, minutes, and the table at the end.

use std::time::Duration;

/// Tests that passed, failed, were left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Green.
    pub passed: u64,
    /// Red.
    pub failed: u64,
    /// Marked `#[ignore]`.
    pub ignored: u64,
}

impl Count {
    /// Adds what a line of output reports, if it is a summary of libtest's, nextest's or our own runners'.
    pub fn read(&mut self, line: &str) {
        let line = line.trim();
        let summary = line.starts_with("test result:") || line.starts_with("Summary [") || is_plain_summary(line);
        if !summary {
            return;
        }
        let words: Vec<&str> =
            line.split(|c: char| c.is_whitespace() || c == ';' || c == ',').filter(|w| !w.is_empty()).collect();
        for pair in words.windows(2) {
            let [number, what] = pair else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match *what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" | "skipped" => self.ignored += number,
                _ => {}
            }
        }
    }

    /// Adds another count.
    pub fn add(&mut self, other: Count) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }
}

/// `12 passed, 0 failed` alone on a line, as our scripts end.
fn is_plain_summary(line: &str) -> bool {
    let mut words = line.split_whitespace();
    words.next().is_some_and(|word| word.parse::<u64>().is_ok())
        && words.next().is_some_and(|word| word.starts_with("passed"))
}

/// How a stage ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Everything in it held.
    Passed,
    /// Something did not, and what.
    Failed(String),
    /// There was nothing to run, and why. Never counts as passed.
    NotRun(String),
}

/// A finished stage.
pub struct Row {
    /// Its name on the command line.
    pub name: &'static str,
    /// How it ended.
    pub ending: Ending,
    /// How long it took.
    pub took: Duration,
    /// Tests it counted.
    pub count: Count,
}

/// The table, minutes per stage.
pub fn table(rows: &[Row], took: Duration) -> String {
    let mut text = format!("\n{:<12} {:>7} {:>8} {:>8}  outcome\n", "stage", "minutes", "passed", "failed");
    for row in rows {
        let outcome = match &row.ending {
            Ending::Passed => "ok".to_owned(),
            Ending::Failed(why) => format!("FAILED: {why}"),
            Ending::NotRun(why) => format!("NOT RUN: {why}"),
        };
        let (passed, failed) = if row.count == Count::default() {
            (String::new(), String::new())
        } else {
            (row.count.passed.to_string(), row.count.failed.to_string())
        };
        text.push_str(&format!("{:<12} {:>7} {passed:>8} {failed:>8}  {outcome}\n", row.name, minutes(row.took)));
    }
    text.push_str(&format!("{:<12} {:>7}\n", "together", minutes(took)));
    text
}

/// Minutes with one decimal.
pub fn minutes(took: Duration) -> String {
    format!("{:.1}", took.as_secs_f64() / 60.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_of_each_runner_are_counted_and_talk_is_not() {
        let mut count = Count::default();
        count.read("test result: ok. 12 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.00s");
        count.read("     Summary [   0.006s] 3 tests run: 3 passed, 4 skipped");
        count.read("5 passed, 6 failed");
        count.read("the 7 passed by");
        count.read("test a::b ... ok");
        assert_eq!(count, Count { passed: 20, failed: 7, ignored: 6 });
    }

    #[test]
    fn a_stage_that_did_not_run_says_so() {
        let row = Row {
            name: "fuzz",
            ending: Ending::NotRun("no corpus".into()),
            took: Duration::from_secs(90),
            count: Count::default(),
        };
        let table = table(&[row], Duration::from_secs(90));
        assert!(table.contains("NOT RUN: no corpus"), "{table}");
        assert!(table.contains("1.5"), "{table}");
    }
}
