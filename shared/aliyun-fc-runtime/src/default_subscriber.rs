//! The subscriber that a function gets without configuring one.

use crate::variables::{Lookup, read_variable};
use ::tracing::{Dispatch, dispatcher};
use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    fmt::{self, MakeWriter},
    layer::SubscriberExt,
};

/// Levels by target, as `RUST_LOG` has them: `info`, or `warn,my_function=debug`.
const LEVELS: &str = "RUST_LOG";
/// The crate's own variable: `JSON` writes each line as a JSON object.
const FORMAT: &str = "ALIYUN_FC_RUNTIME_LOG_FORMAT";

/// Logs to standard output, which the platform keeps: call it once, at the start of `main`.
///
/// `RUST_LOG` sets the levels, such as `info` or `warn,my_function=debug`; without it, or where it cannot be read, `info`
/// holds. `ALIYUN_FC_RUNTIME_LOG_FORMAT=JSON` writes each line as a JSON object. Lines carry no time, since the platform
/// adds one. Nothing changes where the process already has a subscriber.
///
/// ```no_run
/// use aliyun_fc_runtime::{Error, FcEvent, run, service_fn, tracing};
///
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() -> Result<(), Error> {
///     tracing::init_default_subscriber();
///     run(service_fn(async |event: FcEvent<String>| Ok::<_, Error>(event.payload))).await
/// }
/// ```
pub fn init_default_subscriber() {
    init_default_subscriber_with_writer(std::io::stdout);
}

/// Does the same as [`init_default_subscriber`] with another destination than standard output.
pub fn init_default_subscriber_with_writer<W>(writer: W)
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    // An error means that the process has a subscriber of its own, which stays.
    let _ = dispatcher::set_global_default(subscriber(&read_variable, writer));
}

fn subscriber<W>(lookup: &Lookup<'_>, writer: W) -> Dispatch
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let levels = lookup(LEVELS).and_then(|levels| levels.parse::<Targets>().ok());
    let levels = levels.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO));
    let registry = tracing_subscriber::registry().with(levels);
    let lines = fmt::layer().with_target(false).without_time().with_ansi(false).with_writer(writer);
    if lookup(FORMAT).is_some_and(|format| format.eq_ignore_ascii_case("json")) {
        Dispatch::new(registry.with(lines.json()))
    } else {
        Dispatch::new(registry.with(lines))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use std::{
        io::Write,
        sync::{Arc, Mutex},
    };

    /// Collects what is logged.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What two lines, one of them for debugging, look like with these variables.
    fn logged(variables: &'static [(&str, &str)]) -> String {
        let lookup =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let log = Log::default();
        let writer = log.clone();
        dispatcher::with_default(&subscriber(&lookup, move || writer.clone()), || {
            ::tracing::info!(key = "a.mp4", "arrived");
            ::tracing::debug!("detail");
        });
        let bytes = log.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn without_variables_lines_are_text_from_info_up() {
        assert_eq!(logged(&[]), " INFO arrived key=\"a.mp4\"\n");
        assert_eq!(logged(&[("RUST_LOG", "no level=at,,all")]), logged(&[]));
    }

    #[test]
    fn variables_choose_levels_and_json() {
        assert!(logged(&[("RUST_LOG", "debug")]).contains("detail"));
        assert_eq!(logged(&[("RUST_LOG", "warn")]), "");
        let line: serde_json::Value =
            serde_json::from_str(&logged(&[("ALIYUN_FC_RUNTIME_LOG_FORMAT", "json")])).unwrap();
        assert_eq!((&line["level"], &line["fields"]["key"]), (&"INFO".into(), &"a.mp4".into()));
    }
}
