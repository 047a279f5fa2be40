//! Whether the existence of a name shows in the time of an answer (ST-11): `timing_names BINARY [--samples 5000]`.
//!
//! Starts the server, makes people, and asks each question about names that exist and names that do not, in random
//! order; then compares the two samples (docs/timing.md). Called by `cargo xtask test --deep`.

#![allow(clippy::print_stdout, reason = "the report is the output")]

mod cases;
mod judge;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use benches::api::{Api, Outcome};
use benches::cognate::{Cognate, Place};
use benches::people::Pool;
use benches::smtp_sink::Sink;
use kernel::{EntropyExt, SystemEntropy};

use cases::{CASES, Case, People};
use judge::{Verdict, Word, corrected};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("timing_names: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<bool> {
    let (binary, samples) = match args {
        [binary] => (binary, 5_000),
        [binary, flag, samples] if flag == "--samples" => (binary, samples.parse().context("--samples")?),
        _ => bail!("usage: timing_names BINARY [--samples N]"),
    };
    let sink = Sink::start()?;
    let place = Place::fresh(Path::new(binary), "timing", Some(sink.port))?;
    let server = Cognate::start(&place)?;
    let mut api = Api::open(place.port, &server.root_key()?)?;
    let pool = cases::make_pool(&mut api)?;
    for number in 0..samples {
        for people in [People::Confirmed, People::Waiting] {
            cases::make(&mut api, &pool, people, &name(people, true, number))?;
        }
    }
    let (mut asked, mut verdicts) = (Vec::new(), Vec::new());
    for case in CASES {
        if let Some(verdict) = measured(case, &mut api, &pool, samples)? {
            eprintln!("asked: {}", case.name);
            asked.push(case.name);
            verdicts.push(verdict);
        }
    }
    corrected(&mut verdicts);
    println!("{samples} samples of each kind; medians in microseconds, Cliff's delta, p after Holm");
    let mut failed = 0;
    for (name, verdict) in asked.iter().zip(&verdicts) {
        let word = match verdict.word() {
            Word::Alike => "alike",
            Word::Small => "small",
            Word::Apart => "APART",
        };
        failed += usize::from(verdict.word() == Word::Apart);
        let Verdict { known, unknown, delta, p } = verdict;
        let (known, unknown) = (known * 1e6, unknown * 1e6);
        println!("{word}  known {known:>8.1}  unknown {unknown:>8.1}  delta {delta:>6.3}  p {p:>7.1e}  {name}");
    }
    server.stop()?;
    place.clear()?;
    println!("{} passed, {failed} failed", verdicts.len() - failed);
    Ok(failed == 0)
}

/// Names of one length, so that bodies are as long as each other.
fn name(people: People, known: bool, number: usize) -> String {
    let kind = match people {
        People::Confirmed => "sure",
        People::Waiting => "wait",
        People::Nobody => "none",
    };
    format!("{kind}-{}-{number:06}", if known { "here" } else { "gone" })
}

/// `None`, with a word, when the operation is not served.
fn measured(case: &Case, api: &mut Api, pool: &Pool, samples: usize) -> Result<Option<Verdict>> {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    let mut last: [Option<Outcome>; 2] = [None, None];
    while known.len() < samples || unknown.len() < samples {
        let [coin] = SystemEntropy.bytes::<1>();
        let is_known = if known.len() == samples { false } else { unknown.len() == samples || coin & 1 == 1 };
        let times: &mut Vec<Duration> = if is_known { &mut known } else { &mut unknown };
        let asked = (case.ask)(api, pool, &name(case.people, is_known, times.len()));
        let (took, outcome) = match asked {
            Err(error) if format!("{error:#}").contains("status 501") => {
                println!("not served: {}", case.name);
                return Ok(None);
            }
            asked => asked.with_context(|| case.name.to_owned())?,
        };
        times.push(took);
        let [of_known, of_unknown] = &mut last;
        *(if is_known { of_known } else { of_unknown }) = Some(outcome);
        if let (Some(one), Some(other)) = (&last[0], &last[1]) {
            cases::alike(one, other).with_context(|| case.name.to_owned())?;
        }
    }
    Ok(Some(Verdict::of(&known, &unknown)))
}
