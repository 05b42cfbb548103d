//! Facts about the platform on which the function runs, as the deployed function sees it: `GET /probe` names them, and no value of a header or
//! a variable.

pub(super) mod answer_size;
pub(super) mod credentials;
pub(super) mod deadline;
pub(super) mod event_delay;
pub(super) mod freeze;
pub(super) mod headers;

use crate::commands::{
    function_client::{describe_unreachable, read_token},
    rehearse::{
        obstacle::Obstacle,
        stage::Stage,
        text::{Text, text},
    },
};
use app::read_response;
use serde::Deserialize;
use std::{collections::BTreeSet, time::Duration};

/// The longest that an answer may take: a cold start, and some MiB.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of an answer without its filler.
const BARE: usize = 64 * 1024;

/// What the function sees of a request and of itself.
#[derive(Debug, Deserialize)]
struct Probe {
    platform: String,
    headers: BTreeSet<String>,
    header_credentials: Parts,
    environment_credentials: Parts,
    timeout_seconds: Option<u64>,
    left_ms: Option<u64>,
    instance: String,
    since_last: Option<SinceLast>,
    filler: String,
}

/// Parts of credentials that are there.
#[derive(Debug, Deserialize)]
struct Parts {
    key_id: bool,
    secret: bool,
    token: bool,
}

/// Milliseconds since the last probe.
#[derive(Debug, Deserialize)]
struct SinceLast {
    wall_ms: u64,
    monotonic_ms: u64,
    awake_ms: u64,
    /// Other requests that the process had.
    #[serde(default)]
    requests: u64,
}

impl Parts {
    fn are_whole(&self) -> bool {
        self.key_id && self.secret && self.token
    }

    /// The parts that are there, for the evidence.
    fn name(&self) -> String {
        let parts = [("key id", self.key_id), ("secret", self.secret), ("token", self.token)];
        let there: Vec<_> =
            parts.into_iter().filter_map(|(name, is_there)| is_there.then_some(name)).collect();
        if there.is_empty() { "none".to_owned() } else { there.join("+") }
    }
}

/// Asks the function, for an answer that is so many KiB longer.
async fn ask(stage: &Stage, kib: u64) -> Result<Probe, Obstacle> {
    match try_ask(stage, kib).await? {
        Ok(probe) => Ok(probe),
        Err(why) => Err(Obstacle::Other(why)),
    }
}

/// The same, with an answer that is no probe's as a text: what stands in the way may be the answer's length.
async fn try_ask(stage: &Stage, kib: u64) -> Result<Result<Probe, Text>, Obstacle> {
    let Some(url) = &stage.targets.function_url else {
        return Err(Obstacle::NotHere(text!(
            "--function-url names no function",
            "没有用 --function-url 指定函数"
        )));
    };
    let Some(file) = &stage.targets.token_file else {
        return Err(Obstacle::Other(text!(
            "--token-file names no token, and the function needs one with the right manage",
            "没有用 --token-file 指定令牌，而函数要求具有 manage 权限的令牌"
        )));
    };
    let told = |error: crate::error::CliError| {
        let why = Text::make(|| crate::ui::messages::errors::describe(&error).to_string());
        Obstacle::Other(why)
    };
    let token = read_token(file).map_err(told)?;
    let url = url.trim_end_matches('/');
    let request = app::http_client()?.get(format!("{url}/probe?kib={kib}")).bearer_auth(token);
    let asking = async {
        let response = request.timeout(PATIENCE).send().await.map_err(|_| told(describe_unreachable(url)))?;
        let status = response.status().as_u16();
        let most = BARE + usize::try_from(kib * 1024).unwrap_or_default();
        let bytes = read_response(response, most).await.ok();
        Ok::<_, Obstacle>((status, bytes))
    };
    let (status, bytes) = tokio::select! {
        answer = asking => answer?,
        () = stage.shutdown.wait() => return Err(Obstacle::Stopped),
    };
    let why = match status {
        200 => match bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            Some(probe) => return Ok(Ok(probe)),
            None => text!("its answer is no probe's, or was cut", "其应答不是探测结果，或被截断"),
        },
        401 => text!("the function refuses the token", "函数拒绝该令牌"),
        403 => text!("the token lacks the right manage", "令牌没有 manage 权限"),
        404 => text!(
            "the function has no /probe: set http.probe = true in its settings for the rehearsal",
            "函数没有 /probe：请为预演在其设置中写入 http.probe = true"
        ),
        status => text!("the function answered {status}", "函数的应答为 {status}"),
    };
    Ok(Err(why))
}
