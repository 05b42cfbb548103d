//! How an account's tokens stand, for people.

use crate::ledger::{Refresh, Timestamp, Tokens};
use serde::Serialize;

/// How an account's tokens stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TokenState {
    /// The settings have no refresh token: the access token is used until Youku refuses it.
    NoRefreshToken,
    /// The settings' own access token is in use; how long it lives shows when Youku refuses it.
    FromSettings,
    /// A renewed access token is in use.
    Valid {
        /// Since then.
        since: Timestamp,
        /// Until then, where Youku told; it is renewed when a quarter of that time is left.
        until: Option<Timestamp>,
    },
    /// A process renews it.
    Refreshing {
        /// Since then.
        since: Timestamp,
    },
    /// Youku did not take the last refresh; nothing is lost.
    Postponed {
        /// It is tried again from then on, when it is needed.
        until: Timestamp,
    },
    /// It cannot be renewed: a person must put new tokens into the settings. Until Youku refuses it, it serves.
    Reauthorize {
        /// Since then.
        since: Timestamp,
        /// Why.
        why: ReauthorizeReason,
        /// It serves at most until then, where that is known.
        until: Option<Timestamp>,
    },
}

/// Why an access token cannot be renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReauthorizeReason {
    /// The answer to a refresh was lost, or the process that asked died.
    AnswerLost,
    /// Youku does not take the refresh token.
    Refused,
}

impl TokenState {
    /// What the ledger says.
    #[must_use]
    pub fn from_tokens(tokens: &Tokens) -> Self {
        let until = tokens.pair.as_ref().and_then(|pair| pair.expires_at()).map(Timestamp::from);
        match (tokens.refresh, &tokens.pair) {
            (Some(Refresh::Asked { since }), _) => Self::Refreshing { since: since.into() },
            (Some(Refresh::Withdrawn { until, .. }), _) => Self::Postponed { until: until.into() },
            (Some(Refresh::Lost { since }), _) => {
                Self::Reauthorize { since: since.into(), why: ReauthorizeReason::AnswerLost, until }
            }
            (Some(Refresh::Refused { since }), _) => {
                Self::Reauthorize { since: since.into(), why: ReauthorizeReason::Refused, until }
            }
            (None, Some(pair)) => Self::Valid { since: pair.obtained.into(), until },
            (None, None) => Self::FromSettings,
        }
    }
}

impl std::fmt::Display for TokenState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoRefreshToken => f.write_str("not renewed by itself: the settings have no refresh_token"),
            Self::FromSettings => f.write_str("the settings' own, renewed when Youku refuses it"),
            Self::Valid { since, until: None } => write!(f, "renewed {since}"),
            Self::Valid { since, until: Some(until) } => write!(f, "renewed {since}, good until {until}"),
            Self::Refreshing { since } => write!(f, "being renewed since {since}"),
            Self::Postponed { until } => {
                write!(f, "Youku did not take the last refresh: tried again from {until} on")
            }
            Self::Reauthorize { since, why, .. } => {
                let why = match why {
                    ReauthorizeReason::AnswerLost => "the answer to a refresh was lost",
                    ReauthorizeReason::Refused => "Youku does not take the refresh token",
                };
                write!(f, "reauthorize: {why} ({since})")
            }
        }
    }
}
