//! How callbacks are signed, what they may reach, and how they are spaced.

use super::text;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de::Error as _};
use std::time::Duration;
use webhook::{Allowance, Config, ErrorKind, GuardConfig, IpNet};

/// Callbacks: whoever may name a task's callback makes this process send a request, so what it may reach is bounded here.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallbackFields {
    /// Signing secrets, each `whsec_` and the base64 of 24 to 64 bytes (`OSS2YOUKU_CALLBACK__SECRETS=["..."]`). Requests are signed with
    /// every one of them: the new and the old during a rotation. Default: none, requests are not signed.
    pub secrets: Vec<SecretString>,
    /// Whether `http` URLs are accepted beside `https`, as legacy tasks have them (`OSS2YOUKU_CALLBACK__ALLOW_HTTP`). Default `false`.
    #[serde(deserialize_with = "text::or_value")]
    pub allow_http: bool,
    /// The ports that are accepted (`OSS2YOUKU_CALLBACK__PORTS`). Default `[443, 80]`.
    pub ports: Vec<u16>,
    /// Hosts that may have private addresses, the only way into private networks
    /// (`OSS2YOUKU_CALLBACK__ALLOWED=[{host="hooks.internal",network="10.0.0.0/8"}]`). Default: none.
    pub allowed: Vec<AllowedHost>,
    /// Where it is not empty, only these hosts are accepted, those of `allowed` not excepted (`OSS2YOUKU_CALLBACK__ONLY_HOSTS`).
    /// Default: any.
    pub only_hosts: Vec<String>,
    /// Seconds until the sweep first tries a callback again that was not accepted, and first asks how a video fares for a callback that
    /// wants to know; 1 to 3600 (`OSS2YOUKU_CALLBACK__PAUSE_SECONDS`). Later pauses are longer. Default 60.
    #[serde(deserialize_with = "text::or_value")]
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

/// Lets one host have addresses that are refused otherwise.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllowedHost {
    /// The host exactly, as it stands in the URL; a bare name or an address, too.
    pub host: String,
    /// The network in which its addresses may lie, such as `10.0.0.0/8`.
    #[serde(deserialize_with = "network")]
    pub network: IpNet,
}

fn network<'de, D: Deserializer<'de>>(from: D) -> Result<IpNet, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(|_| D::Error::custom("expected a network such as 10.0.0.0/8"))
}

impl CallbackFields {
    /// The client's settings.
    pub(crate) fn config(&self) -> Config {
        let allowance = |one: &AllowedHost| Allowance { host: one.host.clone(), network: one.network };
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

    pub(crate) fn pause(&self) -> Duration {
        Duration::from_secs(self.pause_seconds)
    }

    /// Whether a callback to this URL may be tried; its host is resolved only then. What is wrong is said without a word about
    /// addresses: whoever names the URL is not to learn about the network here.
    pub(crate) fn accepts(&self, url: &SecretString) -> Result<(), &'static str> {
        self.config().guard.check(url).map_err(|error| match error.kind() {
            ErrorKind::Forbidden => "is not allowed by the settings of callbacks",
            _ => "is not an https or http URL without a user name",
        })
    }

    pub(super) fn check(&self) -> Result<(), String> {
        if !(1..=3600).contains(&self.pause_seconds) {
            return Err(format!("callback.pause_seconds must be 1 to 3600, not {}", self.pause_seconds));
        }
        self.config().check().map_err(|why| format!("callback.{why}"))
    }
}

#[cfg(test)]
mod tests {
    use crate::Settings;

    fn load(file: &str) -> Result<Settings, upload_core::Error> {
        Settings::from_parts("test.toml", file, [])
    }

    #[test]
    fn the_whole_section_is_understood_and_nothing_in_it_is_shown() {
        let file = "[callback]
            secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX']
            allow_http = true
            ports = [8080]
            allowed = [{ host = 'hooks.internal', network = '10.0.0.0/8' }]
            only_hosts = ['hooks.internal']
            pause_seconds = 5";
        let settings = load(file).expect("settings");
        assert_eq!(settings.callback.accepts(&"http://hooks.internal:8080/x".into()), Ok(()));
        assert!(settings.callback.accepts(&"http://other.example.com:8080/x".into()).is_err());
        assert!(!format!("{settings:?}").contains("MfKQ"));
    }

    #[test]
    fn by_default_only_https_to_public_hosts_is_accepted() {
        let settings = load("").expect("settings").callback;
        assert_eq!(settings.accepts(&"https://hooks.example.com/x?token=s3cret".into()), Ok(()));
        for url in [
            "http://hooks.example.com/",
            "https://127.0.0.1/",
            "https://100.100.100.200/latest/meta-data/",
            "https://hooks.example.com:8443/",
            "https://localhost/",
            "https://u:s3cret@hooks.example.com/",
            "ftp://hooks.example.com/",
            "s3cret",
        ] {
            let why = settings.accepts(&url.into()).expect_err(url);
            for word in ["s3cret", "address", "loopback", "private", "127"] {
                assert!(!why.contains(word), "{url}: {why}");
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_named_and_no_secret_is_repeated() {
        for (line, words) in [
            ("secrets = ['whsec_S3CRETS3CRETS3CRETS3CRET', 'S3CRET']", "callback.secrets[0]"),
            ("secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'S3CRET']", "callback.secrets[1]"),
            ("allowed = [{ host = 'a b', network = '10.0.0.0/8' }]", "callback.allowed"),
            ("allowed = [{ host = 'a', network = '10.0.0.1' }]", "10.0.0.0/8"),
            ("pause_seconds = 0", "callback.pause_seconds must be 1 to 3600, not 0"),
            ("ports = [70000]", "callback.ports[0]"),
            ("timeout = 5", "callback.timeout"),
        ] {
            let error = load(&format!("[callback]\n{line}")).expect_err(line).to_string();
            assert!(error.contains(words), "{error}");
            assert!(!error.contains("S3CRET"), "{error}");
        }
    }

    #[test]
    fn a_rules_callback_must_be_one_that_may_be_called() {
        let account = "[accounts.main]\nclient_id = 'c'\naccess_token = 't'";
        let rule = |more: &str| {
            format!("{account}\n[[rules]]\nbucket = 'b'\naccount = 'main'\npublic_type = 'all'\n{more}")
        };
        load(&rule("callback = 'https://hooks.example.com/'\ncallback_events = ['video.ready']"))
            .expect("it may");
        for (more, words) in [
            ("callback = 'http://hooks.example.com/?s3cret'", "callback"),
            ("callback = 'https://10.0.0.1/?s3cret'", "not allowed"),
            ("callback_events = ['video.ready']", "callback_events needs a callback"),
        ] {
            let error = load(&rule(more)).expect_err(more).to_string();
            assert!(error.contains(words) && !error.contains("s3cret"), "{error}");
        }
    }
}
