//! Why it is so, and the way out, in both languages, as short as a chat wants it.

use upload_core::{NoticeEvent, ledger::Notice};

/// The sentences of a notice in English and Chinese; `None` where there is nothing to do.
pub(super) fn advise(notice: &Notice) -> Option<(String, String)> {
    let code = notice.code.as_deref();
    let (english, chinese) = match notice.event {
        NoticeEvent::Published | NoticeEvent::VideoReady => return None,
        NoticeEvent::VideoRejected => (
            "Youku rejected it or took it down: see the reason on Youku",
            "优酷审核未通过或已下架：请在优酷查看原因",
        ),
        NoticeEvent::TokenExpiring if code.is_some() => (
            "it cannot be renewed: put a new access_token and refresh_token into the settings",
            "无法续期：请在设置中换上新的 access_token 和 refresh_token",
        ),
        NoticeEvent::TokenExpiring => {
            ("it was not renewed yet: see oss2youku doctor", "尚未续期：请运行 oss2youku doctor 查看")
        }
        NoticeEvent::NeedsYou | NoticeEvent::Failed => explain(code.unwrap_or_default()),
    };
    if let Some(id) = notice.upload_id.as_ref().filter(|_| is_failed_hour(notice)) {
        return Some((
            format!(
                "it is hidden still: it could not be made public at its hour (oss2youku video show {id})"
            ),
            format!("未能按时公开，仍为隐藏（oss2youku video show {id}）"),
        ));
    }
    let (english, chinese) = match &notice.expires {
        // Day and month are enough.
        Some(at) => {
            let day = at.to_string().chars().take(10).collect::<String>();
            (format!("good until {day}; {english}"), format!("有效到 {day}；{chinese}"))
        }
        None => (english.to_owned(), chinese.to_owned()),
    };
    Some(match &notice.upload_id {
        Some(id) => {
            (format!("{english} (oss2youku explain {id})"), format!("{chinese}（oss2youku explain {id}）"))
        }
        None => (english, chinese),
    })
}

/// A person is needed, and the video is there: retrying the upload would not help.
fn is_failed_hour(notice: &Notice) -> bool {
    notice.event == NoticeEvent::NeedsYou && notice.video_id.is_some()
}

/// What the code of a failure or of a wait means.
fn explain(code: &str) -> (&'static str, &'static str) {
    match code {
        "unauthorized" | "youku_unauthorized" => (
            "Youku refuses the access token: put a new one into the settings",
            "优酷拒绝访问令牌：请在设置中换上新的",
        ),
        "client_refused" | "youku_client_refused" => (
            "Youku does not know the client id: correct it in the settings",
            "优酷不认识该 client id：请在设置中更正",
        ),
        "reauthorize" => (
            "the access token cannot be renewed: put new tokens into the settings",
            "访问令牌无法续期：请在设置中换上新的令牌",
        ),
        "caller_token_gone" => (
            "the token that the task brought has expired: send the task again with a valid one",
            "任务自带的令牌已失效：请带上有效令牌重新提交任务",
        ),
        "source_denied" => (
            "reading the object is not allowed: check the storage key and its rights",
            "无权读取对象：请检查存储密钥及其权限",
        ),
        "config" => {
            ("the settings lack something: see oss2youku doctor", "设置不完整：请运行 oss2youku doctor")
        }
        "ledger_failed" => (
            "its record in the ledger is damaged or sealed with another key",
            "台账中的记录损坏，或由其他密钥加密",
        ),
        "source_missing" => ("the object is gone: put it back, then retry", "对象已不存在：放回后重试"),
        "source_changed" => (
            "the object was replaced: its new version is uploaded by itself",
            "对象已被替换：新版本会自行上传",
        ),
        "not_publishable" => {
            ("the file cannot become a video: export it again", "文件无法成为视频：请重新导出")
        }
        "invalid_job" => {
            ("its metadata does not fit: correct it and upload again", "视频信息不符合要求：更正后重新上传")
        }
        "commit_unknown" => (
            "nobody knows whether it was published: look on Youku before uploading again",
            "无法确定是否已发布：重新上传前请先在优酷查看",
        ),
        "hash_refused" | "integrity" | "verification_failed" => {
            ("its bytes do not match the stated checksum: check the file", "内容与校验值不符：请检查文件")
        }
        _ => ("see why, and retry it", "请查看原因后重试"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_hour_is_no_upload_to_retry() {
        let mut notice = Notice::of_account(NoticeEvent::NeedsYou, "main");
        notice.upload_id = Some("0af7".into());
        notice.code = Some("youku_failed".into());
        let waiting = advise(&notice).expect("advice");
        assert!(waiting.0.contains("oss2youku explain 0af7") && waiting.0.contains("retry"), "{waiting:?}");
        notice.video_id = Some("XMTAwMDAwMA".into());
        let (english, chinese) = advise(&notice).expect("advice");
        for text in [&english, &chinese] {
            assert!(text.contains("oss2youku video show 0af7") && !text.contains("explain"), "{text}");
        }
        assert!(!english.contains("retry") && !chinese.contains("重试"), "{english} {chinese}");
    }
}
