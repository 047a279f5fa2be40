//! The tables of docs/performance.md.

use std::fmt::Write;
use std::time::Duration;

use super::cases::Case;
use super::floor::Primitives;
use super::load::{Isolation, Overload};
use super::measure::CONNECTIONS;

/// Figures with one number of people in the pool.
pub struct Level {
    /// That number.
    pub users: u32,
    /// Microseconds per case.
    pub figures: Vec<(&'static Case, f64)>,
}

/// What the server takes without doing anything.
#[derive(Debug, Clone, Copy)]
pub struct Footprint {
    /// Resident bytes after the start on a new database.
    pub idle: u64,
    /// Resident bytes after everything.
    pub loaded: u64,
    /// Until ready, on an existing database.
    pub ready: Duration,
}

/// What neighbours and too many of them do.
pub struct UnderLoad {
    /// Operations beside sign-ins.
    pub isolation: Vec<Isolation>,
    /// Sign-ins beyond what can be served.
    pub overload: Overload,
}

/// Everything measured in a run.
pub struct Report<'a> {
    /// The parts of the floors.
    pub primitives: &'a Primitives,
    /// Memory and start.
    pub footprint: Footprint,
    /// One core, each number of people.
    pub one_core: &'a [Level],
    /// One core that the driver is confined to as well, the first number of people.
    pub shared_core: &'a [Level],
    /// Two cores, the first number of people.
    pub two_cores: &'a [Level],
    /// Isolation and overload.
    pub under_load: Option<&'a UnderLoad>,
    /// The same operations over Postgres.
    pub postgres: Option<&'a Level>,
    /// How long the whole run took.
    pub took: Duration,
}

const IDLE_MAX: f64 = 40.0;
const READY_MAX: f64 = 150.0;
const GROWTH_MAX: f64 = 1.5;
const TWO_CORES_MAX: f64 = 1.1;
const ISOLATION_MAX: f64 = 3.0;
const GOODPUT_MIN: f64 = 0.9;

impl Report<'_> {
    /// As Markdown.
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        self.primitives(&mut text);
        self.against_floors(&mut text);
        self.growth(&mut text);
        self.footprint(&mut text);
        if let Some(under_load) = self.under_load {
            isolation(&under_load.isolation, &mut text);
            overload(under_load.overload, &mut text);
        }
        let _ = write!(text, "\nThe run took {:.0} minutes.\n", self.took.as_secs_f64() / 60.0);
        text
    }

    fn primitives(&self, text: &mut String) {
        let Primitives { sign, verify, http, waking, crossing, read } = self.primitives;
        let _ = write!(
            text,
            "## Primitives of this run\n\nµs of CPU: RS256 sign {sign:.1}, verify {verify:.1}, bare HTTP exchange {http:.1}, \
             with work between answers {waking:.1}, \
             {crossing:.1} more on two cores than on one, SQLite read by key {read:.2}. 3072-bit exponentiations are taken as 1.41 (base 2) and 1.79 signatures.\n\n"
        );
    }

    fn against_floors(&self, text: &mut String) {
        let Some(level) = self.one_core.first() else { return };
        let _ = write!(
            text,
            "## Against the floor\n\nOne core, {} people, SQLite, {CONNECTIONS} connections, µs of the server's CPU per operation, \
             smallest round. Postgres stands beside without a bar: the server's own CPU, not the database's.\n\n\
             | operation | µs | floor | ratio | bar | | over Postgres |\n|---|--:|--:|--:|--:|---|--:|\n",
            level.users
        );
        for (at, (case, micros)) in level.figures.iter().enumerate() {
            let postgres = self.postgres.and_then(|level| level.figures.get(at));
            let postgres = postgres.map_or_else(String::new, |(_, micros)| format!("{micros:.1}"));
            let floor = case.floor.micros(self.primitives);
            let ratio = micros / floor;
            let _ = writeln!(
                text,
                "| {} | {micros:.1} | {floor:.1} | {ratio:.2} | {:.2} | {} | {postgres} |",
                case.name,
                case.bar,
                verdict(ratio, case.bar)
            );
        }
        text.push('\n');
    }

    fn growth(&self, text: &mut String) {
        let Some(first) = self.one_core.first() else { return };
        let heads: Vec<String> =
            self.one_core.iter().skip(1).map(|level| format!("{} people |", level.users)).collect();
        let _ = write!(
            text,
            "## Growth and cores\n\nGrowth: cost relative to {} people on one core, bar {GROWTH_MAX}. Two cores: cost relative to one core, the \
             driver on the same ones both times, less what a bare exchange costs more there; bar {TWO_CORES_MAX}.\n\n\
             | operation | {} two cores | |\n|---|{}--:|---|\n",
            first.users,
            heads.join(" "),
            "--:|".repeat(heads.len())
        );
        for (at, (case, base)) in first.figures.iter().enumerate() {
            let relative = |level: &Level| level.figures.get(at).map_or(f64::NAN, |(_, micros)| micros / base);
            let grown: Vec<f64> = self.one_core.iter().skip(1).map(relative).collect();
            let micros =
                |levels: &[Level]| levels.first().and_then(|level| level.figures.get(at)).map(|(_, micros)| *micros);
            let two = micros(self.two_cores)
                .zip(micros(self.shared_core))
                .map_or(f64::NAN, |(two, one)| (two - self.primitives.crossing * case.exchanges()) / one);
            let kept = grown.iter().all(|ratio| *ratio <= GROWTH_MAX) && two <= TWO_CORES_MAX;
            let grown: String = grown.iter().map(|ratio| format!("{ratio:.2} | ")).collect();
            let _ =
                writeln!(text, "| {} | {grown}{two:.2} | {} |", case.name, if kept { "kept" } else { "**missed**" });
        }
        text.push('\n');
    }

    fn footprint(&self, text: &mut String) {
        let mib = |bytes: u64| bytes as f64 / 1_048_576.0;
        let (idle, ready) = (mib(self.footprint.idle), self.footprint.ready.as_secs_f64() * 1000.0);
        let _ = write!(
            text,
            "## Footprint\n\n| | measured | bar | |\n|---|--:|--:|---|\n| resident, idle | {idle:.1} MiB | {IDLE_MAX} | {} |\n\
             | resident, after this run | {:.1} MiB | | |\n| ready on the database of this run | {ready:.0} ms | {READY_MAX} | {} |\n",
            verdict(idle, IDLE_MAX),
            mib(self.footprint.loaded),
            verdict(ready, READY_MAX)
        );
    }
}

impl UnderLoad {
    /// The tables of who suffers from whom, and of too much.
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        isolation(&self.isolation, &mut text);
        overload(self.overload, &mut text);
        text
    }
}

fn isolation(measured: &[Isolation], text: &mut String) {
    let _ = write!(
        text,
        "\n## Isolation\n\nWaiting as a caller sees it, in milliseconds, alone and while password sign-ins from {} connections keep \
         their lane full; all cores, and the driver on the same ones. Bar for p99: {ISOLATION_MAX} times alone.\n\n\
         | operation | p50 alone | p50 beside | p99 alone | p99 beside | ratio | |\n|---|--:|--:|--:|--:|--:|---|\n",
        super::load::SATURATING
    );
    for Isolation { name, alone, beside } in measured {
        let ratio = beside.p99 / alone.p99;
        let _ = writeln!(
            text,
            "| {name} | {:.2} | {:.2} | {:.2} | {:.2} | {ratio:.2} | {} |",
            alone.p50,
            beside.p50,
            alone.p99,
            beside.p99,
            verdict(ratio, ISOLATION_MAX)
        );
    }
}

fn overload(measured: Overload, text: &mut String) {
    let Overload { peak, goodput, refused } = measured;
    let share = goodput / peak;
    let kept = if share >= GOODPUT_MIN { "kept" } else { "**missed**" };
    let _ = write!(
        text,
        "\n## Overload\n\nPassword sign-ins per second that brought tokens, on all cores: {peak:.0} at the load that saturates, {goodput:.0} \
         at three times that load ({refused:.0} a second were turned away): {:.0} % of the peak; bar {:.0} %: {kept}.\n",
        share * 100.0,
        GOODPUT_MIN * 100.0
    );
}

fn verdict(measured: f64, bar: f64) -> &'static str {
    if measured <= bar { "kept" } else { "**missed**" }
}
