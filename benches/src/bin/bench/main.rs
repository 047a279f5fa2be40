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
use std::sync::atomic::AtomicU64;

use anyhow::{Context, Result, bail};

use benches::cognate::{Cognate, Place};
use cases::{CASES, Case};
use kernel::Stopwatch;
use measure::{Cost, Effort, Side, median};
use primitives::Bench;
use private_postgres::PrivatePostgres;
use report::{Base, Footprint, Grown, Report, Round, UnderLoad};
use world::World;

/// `--only load` is isolation and overload alone.
const LOAD: &str = "load";
/// `--only growth` is what more people cost, without floors.
const GROWTH: &str = "growth";

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

/// `bench BINARY [--users 1000,10000] [--seconds 0.5] [--rounds 15] [--only NAME]`, where a name may also be one of the two above.
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
    let first = asked.users.first().copied().unwrap_or(1_000);
    let mut one = Running::start(asked, "one", "0")?;
    let idle = one.idle;
    one.fill(first)?;
    if asked.only.as_deref() == Some(GROWTH) {
        return crowds(asked, one)?.1.end();
    }
    let mut two = Running::start(asked, "two", "0,1")?;
    two.fill(first)?;
    let base = base(asked, &one, &two)?;
    two.end()?;
    let (grown, last) = crowds(asked, one)?;
    let footprint = footprint(last, idle)?;
    // A single operation is a look at that operation alone.
    let (under_load, postgres) = match asked.only {
        Some(_) => (None, None),
        None => (Some(under_load(asked)?), on_postgres(asked, first)?),
    };
    let report = Report {
        users: first,
        footprint,
        base: &base,
        grown: &grown,
        under_load: under_load.as_ref(),
        postgres: postgres.as_deref(),
        took: watch.elapsed(),
    };
    print!("{}", report.markdown());
    Ok(())
}

/// A fresh server and who is there.
struct Running {
    place: Place,
    server: Cognate,
    world: World,
    /// Resident bytes before anybody was there.
    idle: u64,
}

impl Running {
    /// On these cores. Nobody is mailed: delivery is the mail library's cost, and the floor has none.
    fn start(asked: &Asked, name: &str, cores: &str) -> Result<Self> {
        let mut place = Place::fresh(&asked.binary, &format!("bench-{name}"), None)?;
        place.cores = Some(cores.to_owned());
        Self::at(place)
    }

    fn at(place: Place) -> Result<Self> {
        let server = Cognate::start(&place)?;
        let idle = server.resident_bytes()?;
        let world = World::make(&server, &place)?;
        Ok(Self { place, server, world, idle })
    }

    fn fill(&mut self, users: u32) -> Result<()> {
        let watch = Stopwatch::start();
        self.world.fill(users)?;
        self.server.settle()?;
        eprintln!("{users} people after {:.0} s", watch.elapsed().as_secs_f64());
        Ok(())
    }

    fn side(&self, driver: Option<&'static str>) -> Side<'_> {
        Side { server: &self.server, world: &self.world, driver }
    }

    fn end(self) -> Result<()> {
        self.server.stop()?;
        self.place.clear()
    }
}

fn cases(asked: &Asked) -> impl Iterator<Item = &'static Case> {
    let only = asked.only.as_deref().filter(|only| *only != GROWTH);
    CASES.iter().filter(move |case| only.is_none_or(|only| case.name.contains(only)))
}

/// Against the floor and on two cores, each round beside the parts of the floor.
fn base(asked: &Asked, one: &Running, two: &Running) -> Result<Vec<Base>> {
    let mut bench = Bench::make()?;
    // Two cores are held against one that the driver shares too: its threads interrupt the server's in both.
    let sides = [one.side(None), one.side(Some("0")), two.side(None)];
    let measure = |case: &'static Case| {
        let [alone, ..] = sides;
        let first = alone.cost(case, &AtomicU64::new(0), asked.effort.seconds)?;
        let worked = bench.as_long_as(first.micros / case.exchanges())?;
        let parts = || bench.measure(asked.effort.seconds / 4.0, worked);
        let rounds = measure::in_turn(&sides, case, asked.effort, parts)?;
        let rounds = rounds.into_iter().map(Round::of).collect::<Result<_>>()?;
        let base = Base { case, rounds };
        eprintln!("{}: {:.1} µs, {:.2} times the floor", case.name, base.micros(), base.ratio());
        Ok(base)
    };
    cases(asked).map(measure).collect()
}

/// Growth to each further number of people, and the server with the most of them. It grows beside the one it is held
/// against.
fn crowds(asked: &Asked, one: Running) -> Result<(Vec<Grown>, Running)> {
    let Some(crowds) = asked.users.get(1..).filter(|crowds| !crowds.is_empty()) else {
        return Ok((Vec::new(), one));
    };
    let (mut grown, mut big) = (Vec::new(), Running::start(asked, "grown", "0")?);
    for users in crowds {
        big.fill(*users)?;
        grown.push(growth(asked, &one, &big, *users)?);
    }
    one.end()?;
    Ok((grown, big))
}

/// What each operation costs among this many people, relative to what it costs among the first.
fn growth(asked: &Asked, one: &Running, big: &Running, users: u32) -> Result<Grown> {
    let sides = [one.side(None), big.side(None)];
    let measure = |case: &'static Case| {
        let rounds = measure::in_turn(&sides, case, asked.effort, || Ok(()))?;
        let ratio = |(_, figures): &((), Vec<Cost>)| match figures.as_slice() {
            [few, many] => many.micros / few.micros,
            _ => f64::NAN,
        };
        let ratios: Vec<f64> = rounds.iter().map(ratio).collect();
        let middle = median(ratios.iter().copied());
        // What a large crowd costs only at first, until its pages are at hand, falls from round to round.
        eprintln!("{users} people, {}: {middle:.2}, round by round {ratios:.2?}", case.name);
        Ok(middle)
    };
    Ok(Grown { users, ratios: cases(asked).map(measure).collect::<Result<_>>()? })
}

/// Ends the server and starts it again.
fn footprint(last: Running, idle: u64) -> Result<Footprint> {
    let loaded = last.server.resident_bytes()?;
    last.server.stop()?;
    let again = Cognate::start(&last.place)?;
    let footprint = Footprint { idle, loaded, ready: again.ready_after };
    again.stop()?;
    last.place.clear()?;
    Ok(footprint)
}

/// All cores, a thousand people: who suffers from whom, and what becomes of too much.
fn under_load(asked: &Asked) -> Result<UnderLoad> {
    let mut running = Running::at(Place::fresh(&asked.binary, "bench-load", None)?)?;
    running.fill(1_000)?;
    eprintln!("isolation");
    let isolation = load::isolation(&running.world, CASES, &["GetUser", "refresh"], 6.0 * asked.effort.seconds)?;
    eprintln!("overload");
    let overload = load::overload(&running.world, 8.0 * asked.effort.seconds)?;
    running.end()?;
    Ok(UnderLoad { isolation, overload })
}

/// The same operations over Postgres, where the machine has one: microseconds for each.
fn on_postgres(asked: &Asked, users: u32) -> Result<Option<Vec<f64>>> {
    let Some(postgres) = PrivatePostgres::start()? else {
        eprintln!("no Postgres on this machine: its column stays empty");
        return Ok(None);
    };
    let mut place = Place::over(&asked.binary, "bench-postgres", None, Some(postgres.url.clone()))?;
    place.cores = Some("0".to_owned());
    let mut running = Running::at(place)?;
    running.fill(users)?;
    let measure = |case: &'static Case| {
        let rounds = measure::in_turn(&[running.side(None)], case, asked.effort, || Ok(()))?;
        let micros = median(rounds.into_iter().flat_map(|(_, figures)| figures).map(|cost| cost.micros));
        eprintln!("Postgres, {}: {micros:.1} µs", case.name);
        Ok(micros)
    };
    let figures = cases(asked).map(measure).collect::<Result<_>>()?;
    running.end()?;
    Ok(Some(figures))
}
