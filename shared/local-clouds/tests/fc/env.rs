//! A host with one function, which is this test binary itself: see `process`.

use std::ffi::OsString;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::broadcast;

use local_clouds::fc::{FcConfig, FcHost, FunctionConfig, InvokeResult, LogLine};

/// A function that runs `process::function`.
pub(crate) fn function() -> FunctionConfig {
    let words = ["--exact", "fc::process::function", "--nocapture"].map(OsString::from);
    let program = std::env::current_exe().unwrap().into_os_string();
    let mut function = FunctionConfig::new("f", std::iter::once(program).chain(words));
    function.env.insert("ACT_AS".to_owned(), "function".to_owned());
    function
}

pub(crate) fn with_env(name: &str, value: &str) -> FunctionConfig {
    let mut function = function();
    function.env.insert(name.to_owned(), value.to_owned());
    function
}

pub(crate) async fn start(function: FunctionConfig) -> FcHost {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let keys = vec![("id".to_owned(), "secret".to_owned())];
    let config = FcConfig { functions: vec![function], keys, ..FcConfig::default() };
    FcHost::start(config, listener, []).await.unwrap()
}

/// The answer of a call that must succeed.
pub(crate) fn text(result: &InvokeResult) -> String {
    assert_eq!(
        (result.status, &result.error_type),
        (200, &None),
        "{}",
        String::from_utf8_lossy(&result.body)
    );
    String::from_utf8(result.body.to_vec()).unwrap()
}

pub(crate) fn json(result: &InvokeResult) -> Value {
    serde_json::from_str(&text(result)).unwrap()
}

/// Waits for a line of the function's log.
pub(crate) async fn line(logs: &mut broadcast::Receiver<LogLine>, what: &str) {
    while !logs.recv().await.unwrap().line.contains(what) {}
}

/// The letter of a process's state: `T` stopped, `None` gone or not yet reaped.
pub(crate) fn state(pid: u32) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next().filter(|letter| *letter != 'Z')
}

/// Signals take effect a moment after they are sent.
pub(crate) async fn until_state(pid: u32, wanted: Option<char>) {
    while state(pid) != wanted {
        tokio::task::yield_now().await;
    }
}
