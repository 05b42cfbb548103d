//! The environment variables by which the platform describes an instance, read once at start.

use crate::{credentials::Credentials, error::Error, variables::Lookup};
use std::net::{IpAddr, Ipv4Addr};

const DEFAULT_PORT: u16 = 9000;

#[derive(Debug, Clone, Default)]
pub(crate) struct Environment {
    pub(crate) credentials: Option<Credentials>,
    pub(crate) function_name: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) account_id: Option<String>,
    pub(crate) memory_mb: Option<u32>,
    pub(crate) version: Option<String>,
    pub(crate) instance_id: Option<String>,
}

impl Environment {
    pub(crate) fn read(lookup: &Lookup<'_>) -> Self {
        Self {
            credentials: Credentials::from_environment(lookup),
            function_name: lookup("FC_FUNCTION_NAME"),
            region: lookup("FC_REGION"),
            account_id: lookup("FC_ACCOUNT_ID"),
            memory_mb: lookup("FC_FUNCTION_MEMORY_SIZE").and_then(|megabytes| megabytes.parse().ok()),
            // Images up to Debian 10 have the second name.
            version: lookup("FC_FUNCTION_VERSION").or_else(|| lookup("FC_VER_ID")),
            instance_id: lookup("FC_INSTANCE_ID"),
        }
    }
}

/// The port to listen on. `FC_CUSTOM_LISTEN_PORT` is documented; local tools set `FC_SERVER_PORT`.
pub(crate) fn read_listen_port(lookup: &Lookup<'_>) -> Result<u16, Error> {
    for name in ["FC_CUSTOM_LISTEN_PORT", "FC_SERVER_PORT"] {
        if let Some(value) = lookup(name) {
            return value.parse().map_err(|_| format!("{name} is not a port number").into());
        }
    }
    Ok(DEFAULT_PORT)
}

/// The crate's own variable: a host on a developer's machine sets it to an address that nobody else reaches. The
/// platform's own variables would prove nothing, since such a host sets them as well.
const LISTEN_ADDRESS: &str = "ALIYUN_FC_RUNTIME_LISTEN_ADDRESS";

/// The address to listen on: all addresses, as the platform demands, unless the host asks for one.
pub(crate) fn read_listen_address(lookup: &Lookup<'_>) -> Result<IpAddr, Error> {
    match lookup(LISTEN_ADDRESS) {
        None => Ok(Ipv4Addr::UNSPECIFIED.into()),
        Some(value) => value.parse().map_err(|_| format!("{LISTEN_ADDRESS} is not an IP address").into()),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn lookup_in(variables: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        move |name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn the_documented_port_variable_wins() {
        let both = lookup_in(&[("FC_SERVER_PORT", "8001"), ("FC_CUSTOM_LISTEN_PORT", "8000")]);
        assert_eq!(read_listen_port(&both).unwrap(), 8000);
        assert_eq!(read_listen_port(&lookup_in(&[("FC_SERVER_PORT", "8001")])).unwrap(), 8001);
        assert_eq!(read_listen_port(&lookup_in(&[])).unwrap(), 9000);
    }

    #[test]
    fn an_invalid_port_is_an_error_and_not_a_guess() {
        let error = read_listen_port(&lookup_in(&[("FC_CUSTOM_LISTEN_PORT", "90000")])).unwrap_err();
        assert_eq!(error.to_string(), "FC_CUSTOM_LISTEN_PORT is not a port number");
    }

    #[test]
    fn it_listens_on_all_addresses_unless_the_host_asks_for_one() {
        for platform in [&[][..], &[("FC_FUNCTION_NAME", "f"), ("FC_CUSTOM_LISTEN_PORT", "9000")]] {
            assert_eq!(read_listen_address(&lookup_in(platform)).unwrap(), Ipv4Addr::UNSPECIFIED);
        }
        let asked = lookup_in(&[("ALIYUN_FC_RUNTIME_LISTEN_ADDRESS", "127.0.0.1")]);
        assert_eq!(read_listen_address(&asked).unwrap(), Ipv4Addr::LOCALHOST);
        let asked = lookup_in(&[("ALIYUN_FC_RUNTIME_LISTEN_ADDRESS", "::1")]);
        assert!(read_listen_address(&asked).unwrap().is_ipv6());
        let error = read_listen_address(&lookup_in(&[("ALIYUN_FC_RUNTIME_LISTEN_ADDRESS", "localhost")]))
            .unwrap_err();
        assert_eq!(error.to_string(), "ALIYUN_FC_RUNTIME_LISTEN_ADDRESS is not an IP address");
    }

    #[test]
    fn both_names_of_the_version_are_known() {
        assert_eq!(Environment::read(&lookup_in(&[("FC_VER_ID", "7")])).version.as_deref(), Some("7"));
        let both = lookup_in(&[("FC_VER_ID", "7"), ("FC_FUNCTION_VERSION", "LATEST")]);
        assert_eq!(Environment::read(&both).version.as_deref(), Some("LATEST"));
    }
}
