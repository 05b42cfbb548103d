//! Calls a function for many events at once on the local platform. Standard input has one line of JSON, the [`Task`]; standard output gets
//! one, what became of each call and which process worked on it. The processes stay, for whoever wants to measure them, until standard
//! input ends.

use futures_util::future::join_all;
use local_clouds::fc::{FcConfig, FcHost, FunctionConfig, InvokeResult};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    error::Error,
    io::{BufRead, Read, Write, stdin, stdout},
    path::PathBuf,
    time::{Duration, Instant},
};
use tokio::net::TcpListener;

const FUNCTION: &str = "many";

/// What to call, and how.
#[derive(Deserialize)]
struct Task {
    program: PathBuf,
    /// The function's variables, credentials included.
    env: BTreeMap<String, String>,
    /// Calls that an instance takes at a time; there are as many instances as that takes.
    concurrency: u32,
    events: Vec<Value>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut line = String::new();
    stdin().lock().read_line(&mut line)?;
    let task: Task = serde_json::from_str(&line)?;
    let function = FunctionConfig {
        env: task.env,
        timeout: Duration::from_secs(3600),
        instance_concurrency: task.concurrency,
        max_instances: task.events.len().div_ceil(task.concurrency.try_into()?),
        ..FunctionConfig::new(FUNCTION, [task.program])
    };
    let config = FcConfig { functions: vec![function], ..FcConfig::default() };
    let host = FcHost::start(config, TcpListener::bind("127.0.0.1:0").await?, []).await?;
    let begun = Instant::now();
    let calls = task.events.iter().map(async |event| {
        let result = host.invoke(FUNCTION, event.to_string()).await;
        told(&result, begun.elapsed())
    });
    let calls = join_all(calls).await;
    let instances: BTreeMap<_, _> =
        host.instances(FUNCTION).into_iter().map(|instance| (instance.id, instance.pid)).collect();
    writeln!(stdout(), "{}", json!({"calls": calls, "instances": instances}))?;
    stdout().flush()?;
    // The host's own tasks run on other threads.
    stdin().lock().read_to_end(&mut Vec::new())?;
    host.shutdown().await;
    Ok(())
}

/// All calls begin at once, and `ended` counts from there.
fn told(result: &InvokeResult, ended: Duration) -> Value {
    json!({
        "ended": ended.as_secs_f64(),
        "instance": result.instance_id,
        "error": result.error_type,
        "answer": serde_json::from_slice(&result.body).unwrap_or(Value::Null),
    })
}
