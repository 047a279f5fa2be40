//! Whether secrets show in the time (ST-30): `cargo run --release -p crypto --example timing`, and a stage of
//! `cargo xtask test --deep`.
//!
//! Each check takes two classes of input that differ only in what must not show, measures both in random order and
//! prints Welch's t over the quicker half of the measurements. Beyond 4.5 the difference is no accident (dudect); since
//! a shared machine has accidents of its own, a check fails when it is beyond three times, each time on the same side.
#![allow(clippy::print_stdout, clippy::expect_used)]

use crypto::srp::{Claim, Exchange, Identity, PublicA, Verifier, prepare};
use crypto::{MacPurpose, constant_time_eq, secret_hash};
use kernel::{EntropyExt, Stopwatch, SystemEntropy};
use std::process::ExitCode;

const WHO: Identity<'_> = Identity { pool_name: "EXAMPLE1a", user_id: "janedoe" };

/// No accident any more.
const BEYOND: f64 = 4.5;

fn main() -> ExitCode {
    prepare();
    let mut failed = 0;
    let mut report = |held: bool| failed += u32::from(!held);
    let ring = crypto::Keyring::draw(&SystemEntropy);
    let right = ring.mac(MacPurpose::Code, &[b"123456"]);
    let [head, middle @ .., tail] = right;
    let first = [&[head ^ 1][..], &middle, &[tail]].concat();
    let last = [&[head][..], &middle, &[tail ^ 1]].concat();
    report(holds("code hash: first or last byte wrong", 200_000, [&last, &first], |given| {
        ring.mac_matches(MacPurpose::Code, &[b"123456"], given)
    }));
    report(holds("32 bytes: first or last one wrong", 400_000, [&last, &first], |given| {
        constant_time_eq(&right, given)
    }));

    let secret = "51chmkc8pv7h9ksdlf8bjvqt4qbq1c6mqi4m2fvp0s3nbqvd4u6".into();
    let hash = secret_hash(&secret, "janedoe", "1example23456789");
    let wrong = hash.replace('l', "m");
    report(holds("secret hash: right or wrong", 200_000, [hash.as_bytes(), wrong.as_bytes()], |given| {
        crypto::secret_hash_matches(text(given), &secret, "janedoe", "1example23456789")
    }));

    let verifier = Verifier::of(WHO, "right", &[1; 16]);
    report(holds("plain password: right or wrong", 4_000, [b"right", b"wrong"], |given| {
        verifier.accepts(WHO, text(given), &[1; 16])
    }));

    let a = PublicA::parse("123456789abcdef").expect("a number");
    let (exchange, _) = Exchange::begin(a, &verifier, &SystemEntropy);
    let key = exchange.finish(&verifier, None);
    let claim = Claim { secret_block: b"block", timestamp: "t" };
    let good = key.claim_signature(WHO, claim);
    let (first, rest) = good.split_at(1);
    let early = format!("{}{rest}", if first == "A" { "B" } else { "A" });
    let classes = [good.as_bytes(), early.as_bytes()];
    report(holds("SRP claim: right or first character wrong", 200_000, classes, |given| {
        key.accepts(WHO, claim, text(given))
    }));
    println!("{} passed, {failed} failed", 5 - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn text(given: &[u8]) -> &str {
    std::str::from_utf8(given).unwrap_or_default()
}

/// Measures until once the classes are not told apart, or three times they were.
fn holds<T>(name: &str, rounds: usize, classes: [&[u8]; 2], mut work: impl FnMut(&[u8]) -> T) -> bool {
    let first = t(name, rounds, classes, &mut work);
    first.abs() < BEYOND
        || (0..2).any(|_| {
            let again = t(name, rounds, classes, &mut work);
            again.abs() < BEYOND || again.signum() != first.signum()
        })
}

/// Measures both classes in random order, at the toss of a coin. Both are read from one place: two buffers lie
/// differently in the caches, and that alone shows in a comparison of thirty nanoseconds.
fn t<T>(name: &str, rounds: usize, classes: [&[u8]; 2], mut work: impl FnMut(&[u8]) -> T) -> f64 {
    let coins: Vec<u8> = (0..rounds.div_ceil(32)).flat_map(|_| SystemEntropy.bytes::<32>()).collect();
    let [heads_input, tails_input] = classes;
    let mut given = heads_input.to_vec();
    let (mut heads, mut tails) = (Vec::new(), Vec::new());
    for coin in coins {
        let side = coin & 1 == 1;
        given.copy_from_slice(if side { heads_input } else { tails_input });
        let given = std::hint::black_box(given.as_slice());
        let watch = Stopwatch::start();
        std::hint::black_box(work(given));
        let took = watch.elapsed().as_secs_f64() * 1e9;
        if side { heads.push(took) } else { tails.push(took) }
    }
    let (one, other) = (summary(heads), summary(tails));
    let apart = one.0 - other.0;
    // Of a comparison quicker than the clock ticks, all measurements may be one number.
    let t = if apart == 0.0 { 0.0 } else { apart / (one.1 / one.2 + other.1 / other.2).sqrt() };
    println!("t = {t:>7.2}   {:>12.1} ns against {:>12.1} ns   {name}", one.0, other.0);
    t
}

/// Mean, variance and number of the quicker half: the slower one is the machine's doing.
fn summary(mut times: Vec<f64>) -> (f64, f64, f64) {
    times.sort_by(f64::total_cmp);
    times.truncate(times.len() / 2);
    let n = f64::from(u32::try_from(times.len()).unwrap_or(u32::MAX)).max(2.0);
    let mean = times.iter().sum::<f64>() / n;
    let variance = times.iter().map(|t| (t - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, variance, n)
}
