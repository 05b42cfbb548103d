//! Why a message is refused.

use std::net::IpAddr;

/// Why a message is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Not a POST.
    Method,
    /// DingTalk: not JSON by its header.
    ContentType,
    MissingToken,
    UnknownToken,
    Limit,
    /// More bytes than this, of the named field.
    TooLong {
        field: &'static str,
        limit: usize,
    },
    Signature,
    Timestamp,
    Keyword,
    Sender(IpAddr),
    /// No message of a known kind, or this field of it is missing.
    Malformed {
        field: &'static str,
    },
    /// Feishu: a card that cannot be shown.
    Card,
}
