//! How callbacks are signed, what they may reach, and when they are retried.

use super::text;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de::Error as _};
use std::time::Duration;
use webhook::{Allowance, Config, ErrorKind, GuardConfig, IpNet};

/// Callbacks: a task that names one makes this process send a request, so these settings bound what it may reach.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallbackFields {
    /// Signing secrets, each `whsec_` and the base64 of 24 to 64 bytes (`OSS2YOUKU_CALLBACK__SECRETS=["..."]`). Requests are signed with
    /// every one of them: the new and the old during a rotation. Default: none, requests are not signed.
    pub secrets: Vec<SecretString>,
    /// Whether `http` URLs are accepted as well as `https`, as legacy tasks have them (`OSS2YOUKU_CALLBACK__ALLOW_HTTP`). Default `false`.
    #[serde(deserialize_with = "text::deserialize_value")]
    pub allow_http: bool,
    /// The ports that are accepted (`OSS2YOUKU_CALLBACK__PORTS`). Default `[443, 80]`.
    pub ports: Vec<u16>,
    /// Hosts that may have private addresses, the only way into private networks
    /// (`OSS2YOUKU_CALLBACK__ALLOWED=[{host="hooks.internal",network="10.0.0.0/8"}]`). Default: none.
    pub allowed: Vec<AllowedHost>,
    /// Unless it is empty, the only hosts that are accepted, those of `allowed` included (`OSS2YOUKU_CALLBACK__ONLY_HOSTS`).
    /// Default: any.
    pub only_hosts: Vec<String>,
    /// Seconds until the sweep first retries a callback that was not accepted, and first asks how a video fares for a callback that
    /// subscribed to that; 1 to 3600 (`OSS2YOUKU_CALLBACK__PAUSE_SECONDS`). Later pauses are longer. Default 60.
    #[serde(deserialize_with = "text::deserialize_value")]
    pub pause_seconds: u64,
}

impl Default for CallbackFields {
    fn default() -> Self {
        let GuardConfig { allow_http, ports, .. } = GuardConfig::default();
        Self {
            secrets: Vec::new(),
            allow_http,
            ports,
            allowed: Vec::new(),
            only_hosts: Vec::new(),
            pause_seconds: 60,
        }
    }
}

/// Permits one host addresses that are refused otherwise.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllowedHost {
    /// The host exactly, as it stands in the URL; a bare name or an address, too.
    pub host: String,
    /// The network in which its addresses may lie, such as `10.0.0.0/8`.
    #[serde(deserialize_with = "deserialize_network")]
    pub network: IpNet,
    /// Whether any port of it is accepted, not only those of `ports`. Default `false`.
    #[serde(default)]
    pub any_port: bool,
}

fn deserialize_network<'de, D: Deserializer<'de>>(from: D) -> Result<IpNet, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(|_| D::Error::custom("expected a network such as 10.0.0.0/8"))
}

impl CallbackFields {
    /// Converts the fields to the client's settings.
    pub(crate) fn to_config(&self) -> Config {
        let allowance = |one: &AllowedHost| Allowance {
            host: one.host.clone(),
            network: one.network,
            any_port: one.any_port,
        };
        Config {
            secrets: self.secrets.clone(),
            guard: GuardConfig {
                allow_http: self.allow_http,
                ports: self.ports.clone(),
                allowed: self.allowed.iter().map(allowance).collect(),
                only_hosts: self.only_hosts.clone(),
            },
        }
    }

    /// What robots may reach: their vendors' addresses, and of this machine's what callbacks may. `only_hosts` is about callbacks alone.
    pub(crate) fn to_robot_guard(&self) -> GuardConfig {
        let mut guard = GuardConfig { only_hosts: Vec::new(), ..self.to_config().guard };
        if !guard.ports.contains(&443) {
            guard.ports.push(443);
        }
        guard
    }

    /// Time until the first retry of a callback.
    pub(crate) fn pause(&self) -> Duration {
        Duration::from_secs(self.pause_seconds)
    }

    /// Checks whether a callback to this URL may be tried; its host is resolved only then.
    ///
    /// # Errors
    /// What is wrong, without a word about addresses: whoever names the URL must not learn about the network here.
    pub(crate) fn check_url(&self, url: &SecretString) -> Result<(), &'static str> {
        self.to_config().guard.check(url).map_err(|error| match error.kind() {
            ErrorKind::Forbidden => "is not allowed by the settings of callbacks",
            _ => "is not an https or http URL without a user name",
        })
    }

    /// Finds out why a callback to this URL may not be tried, in full: for the operator, who wrote the settings. The URL is not repeated.
    pub(crate) fn explain_refusal(&self, url: &SecretString) -> Option<String> {
        self.to_config().guard.check(url).err().map(|error| error.message().to_owned())
    }

    /// Checks the ranges of the numbers and what the client can use.
    ///
    /// # Errors
    /// Names the field that does not fit.
    pub(super) fn check(&self) -> Result<(), String> {
        if !(1..=3600).contains(&self.pause_seconds) {
            return Err(format!("callback.pause_seconds must be 1 to 3600, not {}", self.pause_seconds));
        }
        self.to_config().check().map_err(|why| format!("callback.{why}"))
    }
}
