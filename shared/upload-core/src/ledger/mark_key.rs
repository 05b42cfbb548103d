//! Keys of open marks. The key states when the upload is due, so that a list alone shows what is due.
//!
//! | key | due |
//! |---|---|
//! | `open/{id}.{tag}` | now; also `open/{id}`, which only a process that found it may delete |
//! | `open/{id}.{tag}.u{ms}` | at this time by the store's clock, in milliseconds since 1970 |
//! | `open/{id}.{tag}.u{ms}.{token}` | the same, or once the account has an access token other than the one of this keyed hash |
//! | `open/{id}.{tag}.u{ms}.q{landed}.{client}` | at this time, in turn: of those that wait until Youku takes this client's calls, who landed first is first |
//! | `open/{id}.{tag}.p{n}` | the `n`th pause after the mark was written, by the list's times; `p00`: now, except for workers that lack what it needs |
//!
//! Reasons: the id comes first, so that one list by prefix finds all marks of an upload, and they are adjacent
//! in the list of all marks; of several the earliest due time counts. The key states a place in the queue and the client, so that a
//! sweep finds whose turn it is, and leaves the others, without reading a mark. The tag belongs to its writer, so that a
//! holder that wakes late can delete no marks but those it wrote or found. The key states the number of a pause
//! rather than its end: the longest pause is marked again in its place, which costs one request a day and leaves
//! no moment with two marks or none.

use super::{Timestamp, keys::OPEN, queue_place::QueuePlace};
use crate::{Error, ErrorKind, UploadId};
use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// The first pause of an upload that cannot continue; each is twice as long as the one before it.
const FIRST_PAUSE: Duration = Duration::from_secs(300);
const LONGEST_PAUSE: Duration = Duration::from_secs(86_400);
/// The number of the first pause that is the longest: later ones have no number of their own.
pub(super) const LONGEST_PAUSE_NUMBER: u8 = 10;

/// When an upload is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Due {
    Now,
    Until {
        until: Timestamp,
        /// The keyed hash of the access token that was refused.
        refused: Option<String>,
    },
    /// At this time, in the turn of this place.
    InTurn {
        until: Timestamp,
        place: QueuePlace,
    },
    /// The number of its pause in a row, from 1 on; 0: due now, except for workers that lack what it needs.
    Pause(u8),
}

/// The key of an open mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MarkKey {
    pub(super) id: UploadId,
    /// Belongs to its writer; `None` in keys of programs before 0.2.0.
    pub(super) tag: Option<String>,
    pub(super) due: Due,
}

impl Due {
    /// Returns the pause after `pauses` of them. There is none if one worker lacks an account or a key: others
    /// on the same ledger may have it, and each checks for itself.
    pub(super) fn next_pause(pauses: u8, why: &Error) -> Self {
        match why.kind() {
            ErrorKind::Config => Self::Pause(0),
            _ => Self::Pause(pauses.saturating_add(1).min(LONGEST_PAUSE_NUMBER)),
        }
    }

    /// Earliest time to resume, for a mark written at `modified`; `None`: now.
    pub(super) fn due_time(&self, modified: SystemTime) -> Option<SystemTime> {
        match self {
            Self::Now => None,
            Self::Until { until, .. } | Self::InTurn { until, .. } => Some(until.get()),
            Self::Pause(number) => Some(modified + pause_length(*number)),
        }
    }
}

fn pause_length(number: u8) -> Duration {
    let Some(doubled) = number.min(LONGEST_PAUSE_NUMBER).checked_sub(1) else { return Duration::ZERO };
    (FIRST_PAUSE * 2_u32.pow(u32::from(doubled))).min(LONGEST_PAUSE)
}

impl MarkKey {
    /// Parses a key; `None` if it is not an open mark's.
    pub(super) fn parse(key: &str) -> Option<Self> {
        let name = key.strip_prefix(OPEN)?;
        let Some((id, suffix)) = name.split_once('.') else {
            return Some(Self { id: UploadId::parse(name)?, tag: None, due: Due::Now });
        };
        let mut parts = suffix.split('.');
        let tag = parts.next().filter(|tag| is_hex(tag, TAG_DIGITS))?.to_owned();
        let due = match (parts.next(), parts.next()) {
            (None, _) => Due::Now,
            (Some(due), rest) => match (due.split_at_checked(1)?, rest) {
                (("u", ms), Some(landed)) if landed.starts_with('q') => {
                    let client = parts.next().filter(|client| QueuePlace::is_client(client))?.to_owned();
                    let landed = parse_time(landed.strip_prefix('q')?)?;
                    Due::InTurn { until: parse_time(ms)?, place: QueuePlace { landed, client } }
                }
                (("u", ms), refused) => {
                    let refused = refused.map(|token| is_hex(token, TOKEN_DIGITS).then(|| token.to_owned()));
                    Due::Until {
                        until: parse_time(ms)?,
                        refused: refused.map_or(Some(None), |t| t.map(Some))?,
                    }
                }
                (("p", number), None) => Due::Pause(parse_two_digits(number)?),
                _ => return None,
            },
        };
        if parts.next().is_some() {
            return None;
        }
        Some(Self { id: UploadId::parse(id)?, tag: Some(tag), due })
    }
}

impl fmt::Display for MarkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, tag, due } = self;
        write!(f, "{OPEN}{id}")?;
        let Some(tag) = tag else { return Ok(()) };
        write!(f, ".{tag}")?;
        match due {
            Due::Now => Ok(()),
            Due::Until { until, refused } => {
                write!(f, ".u{:013}", to_ms(*until))?;
                refused.as_ref().map_or(Ok(()), |token| write!(f, ".{token}"))
            }
            Due::InTurn { until, place } => {
                let QueuePlace { landed, client } = place;
                write!(f, ".u{:013}.q{:013}.{client}", to_ms(*until), to_ms(*landed))
            }
            Due::Pause(number) => write!(f, ".p{number:02}"),
        }
    }
}

/// Hexadecimal digits of a writer's tag and of a token's hash.
pub(super) const TAG_DIGITS: usize = 8;
pub(super) const TOKEN_DIGITS: usize = 16;

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn to_ms(time: Timestamp) -> u128 {
    time.get().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()
}

fn parse_time(ms: &str) -> Option<Timestamp> {
    let well_formed = ms.len() == 13 && ms.bytes().all(|byte| byte.is_ascii_digit());
    let since = Duration::from_millis(ms.parse().ok().filter(|_| well_formed)?);
    Some((UNIX_EPOCH + since).into())
}

fn parse_two_digits(text: &str) -> Option<u8> {
    let well_formed = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| well_formed && *number <= LONGEST_PAUSE_NUMBER)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "00112233445566778899aabbccddeeff";

    /// Every key is read as it was written, and nothing else is taken for a key.
    #[test]
    fn mark_keys_round_trip_and_nothing_else_parses() {
        let until = |refused| {
            let until = (UNIX_EPOCH + Duration::from_millis(1_800_000_000_250)).into();
            Due::Until { until, refused }
        };
        let id = UploadId::parse(ID).expect("an id");
        let token = "0123456789abcdef".to_owned();
        let landed = (UNIX_EPOCH + Duration::from_millis(1_799_999_999_000)).into();
        let place = QueuePlace { landed, client: "01234567".into() };
        let until_ms = (UNIX_EPOCH + Duration::from_millis(1_800_000_000_250)).into();
        for (text, tag, due) in [
            ("", None, Due::Now),
            (".89abcdef", Some("89abcdef"), Due::Now),
            (".89abcdef.u1800000000250", Some("89abcdef"), until(None)),
            (".89abcdef.u1800000000250.0123456789abcdef", Some("89abcdef"), until(Some(token))),
            (
                ".89abcdef.u1800000000250.q1799999999000.01234567",
                Some("89abcdef"),
                Due::InTurn { until: until_ms, place },
            ),
            (".89abcdef.p00", Some("89abcdef"), Due::Pause(0)),
            (".89abcdef.p01", Some("89abcdef"), Due::Pause(1)),
            (".89abcdef.p10", Some("89abcdef"), Due::Pause(10)),
        ] {
            let key = MarkKey { id: id.clone(), tag: tag.map(str::to_owned), due };
            assert_eq!(key.to_string(), format!("open/{ID}{text}"));
            assert_eq!(MarkKey::parse(&key.to_string()), Some(key));
        }
        for foreign in [
            ".",
            ".89abcde",
            ".89ABCDEF",
            ".89abcdef.",
            ".89abcdef.u1",
            ".89abcdef.p11",
            ".89abcdef.p1",
            ".89abcdef.x1",
            ".89abcdef.p01.0123456789abcdef",
            "/x",
            "~",
            ".89abcdef.é",
            ".89abcdef.u1800000000250.0123456789abcde",
            ".89abcdef.u1800000000250.0123456789abcdef.1",
            ".89abcdef.u1800000000250.q1799999999000",
            ".89abcdef.u1800000000250.q179999999900.01234567",
            ".89abcdef.u1800000000250.q1799999999000.0123456",
            ".89abcdef.u1800000000250.q1799999999000.01234567.1",
        ] {
            assert_eq!(MarkKey::parse(&format!("open/{ID}{foreign}")), None, "{foreign}");
        }
        assert_eq!(MarkKey::parse("open/.DS_Store"), None);
    }

    #[test]
    fn pauses_grow_to_a_day_and_what_one_worker_lacks_makes_none() {
        let modified = UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        for (kind, expected) in [
            (ErrorKind::SourceDenied, [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440, 1440]),
            (ErrorKind::Config, [0; 12]),
        ] {
            let why = Error::new(kind, "read", "no");
            let (mut pauses, mut minutes) = (0, Vec::new());
            for _ in 0..12 {
                let due = Due::next_pause(pauses, &why);
                let Due::Pause(number) = due else { unreachable!() };
                let pause = due.due_time(modified).and_then(|due| due.duration_since(modified).ok());
                minutes.push(pause.expect("a time").as_secs() / 60);
                pauses = number;
            }
            assert_eq!(minutes, expected, "{kind:?}");
        }
    }
}
