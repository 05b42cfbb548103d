//! What the process has learnt of an endpoint: how far its clock is from this machine's, and whether its answers name their request.
//!
//! A clock is kept for each endpoint and not for the process: it may be the store's that is wrong, and one store's time would then be
//! wrong for all others. A machine that is wrong itself pays with one refusal an endpoint.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};

use super::headers;

/// Offsets that differ by less are one fault of one clock, of which there was a warning already.
const SAME_FAULT_MS: u64 = 300_000;
/// A clock that is off by less is right.
const RIGHT_MS: u64 = 60_000;
/// Faults of clocks that one process warns of.
const WARNINGS: usize = 16;

/// One endpoint, shared by all stores of the process that talk to it.
#[derive(Debug, Default)]
pub(crate) struct Endpoint {
    clock: Mutex<Clock>,
    naming: AtomicU8,
}

#[derive(Debug, Default)]
struct Clock {
    /// What the endpoint's clock is ahead of this machine's.
    ahead_ms: i64,
    /// How often a refusal has set it.
    turn: u32,
    /// The endpoint took a request that was signed by it.
    proved: bool,
}

/// The time that a request is signed with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stamp {
    pub(crate) at: SystemTime,
    turn: u32,
}

/// Whether an endpoint's answers carry the id of their request: none was seen yet, ...
const UNSEEN: u8 = 0;
/// ... each that was seen did, ...
const ALWAYS: u8 = 1;
/// ... or some did not, as on servers that only speak like S3.
const NOT_ALWAYS: u8 = 2;

impl Endpoint {
    /// The endpoint of this host and port.
    pub(crate) fn for_host(host: &str) -> Arc<Self> {
        static ALL: Mutex<BTreeMap<String, Arc<Endpoint>>> = Mutex::new(BTreeMap::new());
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.get(host) {
            return known.clone();
        }
        all.entry(host.to_owned()).or_default().clone()
    }

    fn clock(&self) -> MutexGuard<'_, Clock> {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time by the endpoint's clock, as far as its refusals have shown it.
    pub(crate) fn stamp(&self) -> Stamp {
        let clock = self.clock();
        Stamp { at: shift(SystemTime::now(), clock.ahead_ms), turn: clock.turn }
    }

    /// The same for comparisons.
    pub(crate) fn now(&self) -> SystemTime {
        self.stamp().at
    }

    /// The endpoint had nothing against this time.
    pub(crate) fn note_accepted(&self, stamp: Stamp) {
        let mut clock = self.clock();
        if stamp.turn == clock.turn {
            clock.proved = true;
        }
    }

    /// The endpoint refused this time and named its own. Returns whether a request signed now may fare better: not where this time was
    /// one that an earlier refusal had set.
    pub(crate) fn note_refused(&self, stamp: Stamp, server_time: Option<SystemTime>) -> bool {
        let mut clock = self.clock();
        if stamp.turn != clock.turn {
            return true; // another request was refused for the same, and has set it
        }
        let helps = clock.turn == 0 || clock.proved;
        if let Some(theirs) = server_time {
            clock.ahead_ms = ahead_ms(theirs, SystemTime::now());
        }
        clock.turn = clock.turn.wrapping_add(1);
        clock.proved = false;
        warn_once(clock.ahead_ms);
        helps
    }

    /// Learns from an answer that the store itself gave.
    pub(crate) fn note_response(&self, status: StatusCode, head: &HeaderMap, is_document: bool) {
        let by_store = is_document || status.is_success() && !is_page(head);
        if headers::names_request(head) {
            let _was_seen_before =
                self.naming.compare_exchange(UNSEEN, ALWAYS, Ordering::Relaxed, Ordering::Relaxed);
        } else if by_store {
            self.naming.store(NOT_ALWAYS, Ordering::Relaxed);
        }
    }

    /// Whether an answer without the id of its request comes from something between: the store's own carry one.
    pub(crate) fn is_foreign(&self, head: &HeaderMap) -> bool {
        self.naming.load(Ordering::Relaxed) == ALWAYS && !headers::names_request(head)
    }
}

fn is_page(head: &HeaderMap) -> bool {
    head.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().to_ascii_lowercase().starts_with(b"text/html"))
}

fn shift(time: SystemTime, by_ms: i64) -> SystemTime {
    let by = Duration::from_millis(by_ms.unsigned_abs());
    let moved = if by_ms < 0 { time.checked_sub(by) } else { time.checked_add(by) };
    moved.unwrap_or(time)
}

fn ahead_ms(theirs: SystemTime, ours: SystemTime) -> i64 {
    let ms = |by: Duration| i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
    match theirs.duration_since(ours) {
        Ok(ahead) => ms(ahead),
        Err(behind) => -ms(behind.duration()),
    }
}

/// Warns of a fault of the clock once a process, whichever store shows it.
fn warn_once(ahead_ms: i64) {
    static WARNED: Mutex<Vec<i64>> = Mutex::new(Vec::new());
    if ahead_ms.unsigned_abs() < RIGHT_MS {
        tracing::info!("a store refused the time of a request although its clock is right by this machine's");
        return;
    }
    let mut warned = WARNED.lock().unwrap_or_else(PoisonError::into_inner);
    let known = warned.iter().any(|known| known.abs_diff(ahead_ms) < SAME_FAULT_MS);
    if known || warned.len() >= WARNINGS {
        return;
    }
    warned.push(ahead_ms);
    let offset_seconds = ahead_ms / 1000;
    tracing::warn!(
        offset_seconds,
        "this machine's clock is {offset_seconds} s from a store's: requests are signed by the store's; set the clock right",
    );
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    const TWO_HOURS: Duration = Duration::from_secs(7200);

    #[test]
    fn a_refusal_sets_the_clock_for_all_users_of_the_endpoint() {
        for server_time in [SystemTime::now() + TWO_HOURS, SystemTime::now() - TWO_HOURS] {
            let host = format!("shared-{server_time:?}:1");
            assert!(
                Endpoint::for_host(&host).note_refused(Endpoint::for_host(&host).stamp(), Some(server_time))
            );
            let off = ahead_ms(Endpoint::for_host(&host).now(), server_time).unsigned_abs();
            assert!(off < 5000, "{off}");
            let other = ahead_ms(Endpoint::for_host("another:1").now(), SystemTime::now()).unsigned_abs();
            assert!(other < 5000, "{other}");
        }
    }

    /// Refusals of requests that were signed with the same time are one.
    #[test]
    fn a_second_refusal_in_a_row_helps_nobody() {
        let endpoint = Endpoint::default();
        let (first, twin) = (endpoint.stamp(), endpoint.stamp());
        let server_time = Some(SystemTime::now() + TWO_HOURS);
        assert!(
            endpoint.note_refused(first, server_time) && endpoint.note_refused(twin, server_time),
            "both were signed before"
        );
        let second = endpoint.stamp();
        assert!(!endpoint.note_refused(second, server_time), "it was signed with what the first had set");
        let third = endpoint.stamp();
        endpoint.note_accepted(third);
        assert!(endpoint.note_refused(third, server_time), "a clock that was right may change again");
    }

    /// Where the endpoint's own answers always carry one.
    #[test]
    fn answers_without_a_request_id_come_from_something_between() {
        let named = HeaderMap::from_iter([("x-oss-request-id".parse().unwrap(), "R".parse().unwrap())]);
        let page = HeaderMap::from_iter([(CONTENT_TYPE, "text/html".parse().unwrap())]);
        let endpoint = Endpoint::default();
        assert!(!endpoint.is_foreign(&page), "nothing is known yet");
        endpoint.note_response(StatusCode::OK, &named, false);
        endpoint.note_response(StatusCode::OK, &page, false);
        assert!(endpoint.is_foreign(&page) && !endpoint.is_foreign(&named));
        endpoint.note_response(StatusCode::NOT_FOUND, &HeaderMap::new(), true);
        assert!(!endpoint.is_foreign(&page), "a server that names some requests alone");
    }
}
