//! What the key of an open mark says, so that a list alone tells who is due.
//!
//! | key | due |
//! |---|---|
//! | `open/{id}.{tag}` | now; also `open/{id}`, which nobody may delete but whoever found it |
//! | `open/{id}.{tag}.u{ms}` | at this time by the store's clock, in milliseconds since 1970 |
//! | `open/{id}.{tag}.u{ms}.{token}` | likewise, or once the account's access token is another than the one of this keyed hash |
//! | `open/{id}.{tag}.p{n}` | the `n`th pause after the mark was written, as the list tells it; `p00`: now, but for workers that lack what it needs |
//!
//! Why so: the id comes first, so that one list by prefix finds all marks of an upload, and they stand side by side in the list of all: of several
//! the earliest due time counts. The tag is its writer's own, so that a holder that wakes late can delete no mark but those it wrote or found. The
//! length of a pause stands in the key rather than its end: at the longest the mark is written anew in its place, which costs one request a
//! day and leaves no moment with two marks or none.

use super::{Timestamp, keys::OPEN};
use crate::{Error, ErrorKind, UploadId};
use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// The first pause of an upload that cannot go on; each is twice as long as the one before it.
const FIRST_PAUSE: Duration = Duration::from_secs(300);
const LONGEST_PAUSE: Duration = Duration::from_secs(86_400);
/// The number of the first pause that is the longest: no later one has a number of its own.
const PAUSES: u8 = 10;

/// When an upload is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Due {
    Now,
    Until {
        until: Timestamp,
        /// The keyed hash of the access token that was refused.
        refused: Option<String>,
    },
    /// Its how-manieth pause in a row, from 1 on.
    Pause(u8),
}

/// The key of an open mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MarkKey {
    pub(super) id: UploadId,
    /// Its writer's own; `None` in keys of programs before 0.2.0.
    pub(super) tag: Option<String>,
    pub(super) due: Due,
}

impl Due {
    /// The pause after `pauses` of them. For what one worker lacks, an account or a key, there is none: others on the same ledger may have it, and
    /// each looks whether it does.
    pub(super) fn pause_after(pauses: u8, why: &Error) -> Self {
        match why.kind() {
            ErrorKind::Config => Self::Pause(0),
            _ => Self::Pause(pauses.saturating_add(1).min(PAUSES)),
        }
    }

    /// When that is, for a mark written at `modified`; `None`: now.
    pub(super) fn time(&self, modified: SystemTime) -> Option<SystemTime> {
        match self {
            Self::Now => None,
            Self::Until { until, .. } => Some(until.get()),
            Self::Pause(number) => Some(modified + pause(*number)),
        }
    }
}

fn pause(number: u8) -> Duration {
    let Some(doubled) = number.min(PAUSES).checked_sub(1) else { return Duration::ZERO };
    (FIRST_PAUSE * 2_u32.pow(u32::from(doubled))).min(LONGEST_PAUSE)
}

impl MarkKey {
    /// The key's parts; `None` where it is no open mark's.
    pub(super) fn parse(key: &str) -> Option<Self> {
        let name = key.strip_prefix(OPEN)?;
        let Some((id, rest)) = name.split_once('.') else {
            return Some(Self { id: UploadId::parse(name)?, tag: None, due: Due::Now });
        };
        let mut parts = rest.split('.');
        let tag = parts.next().filter(|tag| is_hex(tag, TAG))?.to_owned();
        let due = match (parts.next(), parts.next()) {
            (None, _) => Due::Now,
            (Some(due), refused) => match (due.split_at_checked(1)?, refused) {
                (("u", ms), refused) => {
                    let refused = refused.map(|token| is_hex(token, TOKEN).then(|| token.to_owned()));
                    Due::Until { until: time(ms)?, refused: refused.map_or(Some(None), |t| t.map(Some))? }
                }
                (("p", number), None) => Due::Pause(two_digits(number)?),
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
                let since = until.get().duration_since(UNIX_EPOCH).unwrap_or_default();
                write!(f, ".u{:013}", since.as_millis())?;
                refused.as_ref().map_or(Ok(()), |token| write!(f, ".{token}"))
            }
            Due::Pause(number) => write!(f, ".p{number:02}"),
        }
    }
}

/// Digits of a writer's tag and of a token's hash.
pub(super) const TAG: usize = 8;
pub(super) const TOKEN: usize = 16;

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn time(ms: &str) -> Option<Timestamp> {
    let well_formed = ms.len() == 13 && ms.bytes().all(|byte| byte.is_ascii_digit());
    let since = Duration::from_millis(ms.parse().ok().filter(|_| well_formed)?);
    Some((UNIX_EPOCH + since).into())
}

fn two_digits(text: &str) -> Option<u8> {
    let well_formed = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| well_formed && *number <= PAUSES)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "00112233445566778899aabbccddeeff";

    #[test]
    fn every_key_is_read_as_it_was_written_and_nothing_else_is_taken_for_one() {
        let until = |refused| {
            let until = (UNIX_EPOCH + Duration::from_millis(1_800_000_000_250)).into();
            Due::Until { until, refused }
        };
        let id = UploadId::parse(ID).expect("an id");
        let token = "0123456789abcdef".to_owned();
        for (text, tag, due) in [
            ("", None, Due::Now),
            (".89abcdef", Some("89abcdef"), Due::Now),
            (".89abcdef.u1800000000250", Some("89abcdef"), until(None)),
            (".89abcdef.u1800000000250.0123456789abcdef", Some("89abcdef"), until(Some(token))),
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
                let due = Due::pause_after(pauses, &why);
                let Due::Pause(number) = due else { unreachable!() };
                let pause = due.time(modified).and_then(|due| due.duration_since(modified).ok());
                minutes.push(pause.expect("a time").as_secs() / 60);
                pauses = number;
            }
            assert_eq!(minutes, expected, "{kind:?}");
        }
    }
}
