//! Why a message was not accepted, and when to try again.

use crate::vendor::{Language, Vendor};
use std::{fmt, time::Duration};

/// For how long DingTalk silences a robot that sent too much (its page on custom robots).
const DINGTALK_SILENCE: Duration = Duration::from_secs(600);
/// After this the counted minute is another.
const MINUTE: Duration = Duration::from_secs(60);
/// The pause before another attempt at a server that is busy, failed or did not answer.
const PAUSE: Duration = Duration::from_secs(30);

/// A message that was not accepted. No text of it repeats the vendor's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// Whose robot it was.
    pub vendor: Vendor,
    /// The class of the failure.
    pub kind: RefusalKind,
    /// The vendor's code, if there was one.
    pub code: Option<i64>,
    /// The HTTP status, if there was an answer. It says little: the vendors refuse with 200.
    pub status: Option<u16>,
}

/// The class of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalKind {
    /// The robot's messages of this minute are used up.
    Limit,
    /// The vendor is busy.
    Busy,
    /// Nobody knows the token.
    NoSuchRobot,
    /// The robot was stopped, or its group is gone.
    Stopped,
    /// The signature is missing or wrong; at Feishu also its time.
    Signature,
    /// The signature's time is too far off.
    Clock,
    /// None of the robot's keywords occurs.
    Keyword,
    /// The robot has a list of addresses that may send, without this one.
    SenderAddress,
    /// A guard of the robot refused, in words that are not known.
    Guard,
    /// More bytes than the vendor accepts.
    TooLong,
    /// The vendor does not understand the message.
    Malformed,
    /// The server failed: status 500 or above, whatever the body says.
    Server,
    /// No answer came, or it broke.
    NoAnswer,
    /// An answer that the vendor would not give: a page, a redirect, nothing, or JSON without a code.
    NotTheVendor,
    /// A code that is not known.
    Unknown,
}

impl RefusalKind {
    /// A stable word, as `no_such_robot`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Limit => "limit",
            Self::Busy => "busy",
            Self::NoSuchRobot => "no_such_robot",
            Self::Stopped => "stopped",
            Self::Signature => "signature",
            Self::Clock => "clock",
            Self::Keyword => "keyword",
            Self::SenderAddress => "sender_address",
            Self::Guard => "guard",
            Self::TooLong => "too_long",
            Self::Malformed => "malformed",
            Self::Server => "server",
            Self::NoAnswer => "no_answer",
            Self::NotTheVendor => "not_the_vendor",
            Self::Unknown => "unknown",
        }
    }
}

impl Refusal {
    /// No answer came: the name did not resolve, the connection failed or broke, or the time was over. Whether the message arrived is unknown.
    #[must_use]
    pub fn no_answer(vendor: Vendor) -> Self {
        Self { vendor, kind: RefusalKind::NoAnswer, code: None, status: None }
    }

    /// How long to wait before the same message is sent again; nothing where that cannot help. No answer of the vendors names a time that
    /// could be believed.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self.kind {
            RefusalKind::Limit if self.vendor == Vendor::DingTalk => Some(DINGTALK_SILENCE),
            RefusalKind::Limit => Some(MINUTE),
            RefusalKind::Busy | RefusalKind::Server | RefusalKind::NoAnswer => Some(PAUSE),
            _ => None,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence(Language::English))?;
        match (self.code, self.status) {
            (Some(code), _) => write!(f, " (code {code})"),
            (None, Some(status)) => write!(f, " (status {status})"),
            (None, None) => Ok(()),
        }
    }
}

impl std::error::Error for Refusal {}
