//! Every test once by itself: how long it takes, and which mutants it comes by.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::build::Judge;
use crate::hands;
use crate::run::{self, End};

/// The longest that an unbent test may take.
const LIMIT: Duration = Duration::from_secs(300);

/// A test of a judge.
#[derive(Debug, Clone)]
pub struct Test {
    /// Which of the judges.
    pub judge: usize,
    /// As libtest names it.
    pub name: String,
    /// How long it took alone.
    pub took: Duration,
    /// Whether it was green. A red one judges nothing.
    pub green: bool,
    /// The mutants it asked for.
    pub reaches: BTreeSet<u32>,
}

/// All tests of the judges. What an earlier run of the same tree found is read from `path`.
pub fn all(judges: &[Judge], path: &Path, scratch: &Path) -> Result<Vec<Test>> {
    let known = parse(judges, &fs::read_to_string(path).unwrap_or_default());
    let mut wanted = Vec::new();
    for (at, judge) in judges.iter().enumerate() {
        wanted.extend(run::list(judge, scratch)?.into_iter().map(|name| (at, name)));
    }
    wanted.retain(|key| !known.contains_key(key));
    println!("{} tests are known, {} are run one by one", known.len(), wanted.len());
    let file = File::options().create(true).append(true).open(path)?;
    let found = Mutex::new((file, Vec::new()));
    hands::work(&wanted, |hand, (at, name)| {
        let Some(judge) = judges.get(*at) else { return Ok(()) };
        let test = alone(judge, *at, name, &scratch.join(format!("hand-{hand}")))?;
        let Ok(mut found) = found.lock() else { return Ok(()) };
        found.0.write_all(line(judge, &test).as_bytes())?;
        found.1.push(test);
        if found.1.len() % 100 == 0 {
            println!("{} of {}", found.1.len(), wanted.len());
        }
        Ok(())
    })?;
    let found = found.into_inner().map_or_else(|_| Vec::new(), |(_, found)| found);
    Ok(known.into_values().chain(found).collect())
}

fn alone(judge: &Judge, at: usize, name: &str, scratch: &Path) -> Result<Test> {
    fs::create_dir_all(scratch)?;
    // Beside the scratch folder, which goes away with the run.
    let trace = scratch.with_extension("trace");
    let _ = fs::remove_file(&trace);
    let traced = trace.to_string_lossy().into_owned();
    let ran = run::tests(judge, &[name], &[("COGNATE_BENT_TRACE", &traced)], scratch, LIMIT)?;
    let asked = fs::read_to_string(&trace).unwrap_or_default();
    let reaches = asked.lines().filter_map(|line| line.parse().ok()).collect();
    let green = ran.end == End::Green;
    if !green {
        println!("red without any mutant, so it judges nothing: {} {name}", judge.name);
    }
    Ok(Test { judge: at, name: name.to_owned(), took: ran.took, green, reaches })
}

fn line(judge: &Judge, test: &Test) -> String {
    let reaches: Vec<String> = test.reaches.iter().map(u32::to_string).collect();
    let Test { name, took, green, .. } = test;
    format!("{}\t{name}\t{}\t{green}\t{}\t.\n", judge.name, took.as_millis(), reaches.join(","))
}

fn parse(judges: &[Judge], text: &str) -> BTreeMap<(usize, String), Test> {
    text.lines().filter_map(|line| one(judges, line).ok()).map(|test| ((test.judge, test.name.clone()), test)).collect()
}

fn one(judges: &[Judge], line: &str) -> Result<Test> {
    let [judge, name, millis, green, reaches, "."] = line.split('\t').collect::<Vec<_>>()[..] else {
        anyhow::bail!("cut off")
    };
    let judge = judges.iter().position(|known| known.name == judge).context("a judge of before")?;
    let reaches = reaches.split(',').filter(|number| !number.is_empty()).map(str::parse).collect::<Result<_, _>>()?;
    let took = Duration::from_millis(millis.parse()?);
    Ok(Test { judge, name: name.to_owned(), took, green: green.parse()?, reaches })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_test_reaches_is_read_as_it_was_written() {
        let judges = [Judge { dir: "/".into(), name: "a/b".into(), executable: "/b".into() }];
        let test = Test {
            judge: 0,
            name: "c::d".into(),
            took: Duration::from_millis(12),
            green: true,
            reaches: BTreeSet::from([3, 70]),
        };
        let text = line(judges.first().expect("one"), &test);
        let known = parse(&judges, &format!("{text}a/b\tc::e\t12\ttrue\t3,7"));
        let read: Vec<_> = known.values().map(|test| (test.name.as_str(), test.reaches.len(), test.green)).collect();
        assert_eq!(read, [("c::d", 2, true)], "half a line says nothing");
    }
}
