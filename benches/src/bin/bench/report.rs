//! The tables of docs/performance.md.

use std::fmt::Write;
use std::time::Duration;

use anyhow::{Result, bail};

use super::cases::Case;
use super::floor::Primitives;
use super::load::{self, Isolation, Overload};
use super::measure::{CONNECTIONS, Cost, median};

/// One round of a case: the parts of its floor, and microseconds on each side.
#[derive(Debug)]
pub struct Round {
    parts: Primitives,
    /// On a core of the server's own.
    alone: Cost,
    /// On one that the driver is confined to as well.
    shared: Cost,
    /// On two cores.
    two: Cost,
}

impl Round {
    /// Of what was measured in turn.
    pub fn of((parts, figures): (Primitives, Vec<Cost>)) -> Result<Self> {
        match figures.as_slice() {
            [alone, shared, two] => Ok(Self { parts, alone: *alone, shared: *shared, two: *two }),
            _ => bail!("three sides"),
        }
    }
}

/// A case among the first number of people.
pub struct Base {
    /// The case.
    pub case: &'static Case,
    /// Its rounds.
    pub rounds: Vec<Round>,
}

impl Base {
    fn over(&self, figure: impl Fn(&Round) -> f64) -> f64 {
        median(self.rounds.iter().map(figure))
    }

    /// Microseconds on a core of the server's own.
    pub fn micros(&self) -> f64 {
        self.over(|round| round.alone.micros)
    }

    fn floor(&self) -> f64 {
        self.over(|round| self.case.floor.micros(&round.parts))
    }

    /// Times the floor.
    pub fn ratio(&self) -> f64 {
        self.over(|round| round.alone.micros / self.case.floor.micros(&round.parts))
    }

    /// Two cores against one, less what a bare exchange costs more there.
    fn cores(&self) -> f64 {
        self.over(|round| (round.two.micros - round.parts.crossing * self.case.exchanges()) / round.shared.micros)
    }

    /// The same of what the program spent itself, with nothing taken off.
    fn own_on_cores(&self) -> f64 {
        self.over(|round| round.two.own / round.shared.own)
    }
}

/// What each case costs among more people, relative to the first number.
pub struct Grown {
    /// How many.
    pub users: u32,
    /// In the order of the cases.
    pub ratios: Vec<f64>,
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
    /// The first number of people.
    pub users: u32,
    /// Memory and start.
    pub footprint: Footprint,
    /// Each case among them.
    pub base: &'a [Base],
    /// And among more.
    pub grown: &'a [Grown],
    /// Isolation and overload.
    pub under_load: Option<&'a UnderLoad>,
    /// The same operations over Postgres: microseconds.
    pub postgres: Option<&'a [f64]>,
    /// How long the whole run took.
    pub took: Duration,
}

const IDLE_MAX: f64 = 40.0;
const READY_MAX: f64 = 150.0;
const GROWTH_MAX: f64 = 1.5;
const TWO_CORES_MAX: f64 = 1.1;
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
        let rounds = || self.base.iter().flat_map(|base| &base.rounds);
        let over = |part: fn(&Primitives) -> f64| median(rounds().map(|round| part(&round.parts)));
        let (sign, verify) = (over(|parts| parts.sign), over(|parts| parts.verify));
        let (http, waking, crossing) =
            (over(|parts| parts.http), over(|parts| parts.waking), over(|parts| parts.crossing));
        let read = over(|parts| parts.read);
        let _ = write!(
            text,
            "## Primitives of this run\n\nµs of CPU, the middle of all rounds: RS256 sign {sign:.1}, verify {verify:.1}, bare HTTP \
             exchange {http:.1}, with work between answers {waking:.1}, {crossing:.1} more on two cores than on one, SQLite read by \
             key {read:.2}. 3072-bit exponentiations are taken as 1.41 (base 2) and 1.79 signatures.\n\n"
        );
    }

    fn against_floors(&self, text: &mut String) {
        let _ = write!(
            text,
            "## Against the floor\n\nOne core, {} people, SQLite, {CONNECTIONS} connections, µs of the server's CPU per operation. Each \
             round measures the parts of the floor and the operation one after the other; the middle round counts. Postgres stands \
             beside without a bar: the server's own CPU, not the database's.\n\n\
             | operation | µs | floor | ratio | bar | | over Postgres |\n|---|--:|--:|--:|--:|---|--:|\n",
            self.users
        );
        for (at, base) in self.base.iter().enumerate() {
            let (micros, floor, ratio, Case { name, bar, .. }) = (base.micros(), base.floor(), base.ratio(), base.case);
            let postgres = self.postgres.and_then(|figures| figures.get(at));
            let postgres = postgres.map_or_else(String::new, |micros| format!("{micros:.1}"));
            let kept = verdict(ratio, *bar);
            let _ =
                writeln!(text, "| {name} | {micros:.1} | {floor:.1} | {ratio:.2} | {bar:.2} | {kept} | {postgres} |");
        }
        text.push('\n');
    }

    fn growth(&self, text: &mut String) {
        let heads: Vec<String> = self.grown.iter().map(|grown| format!("{} people |", grown.users)).collect();
        let _ = write!(
            text,
            "## Growth and cores\n\nGrowth: cost relative to {} people on one core, two servers asked in turn, bar {GROWTH_MAX}. Two \
             cores: cost relative to one core, the driver behind it on the same ones both times, less what a bare exchange costs more there; \
             bar {TWO_CORES_MAX}. Beside it what the program spends itself, without the kernel, and with nothing taken off.\n\n\
             | operation | {} two cores | | itself |\n|---|{}--:|---|--:|\n",
            self.users,
            heads.join(" "),
            "--:|".repeat(heads.len())
        );
        for (at, base) in self.base.iter().enumerate() {
            let grown: Vec<f64> =
                self.grown.iter().map(|grown| grown.ratios.get(at).copied().unwrap_or(f64::NAN)).collect();
            let two = base.cores();
            let kept = grown.iter().all(|ratio| *ratio <= GROWTH_MAX) && two <= TWO_CORES_MAX;
            let grown: String = grown.iter().map(|ratio| format!("{ratio:.2} | ")).collect();
            let kept = if kept { "kept" } else { "**missed**" };
            let _ = writeln!(text, "| {} | {grown}{two:.2} | {kept} | {:.2} |", base.case.name, base.own_on_cores());
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
        "\n## Isolation\n\nWaiting as a caller sees it, in milliseconds, alone and beside {} connections without a pause: password \
         sign-ins that keep their lane full, sign-ups that are refused for their names, and such whose names are ten and a \
         thousand times too long (ST-24). All cores; those beside run on the same ones and stand back behind the server, for \
         they would be on machines of their own. The bar is for p99, in times alone; \
         the answers of all {} looks together.\n\n\
         | operation | beside | a second | p50 alone | p50 beside | p99 alone | p99 beside | ratio | bar | |\n\
         |---|---|--:|--:|--:|--:|--:|--:|--:|---|\n",
        load::SATURATING,
        load::TIMES_LOOKED
    );
    for looked in measured {
        let (Isolation { name, neighbours, rate, alone, beside }, ratio) = (looked, looked.ratio());
        let bar = neighbours.bar.map_or_else(String::new, |bar| format!("{bar:.1}"));
        let kept = neighbours.bar.map_or("", |bar| verdict(ratio, bar));
        let _ = writeln!(
            text,
            "| {name} | {} | {rate:.0} | {:.2} | {:.2} | {:.2} | {:.2} | {ratio:.2} | {bar} | {kept} |",
            neighbours.name, alone.p50, beside.p50, alone.p99, beside.p99,
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
