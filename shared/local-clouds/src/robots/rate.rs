//! How many messages a robot may send.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use crate::robots::config::Vendor;

/// At most this many messages within the time.
struct Limit {
    messages: usize,
    within: Duration,
}

const MINUTE: Duration = Duration::from_secs(60);
const SILENCE: Duration = Duration::from_secs(600);

fn limits(vendor: Vendor) -> &'static [Limit] {
    const FEW: &[Limit] = &[Limit { messages: 20, within: MINUTE }];
    const MANY: &[Limit] =
        &[Limit { messages: 100, within: MINUTE }, Limit { messages: 5, within: Duration::from_secs(1) }];
    match vendor {
        Vendor::DingTalk | Vendor::WeCom => FEW,
        Vendor::Feishu => MANY,
    }
}

/// The messages of one robot within the last minute.
#[derive(Debug, Default)]
pub(crate) struct RateCounter {
    admitted: VecDeque<SystemTime>,
    silent_until: Option<SystemTime>,
}

impl RateCounter {
    /// Counts a message, or refuses it. The window slides, which is the strictest reading of "a minute".
    pub(crate) fn admit(&mut self, vendor: Vendor, now: SystemTime) -> bool {
        if self.silent_until.is_some_and(|until| now < until) {
            return false;
        }
        self.silent_until = None;
        let is_within = |time: &SystemTime, span| now.duration_since(*time).is_ok_and(|age| age < span);
        self.admitted.retain(|time| is_within(time, MINUTE));
        let is_full = |limit: &Limit| {
            self.admitted.iter().filter(|time| is_within(time, limit.within)).count() >= limit.messages
        };
        if limits(vendor).iter().any(is_full) {
            if vendor == Vendor::DingTalk {
                self.silent_until = Some(now + SILENCE);
            }
            return false;
        }
        self.admitted.push_back(now);
        true
    }

    /// Whether the robot is silenced at that time.
    pub(crate) fn is_silent(&self, now: SystemTime) -> bool {
        self.silent_until.is_some_and(|until| now < until)
    }
}
