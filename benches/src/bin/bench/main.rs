//! CPU per operation of the finished server, divided by the floor: the work that cannot be left out, measured in the same
//! run. Called by `cargo xtask bench`; prints Markdown on standard output and what it is doing on standard error.

#![allow(clippy::print_stdout, reason = "the report is the output")]

mod bare;
mod cases;
mod confined;
mod floor;
mod load;
mod measure;
mod primitives;
mod private_postgres;
mod report;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use benches::cognate::{Cognate, Place};
use cases::CASES;
use confined::Confined;
use floor::Primitives;
use kernel::Stopwatch;
use measure::Effort;
use private_postgres::PrivatePostgres;
use report::{Level, Report, UnderLoad};
use world::World;

/// `--only load` is isolation and overload alone.
const LOAD: &str = "load";

/// What was asked on the command line.
struct Asked {
    binary: PathBuf,
    users: Vec<u32>,
    effort: Effort,
    only: Option<String>,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.as_slice() {
        [word, threads] if word == bare::FLAG => threads.parse().context("threads").and_then(bare::serve),
        args => asked(args).and_then(|asked| run(&asked)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// `bench BINARY [--users 1000,10000] [--seconds 2] [--rounds 5] [--only NAME]`.
fn asked(args: &[String]) -> Result<Asked> {
    let (binary, mut rest) = args.split_first().context("say which binary to measure")?;
    let mut asked =
        Asked { binary: binary.into(), users: vec![1_000, 10_000, 100_000], effort: Effort::default(), only: None };
    while let [flag, value, tail @ ..] = rest {
        match flag.as_str() {
            "--users" => asked.users = value.split(',').map(str::parse).collect::<Result<_, _>>().context("--users")?,
            "--seconds" => asked.effort.seconds = value.parse().context("--seconds")?,
            "--rounds" => asked.effort.rounds = value.parse().context("--rounds")?,
            "--only" => asked.only = Some(value.clone()),
            other => bail!("no flag {other}"),
        }
        rest = tail;
    }
    if let Some(left) = rest.first() {
        bail!("{left} wants a value");
    }
    Ok(asked)
}

fn run(asked: &Asked) -> Result<()> {
    let watch = Stopwatch::start();
    if asked.only.as_deref() == Some(LOAD) {
        print!("{}", under_load(asked)?.markdown());
        return Ok(());
    }
    eprintln!("primitives");
    let primitives = Primitives::measure()?;
    let first = asked.users.first().copied().unwrap_or(1_000);
    let (footprint, one_core) = on_cores(asked, "0", &asked.users)?;
    // Two cores are held against one that the driver shares too: its threads interrupt the server's in both.
    let narrow = Confined::to("0")?;
    let (_, shared_core) = on_cores(asked, "0", &[first])?;
    drop(narrow);
    let (_, two_cores) = on_cores(asked, "0,1", &[first])?;
    // A single operation is a look at that operation alone.
    let (under_load, postgres) = match asked.only {
        Some(_) => (None, None),
        None => (Some(under_load(asked)?), on_postgres(asked, first)?),
    };
    let report = Report {
        primitives: &primitives,
        footprint,
        one_core: &one_core,
        shared_core: &shared_core,
        two_cores: &two_cores,
        under_load: under_load.as_ref(),
        postgres: postgres.as_ref(),
        took: watch.elapsed(),
    };
    print!("{}", report.markdown());
    Ok(())
}

/// A fresh server on these cores, measured with each number of people in its pool.
fn on_cores(asked: &Asked, cores: &str, users: &[u32]) -> Result<(report::Footprint, Vec<Level>)> {
    // Nobody is mailed: delivery is the mail library's cost, and the floor has none.
    let mut place = Place::fresh(&asked.binary, &format!("bench-{}", cores.len()), None)?;
    place.cores = Some(cores.to_owned());
    let server = Cognate::start(&place)?;
    let idle = server.resident_bytes()?;
    let mut world = World::make(&server, &place)?;
    let mut levels = Vec::new();
    for (at, users) in users.iter().enumerate() {
        // What more people cost is told from fewer rounds than what the first thousand cost: its bar is wider.
        let effort = if at == 0 { asked.effort } else { asked.effort.lighter() };
        levels.push(level(asked, &format!("cores {cores}"), &server, &mut world, *users, effort)?);
    }
    let loaded = server.resident_bytes()?;
    server.stop()?;
    let again = Cognate::start(&place)?;
    let footprint = report::Footprint { idle, loaded, ready: again.ready_after };
    again.stop()?;
    place.clear()?;
    Ok((footprint, levels))
}

fn level(asked: &Asked, place: &str, server: &Cognate, world: &mut World, users: u32, effort: Effort) -> Result<Level> {
    let watch = Stopwatch::start();
    world.fill(users)?;
    server.settle()?;
    eprintln!("{place}: {users} people after {:.0} s", watch.elapsed().as_secs_f64());
    let mut figures = Vec::new();
    for case in CASES.iter().filter(|case| asked.only.as_deref().is_none_or(|only| case.name.contains(only))) {
        let figure = measure::cpu_per_operation(server, world, case, effort)?;
        eprintln!("{place}, {users} people, {}: {figure:.1} µs", case.name);
        figures.push((case, figure));
    }
    Ok(Level { users, figures })
}

/// All cores, a thousand people: who suffers from whom, and what becomes of too much.
fn under_load(asked: &Asked) -> Result<UnderLoad> {
    let place = Place::fresh(&asked.binary, "bench-load", None)?;
    let server = Cognate::start(&place)?;
    let mut world = World::make(&server, &place)?;
    world.fill(1_000)?;
    server.settle()?;
    eprintln!("isolation");
    let isolation = load::isolation(&world, CASES, &["GetUser", "refresh"], 5.0 * asked.effort.seconds)?;
    eprintln!("overload");
    let overload = load::overload(&world, 2.0 * asked.effort.seconds)?;
    server.stop()?;
    place.clear()?;
    Ok(UnderLoad { isolation, overload })
}

/// The same operations over Postgres, where the machine has one.
fn on_postgres(asked: &Asked, users: u32) -> Result<Option<Level>> {
    let Some(postgres) = PrivatePostgres::start()? else {
        eprintln!("no Postgres on this machine: its column stays empty");
        return Ok(None);
    };
    let mut place = Place::over(&asked.binary, "bench-postgres", None, Some(postgres.url.clone()))?;
    place.cores = Some("0".to_owned());
    let server = Cognate::start(&place)?;
    let mut world = World::make(&server, &place)?;
    let level = level(asked, "Postgres", &server, &mut world, users, asked.effort.lighter())?;
    server.stop()?;
    place.clear()?;
    Ok(Some(level))
}
