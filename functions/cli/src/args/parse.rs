//! Value parsers for flags; their errors are in the language in use.

use crate::ui::i18n::tr_static;
use app::core::{Since, ledger::Timestamp};
use std::time::Duration;

/// Parses a span before now, or a point in time.
pub(super) fn parse_since(text: &str) -> Result<Since, String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(Since::At(time.get()));
    }
    let unit = |unit: char| match unit {
        's' => Some(1),
        'm' => Some(60),
        'h' => Some(3600),
        'd' => Some(86_400),
        _ => None,
    };
    let seconds = || {
        let (last, unit_seconds) =
            text.char_indices().last().and_then(|(at, last)| Some((at, unit(last)?)))?;
        text[..last].parse::<u64>().ok()?.checked_mul(unit_seconds)
    };
    let wrong = || {
        tr_static!(
            "expected a number with s, m, h or d after it, or a time such as 2026-11-22T08:00:00Z",
            "应为带 s、m、h 或 d 的数字，或形如 2026-11-22T08:00:00Z 的时间"
        )
    };
    seconds().map(|seconds| Since::Ago(Duration::from_secs(seconds))).ok_or_else(|| wrong().into())
}

/// Parses a point in time, with its zone.
pub(super) fn parse_time(text: &str) -> Result<Timestamp, String> {
    let wrong = || {
        tr_static!(
            "expected a time with its zone, such as 2026-12-01T20:00:00+08:00",
            "应为带时区的时间，如 2026-12-01T20:00:00+08:00"
        )
    };
    text.parse().map_err(|_| wrong().into())
}

/// Lowest rate in bytes per second: below it a part would take longer than the stall timeout of a call.
const MIN_RATE: u64 = 16 << 10;

/// Reads a number of bytes; the units K, M, G and T are powers of 1024.
fn read_bytes(text: &str) -> Option<u64> {
    let (digits, unit) = match text.to_ascii_uppercase().chars().last() {
        Some('K') => (&text[..text.len() - 1], 1 << 10),
        Some('M') => (&text[..text.len() - 1], 1 << 20),
        Some('G') => (&text[..text.len() - 1], 1 << 30),
        Some('T') => (&text[..text.len() - 1], 1 << 40),
        _ => (text, 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

/// Parses a size in bytes.
pub(super) fn parse_size(text: &str) -> Result<u64, String> {
    let wrong = || tr_static!("expected bytes, such as 500M, 20G or 1T", "应为字节数，如 500M、20G 或 1T");
    read_bytes(text).filter(|size| *size > 0).ok_or_else(|| wrong().into())
}

/// Parses bytes per second.
pub(super) fn parse_rate(text: &str) -> Result<u64, String> {
    let rate = read_bytes(text);
    let wrong = || {
        tr_static!(
            "expected bytes per second, at least 16K, such as 500K, 20M or 1G",
            "应为每秒字节数，至少 16K，如 500K、20M 或 1G"
        )
    };
    rate.filter(|rate| *rate >= MIN_RATE).ok_or_else(|| wrong().into())
}

/// Parses the force nonce: the text that asks for another video.
pub(super) fn parse_nonce(text: &str) -> Result<String, String> {
    let fits = (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    let wrong = || tr_static!("expected 1 to 64 visible ASCII characters", "应为 1 到 64 个可见 ASCII 字符");
    if fits { Ok(text.into()) } else { Err(wrong().into()) }
}

/// Parses a number above zero.
pub(super) fn parse_positive(text: &str) -> Result<usize, String> {
    let wrong = || tr_static!("expected a number from 1 on", "应为不小于 1 的整数");
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| wrong().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Units are powers of 1024, and rates below the minimum are refused.
    #[test]
    fn rates_have_units_of_1024_and_a_minimum() {
        for (text, bytes) in [("16K", 16_384), ("20M", 20 << 20), ("1g", 1 << 30), ("99999", 99_999)] {
            assert_eq!(parse_rate(text), Ok(bytes));
        }
        for text in ["", "K", "0", "15K", "1.5M", "-1M", "20MB", "99999999999G", "快"] {
            assert!(parse_rate(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_have_units_up_to_terabytes() {
        assert_eq!(
            (parse_size("20G"), parse_size("1t"), parse_size("5")),
            (Ok(20 << 30), Ok(1 << 40), Ok(5))
        );
        for text in ["", "0", "-1G", "1.5G", "20GB", "99999999T"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }

    /// `--since` takes a span before now or a point in time.
    #[test]
    fn since_is_a_span_or_a_point_in_time() {
        for (text, seconds) in [("30s", 30), ("90m", 5400), ("24h", 86_400), ("7d", 604_800)] {
            assert_eq!(parse_since(text), Ok(Since::Ago(Duration::from_secs(seconds))));
        }
        let then = std::time::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        assert_eq!(parse_since("2001-09-09T01:46:40Z"), Ok(Since::At(then)));
        for text in [
            "",
            "h",
            "24",
            "-1h",
            "1w",
            "1 h",
            "2001-09-09",
            "99999999999999999999d",
            "9999999999999999d",
            "时",
        ] {
            assert!(parse_since(text).is_err(), "{text}");
        }
    }
}
