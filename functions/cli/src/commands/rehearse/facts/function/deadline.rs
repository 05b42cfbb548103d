//! Whether the platform states when it ends a call. When it really does is not tried: the process would be ended with the call.

use super::ask;
use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::Stage,
    text::text,
};

pub(in super::super) const FACT: Fact = Fact {
    name: "function.deadline",
    question: || text!("whether the platform states when it ends a call", "平台是否说明何时结束调用"),
    expected: "stated",
    calls: 0,
    requests: 1,
    makes: Makes::Nothing,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "stated" => text!(
            "an upload that does not end in time is handed over before the platform ends the call",
            "无法按时完成的上传会在平台结束调用之前交接"
        ),
        _ => text!(
            "the function does not know its end: an upload that the platform cuts off is resumed by the sweep",
            "函数不知道截止时间：被平台中断的上传由巡检恢复"
        ),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let probe = ask(stage, 0).await?;
    let stated = match probe.timeout_seconds {
        Some(seconds) => text!("a header states {seconds} s", "请求头为 {seconds} 秒"),
        None => text!("no header states it", "没有请求头说明"),
    };
    let (en, zh) = (stated.en, stated.zh);
    Ok(match probe.left_ms {
        Some(left) => Found::new(
            "stated",
            text!("{en}; by the context {left} ms are left for work", "{zh}；按上下文可工作 {left} 毫秒"),
        ),
        None => Found::new("missing", text!("{en}, nor does the context", "{zh}，上下文中也没有")),
    })
}
