//! What happens to others while sign-ins take all they can get or somebody sends what is far too long, and to sign-ins when
//! there are too many of them.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, ScopedJoinHandle};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use benches::api::{Api, IDP, Outcome};
use benches::people;
use kernel::Stopwatch;

use super::cases::Case;
use super::confined::stand_back;
use super::world::{PASSWORD, World};

/// Connections that keep the password lane full, or send what is refused.
pub const SATURATING: u64 = 16;
/// How long a name may be, and how many times that those are which are too long (ST-24).
const NAME_CHARS_MAX: usize = 128;
const TIMES: [usize; 2] = [10, 1_000];
/// A name that nobody may have: names have no spaces.
const REFUSED: &str = "no name";
/// How often the waiting is looked at, alone and beside somebody in turn. A p99 is made of few answers, and the machine's
/// pace drifts: all looks together have enough of them.
pub const TIMES_LOOKED: usize = 5;
/// How much more than that is too much.
const OVERLOAD: u64 = 3;
/// Time between two questions of the one whose waiting is measured: a neighbour, not a second load.
const PAUSE: Duration = Duration::from_millis(2);

/// How long answers took, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Latency {
    /// Half of them took longer.
    pub p50: f64,
    /// One in a hundred took longer.
    pub p99: f64,
}

/// What neighbours do, again and again until they are stopped; how often it worked, and how often it was refused.
type Load = fn(&World, &AtomicBool) -> Result<(u64, u64)>;

/// Somebody whom others may notice, and how much: times their p99 alone.
#[derive(Clone, Copy)]
pub struct Neighbours {
    /// What they do.
    pub name: &'static str,
    load: Load,
    /// The bar. Those who have none are there to be compared with: what is too long may cost others what as many short
    /// refusals cost them.
    pub bar: Option<f64>,
}

const NEIGHBOURS: [Neighbours; 3] = [
    Neighbours { name: "sign-ins", load: sign_ins, bar: Some(3.0) },
    Neighbours { name: "short refusals", load: refused, bar: None },
    Neighbours { name: "what is too long", load: too_long, bar: Some(1.5) },
];

/// An operation without neighbours, and with them.
pub struct Isolation {
    /// The operation.
    pub name: &'static str,
    /// The neighbours.
    pub neighbours: Neighbours,
    /// How many answers they got in a second.
    pub rate: f64,
    /// Alone.
    pub alone: Latency,
    /// Beside them.
    pub beside: Latency,
}

impl Isolation {
    /// How many times longer one in a hundred waits.
    pub fn ratio(&self) -> f64 {
        self.beside.p99 / self.alone.p99
    }
}

/// Sign-ins per second that brought tokens.
#[derive(Debug, Clone, Copy)]
pub struct Overload {
    /// At the load that saturates.
    pub peak: f64,
    /// At three times that load.
    pub goodput: f64,
    /// How many were turned away then, per second.
    pub refused: f64,
}

/// Measures the operations with these names.
pub fn isolation(world: &World, cases: &[Case], names: &[&str], seconds: f64) -> Result<Vec<Isolation>> {
    let mut measured = Vec::new();
    for case in cases.iter().filter(|case| names.contains(&case.name)) {
        for neighbours in NEIGHBOURS {
            let (mut alone, mut beside, mut rates) = (Vec::new(), Vec::new(), 0.0);
            for _ in 0..TIMES_LOOKED {
                alone.extend(waited(world, case, seconds)?);
                let (waited, rate) = waited_beside(world, case, seconds, neighbours.load)?;
                beside.extend(waited);
                rates += rate;
            }
            let (alone, beside) = (Latency::of(alone)?, Latency::of(beside)?);
            measured.push(Isolation { name: case.name, neighbours, rate: rates / TIMES_LOOKED as f64, alone, beside });
        }
    }
    Ok(measured)
}

fn waited_beside(world: &World, case: &Case, seconds: f64, load: Load) -> Result<(Vec<f64>, f64)> {
    let (stop, watch) = (AtomicBool::new(false), Stopwatch::start());
    thread::scope(|scope| {
        let neighbours: Vec<_> = (0..SATURATING).map(|_| scope.spawn(|| background(load, world, &stop))).collect();
        let beside = waited(world, case, seconds);
        stop.store(true, Ordering::Relaxed);
        let (good, refused) = sum(neighbours)?;
        Ok((beside?, (good + refused) as f64 / watch.elapsed().as_secs_f64()))
    })
}

/// What all of them did, once they have ended.
fn sum(loads: Vec<ScopedJoinHandle<'_, Result<(u64, u64)>>>) -> Result<(u64, u64)> {
    loads.into_iter().try_fold((0, 0), |(good, refused), load| {
        let (more, turned_away) = load.join().map_err(|_| anyhow!("a neighbour panicked"))??;
        anyhow::Ok((good + more, refused + turned_away))
    })
}

/// Three rounds alternating between both loads; the best of each, for a disturbance only ever takes away.
pub fn overload(world: &World, seconds: f64) -> Result<Overload> {
    let mut best = Overload { peak: 0.0, goodput: 0.0, refused: 0.0 };
    for _ in 0..3 {
        let (peak, _) = goodput(world, SATURATING, seconds)?;
        best.peak = best.peak.max(peak);
        let (goodput, refused) = goodput(world, SATURATING * OVERLOAD, seconds)?;
        if goodput > best.goodput {
            (best.goodput, best.refused) = (goodput, refused);
        }
    }
    Ok(best)
}

/// Whoever waits is measured; those beside them stand back.
fn background(load: Load, world: &World, stop: &AtomicBool) -> Result<(u64, u64)> {
    stand_back();
    load(world, stop)
}

/// How long each answer took, in milliseconds.
fn waited(world: &World, case: &Case, seconds: f64) -> Result<Vec<f64>> {
    let mut api = Api::open(world.port, &world.key)?;
    let (watch, mut turn, mut took) = (Stopwatch::start(), 0, Vec::new());
    while watch.elapsed() < Duration::from_secs_f64(seconds) {
        let one = Stopwatch::start();
        (case.run)(&mut api, world, turn).with_context(|| case.name)?;
        took.push(one.elapsed().as_secs_f64() * 1e3);
        turn += 1;
        thread::sleep(PAUSE);
    }
    Ok(took)
}

impl Latency {
    fn of(mut took: Vec<f64>) -> Result<Self> {
        took.sort_by(f64::total_cmp);
        let at = |share: usize| took.get(took.len() * share / 100).copied().context("no answers");
        Ok(Self { p50: at(50)?, p99: at(99)? })
    }
}

fn goodput(world: &World, connections: u64, seconds: f64) -> Result<(f64, f64)> {
    let stop = AtomicBool::new(false);
    let watch = Stopwatch::start();
    let (good, refused) = thread::scope(|scope| {
        let load: Vec<_> = (0..connections).map(|_| scope.spawn(|| background(sign_ins, world, &stop))).collect();
        thread::sleep(Duration::from_secs_f64(seconds));
        stop.store(true, Ordering::Relaxed);
        sum(load)
    })?;
    let secs = watch.elapsed().as_secs_f64();
    Ok((good as f64 / secs, refused as f64 / secs))
}

/// Signs in again and again; how often it brought tokens, and how often there were too many requests.
fn sign_ins(world: &World, stop: &AtomicBool) -> Result<(u64, u64)> {
    static TURN: AtomicU64 = AtomicU64::new(0);
    let mut api = Api::open(world.port, &world.key)?;
    let (mut good, mut refused) = (0, 0);
    while !stop.load(Ordering::Relaxed) {
        let actor = world.actor(TURN.fetch_add(1, Ordering::Relaxed));
        match people::sign_in(&mut api, &world.pool, &actor.name, PASSWORD)? {
            Outcome::Done(answer) => {
                people::tokens(&answer)?;
                good += 1;
            }
            Outcome::Refused(code, _) if code == "TooManyRequestsException" => refused += 1,
            Outcome::Refused(code, sentence) => return Err(anyhow!("{code}: {sentence}")),
        }
    }
    Ok((good, refused))
}

/// Signs up under a name of ordinary length that nobody may have.
fn refused(world: &World, stop: &AtomicBool) -> Result<(u64, u64)> {
    refuse_all(world, stop, &[REFUSED.to_owned()])
}

/// Signs up under names that are far too long.
fn too_long(world: &World, stop: &AtomicBool) -> Result<(u64, u64)> {
    refuse_all(world, stop, &TIMES.map(|times| "n".repeat(NAME_CHARS_MAX * times)))
}

/// Each of them must be refused in the contract's words.
fn refuse_all(world: &World, stop: &AtomicBool, names: &[String]) -> Result<(u64, u64)> {
    let (mut api, mut refused) = (Api::open(world.port, &world.key)?, 0);
    let prepare = |name: &String| api.prepare(IDP, "SignUp", &people::sign_up_input(&world.pool, name, PASSWORD));
    let requests = names.iter().map(prepare).collect::<Result<Vec<_>>>()?;
    for request in requests.iter().cycle() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        match api.send(request)? {
            Outcome::Refused(code, _) if code == "InvalidParameterException" => refused += 1,
            Outcome::Refused(code, sentence) => return Err(anyhow!("{code}: {sentence}")),
            Outcome::Done(_) => return Err(anyhow!("a name was taken that nobody may have")),
        }
    }
    Ok((0, refused))
}
