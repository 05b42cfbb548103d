//! How long another server asks to be left alone (RFC 9110, section 10.2.3).

use http::{
    HeaderMap,
    header::{DATE, HeaderName, RETRY_AFTER},
};
use std::time::{Duration, SystemTime};

/// Reads `Retry-After`, a number of seconds or an HTTP date, and holds it to `longest`.
///
/// A date is compared with the answer's own `Date`, since this machine's clock may be another; with this machine's where the answer has
/// none. A date that is over is no wait. `None` where the header is missing or neither form.
#[must_use]
pub fn retry_after(headers: &HeaderMap, longest: Duration) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit()) {
        // More digits than fit are a long wait, and not none.
        text.parse().map_or(longest, Duration::from_secs)
    } else {
        let until = httpdate::parse_http_date(text).ok()?;
        let now = date(headers, DATE).unwrap_or_else(SystemTime::now);
        until.duration_since(now).unwrap_or_default()
    };
    Some(wait.min(longest))
}

fn date(headers: &HeaderMap, name: HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?.trim()).ok()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn wait(pairs: &[(HeaderName, &str)]) -> Option<Duration> {
        let headers = pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap()));
        retry_after(&headers.collect(), HOUR)
    }

    /// Seconds are held to the caller's limit, however many digits they have.
    #[test]
    fn seconds_are_read_and_held_to_the_limit() {
        for (text, seconds) in [
            ("7", Some(7)),
            (" 7 ", Some(7)),
            ("0", Some(0)),
            ("86400", Some(3600)),
            ("99999999999999999999999", Some(3600)),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(wait(&[(RETRY_AFTER, text)]), seconds.map(Duration::from_secs), "{text:?}");
        }
        assert_eq!(wait(&[]), None);
    }

    /// The date is far from this machine's clock: only the answer's own makes half a minute of it.
    #[test]
    fn a_date_is_compared_with_the_answers_own() {
        let stated = (DATE, "Sun, 06 Nov 1994 08:49:37 GMT");
        for (until, seconds) in [
            ("Sun, 06 Nov 1994 08:50:07 GMT", 30),
            ("Sunday, 06-Nov-94 08:50:07 GMT", 30),
            ("Sun, 06 Nov 1994 08:49:00 GMT", 0),
            ("Mon, 07 Nov 1994 08:49:37 GMT", 3600),
        ] {
            let found = wait(&[stated.clone(), (RETRY_AFTER, until)]);
            assert_eq!(found, Some(Duration::from_secs(seconds)), "{until}");
        }
    }

    #[test]
    fn a_date_without_the_answers_own_counts_from_now() {
        let past = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(wait(&[(RETRY_AFTER, past)]), Some(Duration::ZERO));
        assert_eq!(wait(&[(DATE, "no date"), (RETRY_AFTER, past)]), Some(Duration::ZERO));
        let soon = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(600));
        let found = wait(&[(RETRY_AFTER, &soon)]).unwrap().as_secs();
        assert!((590..=600).contains(&found), "{found}");
    }
}
