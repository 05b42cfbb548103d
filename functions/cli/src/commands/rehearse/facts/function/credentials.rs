//! Where the credentials of the function's role are.

use super::ask;
use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::Stage,
    text::text,
};

pub(in super::super) const FACT: Fact = Fact {
    name: "function.credentials",
    question: || text!("where the credentials of the function's role are", "函数角色的凭证在何处"),
    // Function Compute's images from Debian 11 on have no token in the headers; Lambda has no such headers.
    expected: "environment",
    calls: 0,
    requests: 1,
    makes: Makes::Nothing,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "nowhere" => text!(
            "the function needs a role, or source.access_key_id",
            "函数需要角色，或设置 source.access_key_id"
        ),
        _ => text!(
            "the function finds them: headers first, then the environment",
            "函数能找到：先查请求头，再查环境变量"
        ),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let probe = ask(stage, 0).await?;
    let word = match (probe.header_credentials.are_whole(), probe.environment_credentials.are_whole()) {
        (true, true) => "both",
        (true, false) => "headers",
        (false, true) => "environment",
        (false, false) => "nowhere",
    };
    let (headers, environment) = (probe.header_credentials.name(), probe.environment_credentials.name());
    let evidence =
        text!("headers: {headers}; environment: {environment}", "请求头：{headers}；环境变量：{environment}");
    Ok(Found::new(word, evidence))
}
