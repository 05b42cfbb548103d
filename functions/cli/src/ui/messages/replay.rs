//! The answer of `replay-callback`: who refused, and what to do.

use super::callback::{advise_settings, describe_callback, describe_cause, is_status};
use crate::ui::i18n::tr;
use app::{
    CallbackStatus,
    core::{DeliveryResult, UploadId},
};

/// What became of a callback that was sent again, and what the sweeps still do with it: a replay records nothing.
pub(crate) fn describe_replay(
    id: &UploadId,
    delivered: &DeliveryResult,
    pending: Option<&CallbackStatus>,
    receiver: Option<&str>,
) -> Vec<String> {
    let mut lines = vec![describe_result(id, delivered)];
    if delivered.code() == DeliveryResult::FORBIDDEN {
        lines.push(advise_settings());
    }
    lines.extend(pending.map(|pending| {
        let sweeps = describe_callback(pending, receiver);
        match delivered {
            // What sweeps go on to do contradicts it otherwise.
            DeliveryResult::Accepted { .. } => {
                tr!("a replay is not recorded, so sweeps: {sweeps}", "重发不写入台账，因此巡检：{sweeps}")
            }
            _ => tr!("sweeps: {sweeps}", "巡检：{sweeps}"),
        }
    }));
    lines
}

fn describe_result(id: &UploadId, delivered: &DeliveryResult) -> String {
    match delivered {
        DeliveryResult::Accepted { status } => {
            tr!("{id}  the callback accepted it: {status}", "{id}  回调已接收：{status}")
        }
        DeliveryResult::Refused { code } if is_status(code) => {
            tr!("{id}  the receiver refused it for good: HTTP {code}", "{id}  接收方明确拒绝：HTTP {code}")
        }
        DeliveryResult::Failed { code, .. } if is_status(code) => {
            tr!("{id}  the receiver did not accept it: HTTP {code}", "{id}  接收方未接收：HTTP {code}")
        }
        DeliveryResult::Refused { code } | DeliveryResult::Failed { code, .. } => {
            let cause = describe_cause(code);
            tr!("{id}  not delivered: {cause}", "{id}  未送达：{cause}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::core::ledger::PendingMessage;

    /// Each refusal names its origin, and what the sweeps go on to do is said with the attempts so far.
    #[test]
    fn who_refused_a_callback_and_what_is_next_is_named() {
        let id = UploadId::parse("00112233445566778899aabbccddeeff").unwrap_or_else(|| unreachable!());
        let failed = |code: &str| DeliveryResult::Failed { code: code.into(), retry_after: None };
        for (delivered, words) in [
            (DeliveryResult::Accepted { status: 204 }, "accepted it: 204"),
            (failed(DeliveryResult::FORBIDDEN), "the settings do not allow"),
            (DeliveryResult::Refused { code: "410".into() }, "the receiver refused it for good: HTTP 410"),
            (failed("503"), "the receiver did not accept it: HTTP 503"),
            (failed(DeliveryResult::TIMED_OUT), "did not answer in time"),
            (failed("connection"), "no connection to the receiver"),
        ] {
            let text = describe_replay(&id, &delivered, None, None).join("\n");
            assert!(text.contains(words), "{text}");
        }
        let pending = CallbackStatus {
            message: PendingMessage::Outcome,
            attempts: 7,
            code: Some("503".into()),
            not_before: None,
        };
        let lines = describe_replay(&id, &failed("503"), Some(&pending), Some("hooks.example.com"));
        let next = "sweeps: the callback to hooks.example.com is not delivered yet (7 attempts; the last: the receiver answered HTTP 503): \
                    the next sweep sends it again, for three days at most";
        assert_eq!(lines.get(1).map(String::as_str), Some(next));
    }
}
