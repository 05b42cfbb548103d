//! The guard against requests into networks that callers must not reach through us (SSRF).
//!
//! The URL's form is judged first; an address in it at once, a name when it has been resolved: every address of the answer must pass, and
//! the connection is made to these very addresses.

mod address;
mod resolver;
#[cfg(test)]
mod tests;

pub(crate) use resolver::{Resolver, SystemResolver};

use crate::GuardConfig;
use address::forbidden;
use std::net::IpAddr;
use url::{Host, Url};

/// Why a callback may not go somewhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("this is not a URL")]
    NotAUrl,
    #[error("a URL of scheme {0} is neither https nor http")]
    Scheme(String),
    #[error("a URL may not hold a user or a password")]
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

/// The settings, with host names in the form that URLs have.
#[derive(Debug)]
pub(crate) struct Guard(GuardConfig);

impl Guard {
    pub(crate) fn new(mut config: GuardConfig) -> Result<Self, Refusal> {
        let hosts = config.allowed.iter_mut().map(|allowance| &mut allowance.host);
        for host in hosts.chain(&mut config.only_hosts) {
            let parsed = Host::parse(host).map_err(|_| Refusal::HostInSettings(host.clone()))?;
            *host = without_dot(&parsed.to_string()).to_owned();
        }
        Ok(Self(config))
    }

    /// The URL, if it may be called as far as it shows; the addresses of a name are for [`addresses`](Self::addresses).
    pub(crate) fn url(&self, text: &str) -> Result<Url, Refusal> {
        // The parser reads addresses as receivers' resolvers would: decimal, hexadecimal, shortened, in other scripts' digits.
        let url = Url::parse(text).map_err(|_| Refusal::NotAUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if self.0.allow_http => {}
            "http" => return Err(Refusal::PlainHttp),
            other => return Err(Refusal::Scheme(other.to_owned())),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::UserInfo);
        }
        let port = url.port_or_known_default().unwrap_or_default();
        if !self.0.ports.contains(&port) {
            return Err(Refusal::Port(port));
        }
        let host = url.host().ok_or(Refusal::NotAUrl)?;
        let name = host.to_string();
        let name = without_dot(&name);
        if !self.0.only_hosts.is_empty() && !self.0.only_hosts.iter().any(|one| one == name) {
            return Err(Refusal::Host);
        }
        match host {
            Host::Ipv4(address) => self.addresses(name, &[address.into()])?,
            Host::Ipv6(address) => self.addresses(name, &[address.into()])?,
            Host::Domain(_) if name.contains('.') || self.0.allowed.iter().any(|one| one.host == name) => {}
            Host::Domain(_) => return Err(Refusal::BareName),
        }
        Ok(url)
    }

    /// Whether all addresses of a host may be called.
    pub(crate) fn addresses(&self, host: &str, addresses: &[IpAddr]) -> Result<(), Refusal> {
        let host = without_dot(host);
        if addresses.is_empty() {
            return Err(Refusal::NoAddress);
        }
        for address in addresses {
            let allowed = self.0.allowed.iter().any(|one| one.host == host && one.network.contains(address));
            if let (false, Some(what)) = (allowed, forbidden(*address)) {
                return Err(Refusal::Address(what));
            }
        }
        Ok(())
    }
}

/// A dot at the end of a name only says that it is complete.
fn without_dot(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}
