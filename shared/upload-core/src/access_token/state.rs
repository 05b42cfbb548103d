//! The state of an account's tokens, for people.

use crate::ledger::{RefreshState, Timestamp, Tokens};
use serde::Serialize;

/// The state of an account's tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TokenState {
    /// The settings have no refresh token: the access token is used until Youku refuses it.
    NoRefreshToken,
    /// The settings' own access token is in use; how long it lives shows when Youku refuses it.
    FromSettings,
    /// A refreshed access token is in use.
    Valid {
        /// When it was obtained.
        since: Timestamp,
        /// When it expires, if Youku stated its lifetime; it is refreshed when a quarter of that is left.
        until: Option<Timestamp>,
    },
    /// A process is refreshing it.
    Refreshing {
        /// When the refresh was claimed.
        since: Timestamp,
    },
    /// Youku did not process the last refresh; nothing is lost.
    Postponed {
        /// Earliest time of the next refresh, which runs when it is needed.
        until: Timestamp,
    },
    /// It cannot be refreshed: a person must put new tokens into the settings. It stays in use until Youku refuses it.
    Reauthorize {
        /// When that became known.
        since: Timestamp,
        /// Why it cannot be refreshed.
        why: ReauthorizeReason,
        /// When it expires, if known.
        until: Option<Timestamp>,
    },
}

/// Why an access token cannot be refreshed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReauthorizeReason {
    /// The response to a refresh was lost, or the process that sent it died.
    AnswerLost,
    /// Youku refuses the refresh token.
    Refused,
}

impl TokenState {
    /// Derives the state from what the ledger holds.
    #[must_use]
    pub fn from_tokens(tokens: &Tokens) -> Self {
        let until = tokens.pair.as_ref().and_then(|pair| pair.expires_at()).map(Timestamp::from);
        match (tokens.refresh, &tokens.pair) {
            (Some(RefreshState::InFlight { since }), _) => Self::Refreshing { since: since.into() },
            (Some(RefreshState::Withdrawn { until, .. }), _) => Self::Postponed { until: until.into() },
            (Some(RefreshState::Lost { since }), _) => {
                Self::Reauthorize { since: since.into(), why: ReauthorizeReason::AnswerLost, until }
            }
            (Some(RefreshState::Refused { since }), _) => {
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
            Self::NoRefreshToken => {
                f.write_str("not renewed automatically: the settings have no refresh_token")
            }
            Self::FromSettings => f.write_str("the settings' own, renewed when Youku refuses it"),
            Self::Valid { since, until: None } => write!(f, "renewed {since}"),
            Self::Valid { since, until: Some(until) } => write!(f, "renewed {since}, good until {until}"),
            Self::Refreshing { since } => write!(f, "being renewed since {since}"),
            Self::Postponed { until } => {
                write!(f, "Youku did not process the last refresh: retried from {until} on")
            }
            Self::Reauthorize { since, why, .. } => {
                let why = match why {
                    ReauthorizeReason::AnswerLost => "the answer to a refresh was lost",
                    ReauthorizeReason::Refused => "Youku refuses the refresh token",
                };
                write!(f, "reauthorize: {why} ({since})")
            }
        }
    }
}
