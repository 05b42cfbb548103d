//! Who may do and see what: real processes, real sockets.

mod ledgers;
mod listening;
mod owners;
mod sources;

use crate::function::{Rig, Setup};
use local_clouds::fc::{FunctionConfig, HttpAuth};
use reqwest::header::{ACCEPT, AUTHORIZATION};
use serde_json::Value;

/// The function with its HTTP trigger.
async fn rig(env: &[(&str, &str)], setup: Setup<'_>) -> Rig {
    Rig::start(Setup { env, host: behind_http, ..setup }).await
}

fn behind_http(function: &mut FunctionConfig) {
    function.http_trigger = Some(HttpAuth::Anonymous);
}

/// The status and the JSON of an answer of the function's.
async fn ask(rig: &Rig, at: &str, token: &str, task: Option<&Value>) -> (u16, Value) {
    let url = format!("{}{at}", rig.clouds.endpoints.http_trigger);
    let client = app::http_client().unwrap();
    let request = match task {
        Some(task) => client.post(url).body(task.to_string()),
        None => client.get(url),
    };
    let request = request.header(ACCEPT, "*/*").header(AUTHORIZATION, format!("Bearer {token}"));
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}
