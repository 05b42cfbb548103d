//! A clock that may be wrong: the times a server shows, and the time it checks signatures against.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use axum::body::Body;
use http::{HeaderValue, Response, header};

use crate::time_format::{format_http_date, parse_http_date};

/// One server's clock.
#[derive(Debug, Default)]
pub(crate) struct ServerClock {
    ahead_seconds: AtomicI64,
}

impl ServerClock {
    pub(crate) fn set_ahead(&self, ahead_seconds: i64) {
        self.ahead_seconds.store(ahead_seconds, Ordering::Relaxed);
    }

    pub(crate) fn ahead_seconds(&self) -> i64 {
        self.ahead_seconds.load(Ordering::Relaxed)
    }

    /// Converts a time to this clock's.
    pub(crate) fn to_server_time(&self, time: SystemTime) -> SystemTime {
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
            if let Ok(value) = HeaderValue::from_str(&format_http_date(self.to_server_time(time))) {
                headers.insert(name, value);
            }
        }
    }
}
