//! Flags, their variables, and what becomes of them.

use crate::connection::Server;
use clap::{ArgAction, Parser};
use http::HeaderValue;
use reqwest::Url;
use std::{fs, net::SocketAddr, path::PathBuf, time::Duration};

/// Takes Gearman jobs and has the oss2youku function carry them out; answers as the legacy worker did.
#[derive(Debug, Parser)]
#[command(name = "oss2youku-gearman", version)]
pub(crate) struct Config {
    /// A gearmand, as HOST, HOST:PORT or [ADDRESS]:PORT; may be given several times.
    #[arg(long = "server", value_name = "HOST:PORT", required = true, action = ArgAction::Append)]
    #[arg(env = "OSS2YOUKU_GEARMAN_SERVER", value_delimiter = ',')]
    pub(crate) servers: Vec<Server>,
    /// Where the function's HTTP trigger is, without `/uploads`.
    #[arg(long, value_name = "URL", env = "OSS2YOUKU_GEARMAN_FUNCTION_URL", value_parser = url)]
    pub(crate) function_url: Url,
    /// A file with the bearer token that the function accepts.
    #[arg(long, value_name = "FILE", env = "OSS2YOUKU_GEARMAN_TOKEN_FILE")]
    pub(crate) token_file: PathBuf,
    /// Jobs at once, over all servers.
    #[arg(long, value_name = "N", env = "OSS2YOUKU_GEARMAN_JOBS", default_value_t = 8)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) jobs: u16,
    /// The Gearman function to offer.
    #[arg(long, value_name = "NAME", env = "OSS2YOUKU_GEARMAN_FUNCTION_NAME", default_value = "upload")]
    #[arg(value_parser = function_name)]
    pub(crate) function_name: String,
    /// Serve /healthz and /metrics here.
    #[arg(long, value_name = "ADDRESS:PORT", env = "OSS2YOUKU_GEARMAN_HEALTH")]
    pub(crate) health: Option<SocketAddr>,
    /// Speak TLS to the servers, trusting the certificates of this PEM file alone.
    #[arg(long, value_name = "FILE", env = "OSS2YOUKU_GEARMAN_TLS_CA")]
    pub(crate) tls_ca: Option<PathBuf>,
    /// Take one job, carry it out, exit.
    #[arg(long)]
    pub(crate) once: bool,
    /// Answer failures with WORK_FAIL, which carries no text, in place of the legacy worker's JSON.
    #[arg(long, env = "OSS2YOUKU_GEARMAN_FAIL_PACKETS")]
    pub(crate) fail_packets: bool,
    /// KiB of a job's payload at most; the function has a limit of its own (`http.body_limit_kib`).
    #[arg(long, value_name = "KIB", env = "OSS2YOUKU_GEARMAN_MAX_PAYLOAD_KIB", default_value_t = 64)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=4095))]
    pub(crate) max_payload_kib: u16,
    /// Seconds from a job's beginning within which the function is asked again.
    #[arg(long, value_name = "SECONDS", env = "OSS2YOUKU_GEARMAN_BUDGET", default_value = "21600")]
    #[arg(value_parser = seconds)]
    pub(crate) budget: Duration,
    /// Seconds to wait for the beginning of the function's answer, which a function that does not stream gives last.
    #[arg(long, value_name = "SECONDS", env = "OSS2YOUKU_GEARMAN_PATIENCE", default_value = "900")]
    #[arg(value_parser = seconds)]
    pub(crate) patience: Duration,
    /// Seconds that running jobs have after SIGTERM; what is not done then goes back to its queue.
    #[arg(long, value_name = "SECONDS", env = "OSS2YOUKU_GEARMAN_DRAIN", default_value = "300")]
    #[arg(value_parser = seconds)]
    pub(crate) drain: Duration,
}

impl Config {
    /// What the `Authorization` header says.
    ///
    /// # Errors
    /// A file that cannot be read or holds no token, named without its content.
    pub(crate) fn authorization(&self) -> Result<HeaderValue, String> {
        let wrong = |why: String| format!("--token-file {}: {why}", self.token_file.display());
        let text = fs::read_to_string(&self.token_file).map_err(|error| wrong(error.to_string()))?;
        let token = text.trim();
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
            return Err(wrong("must hold one token: a line of visible ASCII characters".into()));
        }
        let mut value =
            HeaderValue::try_from(format!("Bearer {token}")).map_err(|error| wrong(error.to_string()))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

fn url(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("not a URL: {error}"))?;
    match url.scheme() {
        "http" | "https" if url.query().is_none() && url.fragment().is_none() => Ok(url),
        "http" | "https" => Err("must end with its path".into()),
        _ => Err("must begin with http:// or https://".into()),
    }
}

fn function_name(text: &str) -> Result<String, String> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("must be visible ASCII characters without blanks".into());
    }
    Ok(text.into())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: u32 = text.parse().map_err(|_| "must be a whole number of seconds")?;
    Ok(Duration::from_secs(seconds.into()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use std::io::Write;

    const LEAST: [&str; 7] =
        ["shim", "--server", "one,two:1", "--function-url", "http://f/x", "--token-file", "t"];

    #[test]
    fn the_least_is_servers_the_function_and_a_token() {
        let config = Config::try_parse_from(LEAST).unwrap();
        let servers: Vec<_> = config.servers.iter().map(ToString::to_string).collect();
        assert_eq!(servers, ["one:4730", "two:1"]);
        assert_eq!((config.jobs, config.function_name.as_str()), (8, "upload"));
        for without in [1, 3, 5] {
            let mut arguments = LEAST.to_vec();
            arguments.drain(without..without + 2);
            let error = Config::try_parse_from(arguments).unwrap_err().to_string();
            assert!(error.contains(LEAST[without]), "{error}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_by_its_flag() {
        for (flag, value) in [
            ("--server", "a:b"),
            ("--server", ""),
            ("--function-url", "ftp://f"),
            ("--function-url", "f"),
            ("--function-url", "http://f/?a=b"),
            ("--jobs", "0"),
            ("--function-name", "two words"),
            ("--max-payload-kib", "5000"),
            ("--budget", "1h"),
            ("--health", "9100"),
        ] {
            let arguments = LEAST.into_iter().chain([flag, value]);
            let error = Config::try_parse_from(arguments).unwrap_err().to_string();
            assert!(error.contains(flag), "{flag} {value}: {error}");
        }
    }

    #[test]
    fn a_token_file_holds_one_token_and_errors_do_not_repeat_it() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let mut config = Config::try_parse_from(LEAST).unwrap();
        assert!(config.authorization().unwrap_err().contains("--token-file t: "));
        config.token_file = file.path().into();
        assert!(config.authorization().unwrap_err().contains("one token"));
        writeln!(file, "secret token").unwrap();
        let value = config.authorization().unwrap();
        assert_eq!((value.to_str().unwrap(), value.is_sensitive()), ("Bearer secret token", true));
        writeln!(file, "another").unwrap();
        assert!(!config.authorization().unwrap_err().contains("secret"));
    }
}
