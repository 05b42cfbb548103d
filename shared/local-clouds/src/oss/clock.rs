//! A clock that may be wrong: what the server tells, and what it holds signatures against.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use axum::body::Body;
use http::{HeaderValue, Response, header};

use super::times::{http_date, parse_http_date};

/// One server's clock.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead_seconds: AtomicI64,
}

impl Clock {
    pub(crate) fn set(&self, ahead_seconds: i64) {
        self.ahead_seconds.store(ahead_seconds, Ordering::Relaxed);
    }

    pub(super) fn ahead_seconds(&self) -> i64 {
        self.ahead_seconds.load(Ordering::Relaxed)
    }

    /// A moment, as this clock has it.
    pub(crate) fn shows(&self, time: SystemTime) -> SystemTime {
        let ahead = self.ahead_seconds();
        let by = Duration::from_secs(ahead.unsigned_abs());
        let shown = if ahead < 0 { time.checked_sub(by) } else { time.checked_add(by) };
        shown.unwrap_or(time)
    }

    /// Puts this clock's times into the headers of an answer.
    pub(crate) fn stamp(&self, answer: &mut Response<Body>) {
        if self.ahead_seconds() == 0 {
            return;
        }
        let headers = answer.headers_mut();
        let modified =
            headers.get(header::LAST_MODIFIED).and_then(|value| parse_http_date(value.to_str().ok()?));
        let date = Some((header::DATE, SystemTime::now()));
        for (name, time) in date.into_iter().chain(modified.map(|time| (header::LAST_MODIFIED, time))) {
            if let Ok(value) = HeaderValue::from_str(&http_date(self.shows(time))) {
                headers.insert(name, value);
            }
        }
    }
}
