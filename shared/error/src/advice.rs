//! Whether trying again helps.

use std::{fmt, time::Duration};

/// Whether the same call may succeed later. Retry code asks this, never a status number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAdvice {
    /// The same call will fail again.
    Permanent,
    /// The same call may succeed later.
    Retry {
        /// How long the other side asks to be left alone, counted from now; `None` leaves the pause to the caller's back-off.
        retry_after: Option<Duration>,
    },
    /// It was tried again for as long as was allowed here.
    Exhausted,
}

impl RetryAdvice {
    /// Worth trying again, at any time.
    pub const RETRY: Self = Self::Retry { retry_after: None };

    /// Worth trying again once `wait` is over.
    #[must_use]
    pub const fn after(wait: Duration) -> Self {
        Self::Retry { retry_after: Some(wait) }
    }

    /// Whether trying again can help.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        matches!(self, Self::Retry { .. })
    }

    /// How long the other side asks to be left alone.
    #[must_use]
    pub const fn retry_after(self) -> Option<Duration> {
        match self {
            Self::Retry { retry_after } => retry_after,
            Self::Permanent | Self::Exhausted => None,
        }
    }
}

/// The words of the log, which are stable.
impl fmt::Display for RetryAdvice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Permanent => f.write_str("permanent"),
            Self::Retry { retry_after: None } => f.write_str("retry"),
            Self::Retry { retry_after: Some(wait) } => write!(f, "retry_after_{}ms", wait.as_millis()),
            Self::Exhausted => f.write_str("gave_up"),
        }
    }
}
