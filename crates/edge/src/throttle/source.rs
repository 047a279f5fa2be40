//! Requests of one source address: what a stranger may ask for before anything is known about them (authentication.md 11,
//! user-pools.md 20). On unless configured otherwise, and counted in this process.

use super::bucket::{Bucket, Rate};
use super::{RetryAfter, nanos};
use kernel::Clock;
use quick_cache::sync::Cache;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

/// Addresses that are counted at once. Whoever is forgotten has a full bucket again.
const COUNTED_MAX: usize = 16_384;

/// What one source address may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceRate {
    /// Requests a second.
    pub rps: u32,
    /// How many may come at once.
    pub burst: u32,
    /// Whether this machine itself may ask as often as it likes.
    pub spares_loopback: bool,
}

/// The buckets of source addresses.
#[derive(Debug)]
pub struct Sources {
    clock: Arc<dyn Clock>,
    rate: SourceRate,
    buckets: Cache<Network, Arc<Bucket>>,
}

/// Whom an address is counted as. Everybody with IPv6 has 64 bits of addresses for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Network {
    V4([u8; 4]),
    V6([u16; 4]),
}

impl Network {
    fn of(source: IpAddr) -> Self {
        match source.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.octets()),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self::V6([a, b, c, d])
            }
        }
    }
}

impl Sources {
    /// Full buckets.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, rate: SourceRate) -> Self {
        Self { clock, rate, buckets: Cache::new(COUNTED_MAX) }
    }

    /// Counts one request that nobody has signed.
    ///
    /// # Errors
    /// [`RetryAfter`] when the address has used its rate up.
    pub fn take(&self, source: IpAddr) -> Result<(), RetryAfter> {
        if self.rate.spares_loopback && source.to_canonical().is_loopback() {
            return Ok(());
        }
        let key = Network::of(source);
        let bucket = match self.buckets.get_or_insert_with(&key, || Ok::<_, Infallible>(Arc::default())) {
            Ok(bucket) => bucket,
            Err(never) => match never {},
        };
        let rate = Rate { rps: self.rate.rps, burst: self.rate.burst };
        bucket.take(rate, nanos(self.clock.now())).map_err(RetryAfter::of)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::Moved;
    use super::*;
    use std::sync::atomic::Ordering;

    fn sources(spares_loopback: bool) -> (Sources, Arc<Moved>) {
        let clock = Arc::new(Moved::default());
        (Sources::new(clock.clone(), SourceRate { rps: 100, burst: 200, spares_loopback }), clock)
    }

    fn passing(sources: &Sources, source: &str) -> usize {
        let source = source.parse().unwrap();
        (0..1_000).take_while(|_| sources.take(source).is_ok()).count()
    }

    #[test]
    fn au_31_each_address_has_a_bucket_that_fills_by_itself() {
        let (sources, clock) = sources(false);
        assert_eq!(passing(&sources, "203.0.113.9"), 200);
        assert_eq!(passing(&sources, "::ffff:203.0.113.9"), 0, "the same by IPv6");
        assert_eq!(passing(&sources, "203.0.113.10"), 200, "the neighbour's is full");
        clock.0.store(500, Ordering::Relaxed);
        assert_eq!(passing(&sources, "203.0.113.9"), 50);
    }

    #[test]
    fn au_31_the_64_bits_of_a_subscriber_are_one_address() {
        let (sources, _) = sources(false);
        assert_eq!(passing(&sources, "2001:db8:1:2::1"), 200);
        assert_eq!(passing(&sources, "2001:db8:1:2:ffff::9"), 0);
        assert_eq!(passing(&sources, "2001:db8:1:3::1"), 200);
    }

    #[test]
    fn this_machine_is_spared_where_it_is_said_so_only() {
        let [(spared, _), (counted, _)] = [sources(true), sources(false)];
        for here in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(passing(&spared, here), 1_000);
        }
        assert_eq!(passing(&counted, "127.0.0.1"), 200);
        assert_eq!(passing(&spared, "203.0.113.9"), 200);
    }

    #[test]
    fn memory_is_bounded_however_many_addresses_ask() {
        let (sources, _) = sources(false);
        for n in 0..3 * u32::try_from(COUNTED_MAX).unwrap() {
            assert!(sources.take(IpAddr::from(n.to_be_bytes())).is_ok());
        }
        assert!(sources.buckets.len() < 2 * COUNTED_MAX, "{}", sources.buckets.len());
    }
}
