//! Whether a scan takes an object of its age.

use super::{
    cursor::{ROUND_CURSOR, RuleCursor, ScanCursor},
    round::{cursor_name, start_of_new_rule},
};
use crate::{Error, Location, Object, intake::rules::Rule, ledger::Ledger};
use std::time::{Duration, SystemTime};

/// What a scan makes of an object's age. All times are by the ledger's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanAge {
    /// It was written before `from`, the ledger's birth or the first scan of its rule: no scan publishes it unless a person asks for
    /// objects of that age.
    Older {
        /// Objects written from then on are taken.
        from: SystemTime,
    },
    /// Its own event may still come.
    Young {
        /// When a scan takes it.
        until: SystemTime,
    },
    /// It is taken.
    Due,
}

impl ScanAge {
    /// Judges an object written at `modified`. `grace` is how long it is left to its own event; `None` where a person asked for a scan.
    pub(super) fn judge(
        modified: SystemTime,
        from: SystemTime,
        grace: Option<Duration>,
        now: SystemTime,
    ) -> Self {
        match grace.map(|grace| modified + grace) {
            _ if modified < from => Self::Older { from },
            Some(until) if until > now => Self::Young { until },
            _ => Self::Due,
        }
    }
}

/// Judges the age of an object that `rule` matches, as the next scan will. Writes nothing. `None` if the ledger has not been used yet, or
/// the source does not state when the object was written.
///
/// # Errors
/// Where the ledger cannot be read.
pub async fn scan_age(
    ledger: &Ledger,
    object: &Object,
    rule: &Rule,
    grace: Duration,
) -> Result<Option<ScanAge>, Error> {
    let (Some(modified), Some(times)) = (object.modified, ledger.recorded_times().await?) else {
        return Ok(None);
    };
    let (bucket, key) = (rule.bucket.clone(), rule.prefix.clone());
    let location = Location { provider: object.location.provider, bucket, key, region: None };
    let cursor: Option<RuleCursor> = ledger.note(&cursor_name(&location, &rule.account)).await?;
    let from = match cursor {
        Some(cursor) => cursor.from.get(),
        None => {
            let round: Option<ScanCursor> = ledger.note(ROUND_CURSOR).await?;
            start_of_new_rule(round.as_ref(), times)
        }
    };
    Ok(Some(ScanAge::judge(modified, times.birth.max(from), Some(grace), times.now)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a scan leaves for its age, at both limits.
    #[test]
    fn an_object_is_taken_between_start_and_grace() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let judge = |modified, grace: Option<u64>| {
            ScanAge::judge(at(modified), at(100), grace.map(Duration::from_secs), at(1000))
        };
        assert_eq!(judge(99, Some(60)), ScanAge::Older { from: at(100) });
        assert_eq!((judge(100, Some(60)), judge(940, Some(60))), (ScanAge::Due, ScanAge::Due));
        assert_eq!(judge(941, Some(60)), ScanAge::Young { until: at(1001) });
        assert_eq!(judge(941, None), ScanAge::Due);
    }
}
