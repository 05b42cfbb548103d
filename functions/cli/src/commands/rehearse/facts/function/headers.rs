//! Whether the headers arrive on which the function counts.

use super::ask;
use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::Stage,
    text::text,
};

/// What the function reads of a request on Function Compute. On Lambda the same stands in the invocation's context.
const COUNTED_ON: [&str; 3] = ["x-fc-control-path", "x-fc-function-timeout", "x-fc-request-id"];

pub(in super::super) const FACT: Fact = Fact {
    name: "function.headers",
    question: || text!("which headers arrive at the function", "函数收到哪些请求头"),
    expected: "complete",
    calls: 0,
    requests: 1,
    makes: Makes::Nothing,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "complete" => text!("nothing is missing on which the function counts", "函数所依赖的请求头齐全"),
        _ => text!(
            "the function does without: a request has no id in the log, or no end",
            "函数仍可运行，但日志中没有请求编号，或没有截止时间"
        ),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let probe = ask(stage, 0).await?;
    let missing: Vec<_> = match probe.platform.as_str() {
        "fc" => COUNTED_ON.into_iter().filter(|name| !probe.headers.contains(*name)).collect(),
        _ => Vec::new(),
    };
    let word =
        if missing.is_empty() { "complete".to_owned() } else { format!("without {}", missing.join(",")) };
    let names: Vec<_> = probe.headers.into_iter().collect();
    let (platform, names) = (probe.platform, names.join(" "));
    Ok(Found::new(word, text!("platform {platform}; {names}", "平台 {platform}；{names}")))
}
