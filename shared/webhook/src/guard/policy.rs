//! The settings' word on a URL, and on the addresses of its host.

use super::{address::describe_forbidden, refusal::Refusal};
use crate::config::GuardConfig;
use std::net::IpAddr;
use url::{Host, Url};

/// The settings, with host names in the form that URLs have.
#[derive(Debug)]
pub(crate) struct Guard(GuardConfig);

impl Guard {
    pub(crate) fn new(mut config: GuardConfig) -> Result<Self, Refusal> {
        let hosts = config.allowed.iter_mut().map(|allowance| &mut allowance.host);
        for host in hosts.chain(&mut config.only_hosts) {
            let parsed = Host::parse(host).map_err(|_| Refusal::HostInSettings(host.clone()))?;
            *host = strip_final_dot(&parsed.to_string()).to_owned();
        }
        Ok(Self(config))
    }

    /// Reads a URL that may be called as far as it shows; the addresses of a name are for [`check_addresses`](Self::check_addresses).
    pub(crate) fn check_url(&self, text: &str) -> Result<Url, Refusal> {
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
        let host = url.host().ok_or(Refusal::NotAUrl)?;
        let name = host.to_string();
        let name = strip_final_dot(&name);
        let port = url.port_or_known_default().unwrap_or_default();
        let any_port = self.0.allowed.iter().any(|one| one.any_port && one.host == name);
        if !any_port && !self.0.ports.contains(&port) {
            return Err(Refusal::Port(port));
        }
        if !self.0.only_hosts.is_empty() && !self.0.only_hosts.iter().any(|one| one == name) {
            return Err(Refusal::Host);
        }
        match host {
            Host::Ipv4(address) => self.check_addresses(name, &[address.into()])?,
            Host::Ipv6(address) => self.check_addresses(name, &[address.into()])?,
            Host::Domain(_) if name.contains('.') || self.0.allowed.iter().any(|one| one.host == name) => {}
            Host::Domain(_) => return Err(Refusal::BareName),
        }
        Ok(url)
    }

    /// Whether all addresses of a host may be called.
    pub(crate) fn check_addresses(&self, host: &str, addresses: &[IpAddr]) -> Result<(), Refusal> {
        let host = strip_final_dot(host);
        if addresses.is_empty() {
            return Err(Refusal::NoAddress);
        }
        for address in addresses {
            let allowed = self.0.allowed.iter().any(|one| one.host == host && one.network.contains(address));
            if let (false, Some(what)) = (allowed, describe_forbidden(*address)) {
                return Err(Refusal::Address(what));
            }
        }
        Ok(())
    }
}

/// A dot at the end of a name only says that it is complete.
fn strip_final_dot(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}

#[cfg(test)]
mod tests;
