//! Why a callback is not allowed somewhere.

/// Why a callback is not allowed somewhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("this is not a URL")]
    NotAUrl,
    #[error("a URL of scheme {0} is neither https nor http")]
    Scheme(String),
    #[error("a URL must not hold a user or a password")]
    UserInfo,
    #[error("http is not allowed by the settings")]
    PlainHttp,
    #[error("port {0} is not allowed by the settings")]
    Port(u16),
    #[error("the host is not among those that the settings allow")]
    Host,
    #[error("a host name must have a dot")]
    BareName,
    #[error("the host has no address")]
    NoAddress,
    #[error("the host's address is {0}")]
    Address(&'static str),
    #[error("{0:?} is not a host")]
    HostInSettings(String),
}

impl Refusal {
    /// No settings would let this through.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self, Self::NotAUrl | Self::Scheme(_) | Self::UserInfo)
    }
}
