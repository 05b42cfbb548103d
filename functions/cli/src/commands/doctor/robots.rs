//! Whether group robots accept messages.

use super::{context::CheckContext, finding::Finding};
use crate::ui::{
    i18n::{Lang, current, tr, tr_static},
    local_time,
    messages::way_out::Callee,
};
use app::{RobotStatus, RobotTest, robots::Language};

pub(super) async fn check(context: &CheckContext) -> Vec<Finding> {
    if context.robots {
        return context.app.test_robots(None).await.iter().map(robot_finding).collect();
    }
    match context.app.robot_states(None).await {
        Ok(states) => states.iter().map(describe_state).collect(),
        Err(error) => {
            let finding = Finding::new(
                tr_static!("robots", "机器人"),
                tr_static!("read in the ledger whether they accept messages", "查看台账中机器人是否接受消息"),
            );
            let otherwise = tr_static!("see the checks above", "请看上面的检查");
            vec![finding.fail_for(&error, Callee::Ledger, otherwise)]
        }
    }
}

fn new_finding(name: &str, address: &str, tried: &'static str) -> Finding {
    Finding::new(tr!("robot {name} ({address})", "机器人 {name}（{address}）"), tried)
}

/// What the ledger knows of a robot.
fn describe_state(state: &RobotStatus) -> Finding {
    let tried = tr_static!("read in the ledger whether it accepts messages", "查看台账中它是否接受消息");
    let finding = new_finding(&state.name, &state.address, tried);
    match &state.refusal {
        None => finding.pass(tr_static!(
            "no message was refused; `oss2youku doctor --robots` sends one",
            "没有消息被拒绝；`oss2youku doctor --robots` 会发送一条"
        )),
        Some(refusal) => {
            let (code, since) = (&refusal.code, local_time::format(refusal.since));
            finding
                .fail(tr!(
                    "it has accepted nothing since {since} ({code})",
                    "自 {since} 起没有接受消息（{code}）"
                ))
                .advise(tr_static!(
                    "`oss2youku robots test` says why; what it was to be told is kept for three days",
                    "`oss2youku robots test` 会说明原因；待发内容保留三天"
                ))
        }
    }
}

/// What a robot answered to a test.
pub(in crate::commands) fn robot_finding(test: &RobotTest) -> Finding {
    let finding = new_finding(&test.name, &test.address, tr_static!("send a test message", "发送测试消息"));
    let language = match current() {
        Lang::En => Language::English,
        Lang::Zh => Language::Chinese,
    };
    match &test.refusal {
        None => finding.pass(tr_static!("the vendor accepted it", "服务方已接受")),
        Some(refusal) => {
            let word = refusal.kind.as_str();
            let code = match (refusal.code, refusal.status) {
                (Some(code), _) => tr!("{word}, the vendor's code {code}", "{word}，服务方错误码 {code}"),
                (None, Some(status)) => tr!("{word}, status {status}", "{word}，状态码 {status}"),
                (None, None) => word.to_owned(),
            };
            let sentence = refusal.sentence(language);
            finding.fail(tr!("{sentence} ({code})", "{sentence}（{code}）"))
        }
    }
}
