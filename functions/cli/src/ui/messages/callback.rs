//! A callback that its receiver has not accepted yet, or never did.

use crate::ui::{i18n::tr, local_time, output::escape, shell_text::write_command};
use app::{
    CallbackStatus,
    core::{DeliveryResult, UploadId, ledger::PendingMessage},
};

/// Why an attempt failed: who refused, by the stable code of the attempt.
pub(crate) fn describe_cause(code: &str) -> String {
    match code {
        DeliveryResult::FORBIDDEN => {
            tr!("the settings do not allow its address [{code}]", "设置不允许回调该地址 [{code}]")
        }
        DeliveryResult::TIMED_OUT => {
            tr!("the receiver did not answer in time [{code}]", "接收方未及时应答 [{code}]")
        }
        "connection" => tr!("no connection to the receiver [{code}]", "无法连接接收方 [{code}]"),
        code if is_status(code) => tr!("the receiver answered HTTP {code}", "接收方应答 HTTP {code}"),
        code => {
            let code = escape(code);
            tr!("it could not be sent [{code}]", "无法发送 [{code}]")
        }
    }
}

/// Whether a code is the receiver's own HTTP status.
pub(super) fn is_status(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// How a callback ended that did not accept the message, after "the callback was"; `code` is that of its end.
pub(crate) fn describe_failed(code: &str) -> String {
    match code {
        code if is_status(code) => tr!("refused for good ({code})", "被明确拒绝（{code}）"),
        "gave_up" => tr!("given up after three days [{code}]", "三天未送达，已放弃 [{code}]"),
        DeliveryResult::FORBIDDEN => tr!(
            "given up after three days: the settings do not allow its address [{code}]",
            "三天未送达，已放弃：设置不允许回调该地址 [{code}]"
        ),
        "invalid" => {
            tr!(
                "never sent: no request can be made of its URL [{code}]",
                "未发送：其 URL 无法用于请求 [{code}]"
            )
        }
        code => {
            let code = escape(code);
            tr!("never sent [{code}]", "未发送 [{code}]")
        }
    }
}

/// A short form for a list.
pub(crate) fn describe_short(callback: &CallbackStatus) -> String {
    let CallbackStatus { message, attempts, code, .. } = callback;
    match (message, code) {
        (PendingMessage::Outcome, None) => tr!("callback not sent yet", "回调尚未发送"),
        (PendingMessage::Event, None) => {
            tr!("callback waits for the video's state", "回调等待视频状态")
        }
        (PendingMessage::UpdateRefused, None) => {
            tr!("callback about a refused change not delivered yet", "尚未通知回调：修改被拒绝")
        }
        (_, Some(code)) => {
            let (tried, cause) = (count_attempts(*attempts), describe_cause(code));
            tr!("callback not delivered yet, {tried}: {cause}", "回调尚未送达，{tried}：{cause}")
        }
    }
}

/// What is left to send, to whom, and when it is sent again. Of the receiver's URL nothing but the host is shown.
pub(crate) fn describe_callback(callback: &CallbackStatus, receiver: Option<&str>) -> String {
    let CallbackStatus { message, attempts, code, not_before } = callback;
    let to = receiver.map(|host| {
        let host = escape(host);
        tr!(" to {host}", " {host} ")
    });
    let to = to.unwrap_or_default();
    let at = not_before.map(local_time::format);
    let next = match &at {
        Some(at) => tr!("the first sweep after {at}", "{at} 之后的第一次巡检"),
        None => tr!("the next sweep", "下一次巡检"),
    };
    match (message, code) {
        (PendingMessage::Outcome, None) => tr!(
            "the callback{to} has not been sent the outcome yet: {next} sends it",
            "尚未向回调{to}发送结果：{next}会发送"
        ),
        (PendingMessage::Event, None) => tr!(
            "{next} asks Youku for the video's state, and sends it to the callback{to} once it is decided",
            "{next}会向优酷查询视频状态，确定后通知回调{to}"
        ),
        (PendingMessage::UpdateRefused, None) => tr!(
            "the callback{to} has not been told that Youku refused a change: {next} tells it",
            "尚未告知回调{to}优酷拒绝了修改：{next}会告知"
        ),
        (_, Some(code)) => {
            let (tried, cause) = (count_attempts(*attempts), describe_cause(code));
            tr!(
                "the callback{to} is not delivered yet ({tried}; the last: {cause}): {next} sends it again, for three days at most",
                "回调{to}尚未送达（{tried}；最近一次：{cause}）：{next}会重试，最多持续三天"
            )
        }
    }
}

/// A callback that an upload of this command leaves undelivered: why, and what delivers it.
pub(crate) fn describe_undelivered(id: &UploadId, callback: &CallbackStatus) -> String {
    let cause = match callback.code.as_deref() {
        Some(code) => describe_cause(code),
        None => tr!("it has not been sent", "尚未发送"),
    };
    let (sweep, replay) = (write_command("sweep"), write_command(&format!("replay-callback {id}")));
    let line = tr!(
        "callback     not delivered yet: {cause}; a sweep sends it again ({sweep}), or at once: {replay}",
        "回调  尚未送达：{cause}；由巡检重发（{sweep}），或立即重发：{replay}"
    );
    match callback.code.as_deref() {
        Some(DeliveryResult::FORBIDDEN) => format!("{line}\n{}", advise_settings()),
        _ => line,
    }
}

/// The callback of an upload of this command that ended without having accepted the message.
pub(crate) fn describe_refused(id: &UploadId, code: &str) -> String {
    let (how, advice) = (describe_failed(code), advise_failed(id));
    tr!("callback     {how}; {advice}", "回调  {how}；{advice}")
}

/// What a person can do for a callback that is not sent again by itself.
pub(super) fn advise_failed(id: &UploadId) -> String {
    let replay = write_command(&format!("replay-callback {id}"));
    tr!("to send it once more: {replay}", "要再发送一次：{replay}")
}

/// What a person can do for a callback that was not accepted.
pub(super) fn advise_callback(id: &UploadId, callback: &CallbackStatus) -> Option<String> {
    match callback.code.as_deref()? {
        DeliveryResult::FORBIDDEN => Some(advise_settings()),
        _ => {
            let replay = write_command(&format!("replay-callback {id}"));
            Some(tr!(
                "check the receiver; to send it at once, under the same message id: {replay}",
                "请检查接收方；要立即以同一消息编号发送：{replay}"
            ))
        }
    }
}

/// Where the settings allow an address.
pub(super) fn advise_settings() -> String {
    let doctor = write_command("doctor --callback URL");
    tr!(
        "section [callback] of the settings states which callbacks are allowed (allow_http, ports, allowed, only_hosts): {doctor} names what \
         refuses it",
        "设置的 [callback] 一节决定允许回调哪些地址（allow_http、ports、allowed、only_hosts）：{doctor} 可指出被拒的原因"
    )
}

fn count_attempts(attempts: u32) -> String {
    match attempts {
        1 => tr!("1 attempt", "已尝试 1 次"),
        _ => tr!("{attempts} attempts", "已尝试 {attempts} 次"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each refusal names its origin: the settings, the receiver, or the network in between.
    #[test]
    fn who_refused_a_callback_is_named() {
        for (code, words) in [
            (DeliveryResult::FORBIDDEN, "the settings do not allow"),
            ("503", "the receiver answered HTTP 503"),
            (DeliveryResult::TIMED_OUT, "did not answer in time"),
            ("connection", "no connection to the receiver"),
            ("config", "could not be sent [config]"),
        ] {
            let text = describe_cause(code);
            assert!(text.contains(words), "{text}");
        }
    }

    /// A callback that is not sent again says that, and why: it reads as no success.
    #[test]
    fn a_callback_that_ended_undelivered_says_so() {
        for (code, words) in [
            ("410", "refused for good (410)"),
            ("gave_up", "given up after three days"),
            (DeliveryResult::FORBIDDEN, "the settings do not allow"),
            ("invalid", "never sent: no request can be made of its URL"),
            ("config", "never sent [config]"),
        ] {
            let text = describe_failed(code);
            assert!(text.contains(words), "{text}");
        }
    }
}
