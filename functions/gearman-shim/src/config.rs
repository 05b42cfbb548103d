//! Flags, their environment variables, and the values made from them.

use crate::{
    protocol::{
        server::Server,
        tls::{TlsError, trust_only},
    },
    token_file::{TokenFileError, read_token},
    ui::language::Lang,
};
use clap::{ArgAction, Parser};
use http::HeaderValue;
use reqwest::Url;
use rustls::ClientConfig;
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use thiserror::Error;

/// Takes Gearman jobs, has the oss2youku function run them, and answers as the legacy worker did.
#[derive(Debug, Parser)]
#[command(name = "oss2youku-gearman", version)]
pub(crate) struct Config {
    /// A gearmand, as HOST, HOST:PORT or [ADDRESS]:PORT; may be given several times.
    #[arg(long = "server", value_name = "HOST:PORT", required = true, action = ArgAction::Append)]
    #[arg(env = "OSS2YOUKU_GEARMAN_SERVER", value_delimiter = ',')]
    pub(crate) servers: Vec<Server>,
    /// The URL of the function's HTTP trigger, without `/uploads` or another path of its HTTP API.
    #[arg(long, value_name = "URL", env = "OSS2YOUKU_GEARMAN_FUNCTION_URL", value_parser = parse_url)]
    pub(crate) function_url: Url,
    /// A file with the bearer token that the function accepts, with the rights submit and read; read again where the token is refused.
    #[arg(long, value_name = "FILE", env = "OSS2YOUKU_GEARMAN_TOKEN_FILE")]
    pub(crate) token_file: PathBuf,
    /// Jobs at once, over all servers.
    #[arg(long, value_name = "N", env = "OSS2YOUKU_GEARMAN_JOBS", default_value_t = 8)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) jobs: u16,
    /// The Gearman function to offer.
    #[arg(long, value_name = "NAME", env = "OSS2YOUKU_GEARMAN_FUNCTION_NAME", default_value = "upload")]
    #[arg(value_parser = parse_function_name)]
    pub(crate) function_name: String,
    /// Serve /healthz and /metrics at this address.
    #[arg(long, value_name = "ADDRESS:PORT", env = "OSS2YOUKU_GEARMAN_HEALTH")]
    pub(crate) health: Option<SocketAddr>,
    /// Connect to the servers by TLS, and trust only the certificates in this PEM file.
    #[arg(long, value_name = "FILE", env = "OSS2YOUKU_GEARMAN_TLS_CA")]
    pub(crate) tls_ca: Option<PathBuf>,
    /// Take one job, run it, exit.
    #[arg(long)]
    pub(crate) once: bool,
    /// Answer failures with WORK_FAIL, which carries no text, instead of the legacy worker's JSON.
    #[arg(long, env = "OSS2YOUKU_GEARMAN_FAIL_PACKETS")]
    pub(crate) fail_packets: bool,
    /// Most KiB of a job's payload; the function has a limit of its own (`http.body_limit_kib`).
    #[arg(long, value_name = "KIB", env = "OSS2YOUKU_GEARMAN_MAX_PAYLOAD_KIB", default_value_t = 64)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=4095))]
    pub(crate) max_payload_kib: u16,
    /// Seconds from a job's start during which the function is called again.
    #[arg(long, value_name = "SECONDS", env = "OSS2YOUKU_GEARMAN_BUDGET", default_value = "21600")]
    #[arg(value_parser = parse_seconds)]
    pub(crate) budget: Duration,
    /// Seconds to wait until the function begins to answer; a function that does not stream does so only at the end.
    #[arg(
        long = "patience",
        value_name = "SECONDS",
        env = "OSS2YOUKU_GEARMAN_PATIENCE",
        default_value = "900"
    )]
    #[arg(value_parser = parse_seconds)]
    pub(crate) response_timeout: Duration,
    /// Seconds that running jobs have after SIGTERM; unfinished ones then return to their queue.
    #[arg(long, value_name = "SECONDS", env = "OSS2YOUKU_GEARMAN_DRAIN", default_value = "300")]
    #[arg(value_parser = parse_seconds)]
    pub(crate) drain: Duration,
    /// Language of this help and of errors at the start; default: from LC_ALL, LC_MESSAGES or LANG, else English.
    #[arg(long, value_name = "LANG")]
    pub(crate) lang: Option<Lang>,
}

/// A flag names a file that cannot be used. The text does not repeat the file's content.
#[derive(Debug, Error)]
pub(crate) enum ConfigError {
    #[error("--token-file {}: {problem}", .path.display())]
    TokenFile { path: PathBuf, problem: TokenFileError },
    #[error("--tls-ca {}: {problem}", .path.display())]
    TlsCa { path: PathBuf, problem: TlsError },
}

impl Config {
    /// Reads the token file and makes the value of the `Authorization` header, marked as sensitive.
    ///
    /// # Errors
    /// A file that cannot be read or does not hold one token.
    pub(crate) fn authorization(&self) -> Result<HeaderValue, ConfigError> {
        read_token(&self.token_file)
            .map_err(|problem| ConfigError::TokenFile { path: self.token_file.clone(), problem })
    }

    /// Builds the TLS setup of the connections to gearmand; `None` for plain TCP.
    ///
    /// # Errors
    /// A file of certificates that cannot be read or holds none.
    pub(crate) fn tls(&self) -> Result<Option<Arc<ClientConfig>>, ConfigError> {
        let Some(path) = &self.tls_ca else { return Ok(None) };
        let tls = trust_only(path).map_err(|problem| ConfigError::TlsCa { path: path.clone(), problem })?;
        Ok(Some(tls))
    }
}

fn parse_url(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("not a URL: {error}"))?;
    match url.scheme() {
        "http" | "https" if url.query().is_some() || url.fragment().is_some() => {
            Err("must end with its path".into())
        }
        "http" | "https" if has_own_path(&url) => {
            Err("must be without the HTTP API's own paths: leave out /uploads and what follows, or /healthz"
                .into())
        }
        "http" | "https" => Ok(url),
        _ => Err("must begin with http:// or https://".into()),
    }
}

/// Whether the URL's path ends in one of the HTTP API's own: `/uploads`, `/uploads/{id}` or `/healthz`. No settings of the function let its
/// own paths begin below one of these.
fn has_own_path(url: &Url) -> bool {
    let mut names = url.path().split('/').rev().filter(|name| !name.is_empty());
    let (last, before) = (names.next(), names.next());
    matches!(last, Some("uploads" | "healthz")) || before == Some("uploads")
}

fn parse_function_name(text: &str) -> Result<String, &'static str> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("must be visible ASCII characters without blanks");
    }
    Ok(text.into())
}

fn parse_seconds(text: &str) -> Result<Duration, &'static str> {
    let seconds: u32 = text.parse().map_err(|_| "must be a whole number of seconds")?;
    Ok(Duration::from_secs(seconds.into()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use std::io::Write;

    const REQUIRED: [&str; 7] =
        ["shim", "--server", "one,two:1", "--function-url", "http://f/x", "--token-file", "t"];

    #[test]
    fn defaults_apply_where_only_required_flags_are_given() {
        let config = Config::try_parse_from(REQUIRED).unwrap();
        let servers: Vec<_> = config.servers.iter().map(ToString::to_string).collect();
        assert_eq!(servers, ["one:4730", "two:1"]);
        assert_eq!((config.jobs, config.function_name.as_str()), (8, "upload"));
        assert!(config.tls().unwrap().is_none());
    }

    /// An error names the flag and the file, never the file's content.
    #[test]
    fn a_token_file_holds_one_token_which_errors_do_not_repeat() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let mut config = Config::try_parse_from(REQUIRED).unwrap();
        let error_text = |config: &Config| config.authorization().unwrap_err().to_string();
        assert!(error_text(&config).contains("--token-file t: "));
        config.token_file = file.path().into();
        assert!(error_text(&config).contains("one token"));
        writeln!(file, "secret token").unwrap();
        let value = config.authorization().unwrap();
        assert_eq!((value.to_str().unwrap(), value.is_sensitive()), ("Bearer secret token", true));
        writeln!(file, "another").unwrap();
        assert!(!error_text(&config).contains("secret"));
    }

    #[test]
    fn a_file_without_certificates_is_refused_by_its_flag() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut config = Config::try_parse_from(REQUIRED).unwrap();
        for (path, text) in [(file.path(), "no certificate"), ("/nowhere/ca.pem".as_ref(), "/nowhere/ca.pem")]
        {
            config.tls_ca = Some(path.into());
            let error = config.tls().unwrap_err().to_string();
            assert!(error.contains("--tls-ca") && error.contains(text), "{error}");
        }
    }
}
