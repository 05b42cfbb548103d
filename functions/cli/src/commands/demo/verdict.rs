//! What the outcome of a function call says about one file.

use crate::{
    local_clouds::{
        RunningClouds,
        event_response::{Diagnostic, EventResponse, LEFT_TO_SWEEP},
    },
    ui::{
        i18n::{tr, tr_static},
        messages::dev::describe_skip_reason,
    },
};
use ::local_clouds::{
    fc::{AsyncOutcome, AsyncState},
    youku::VideoView,
};

/// The video's id, or an error code and a sentence.
pub(super) type Verdict = Result<String, (String, String)>;

/// Judges the outcome of a call: what it says about the file with this key and MD5 (in hexadecimal).
///
/// `None` where it says nothing of it, or the sweep decides.
pub(super) fn judge(
    running: &RunningClouds,
    outcome: &AsyncOutcome,
    key: &str,
    md5: &str,
) -> Option<Verdict> {
    let body = &outcome.result.body;
    if outcome.state != AsyncState::Succeeded {
        let diagnostic = serde_json::from_slice::<Diagnostic>(body);
        let (error, message) = diagnostic.map_or_else(
            |_| {
                let ended = tr_static!(
                    "the function process ended before it responded",
                    "函数进程在应答之前就结束了"
                );
                ("function_failed".into(), ended.into())
            },
            |diagnostic| (diagnostic.error_type, diagnostic.error_message),
        );
        let attempts = outcome.attempts;
        return Some(Err((
            error,
            tr!("{message} (tried {attempts} times)", "{message}（尝试了 {attempts} 次）"),
        )));
    }
    let Ok(response) = serde_json::from_slice::<EventResponse>(body) else {
        let message = tr!("the function's response cannot be read", "无法识别函数的应答");
        return Some(Err(("unknown_answer".into(), message)));
    };
    response.results.into_iter().find_map(|result| {
        let (of, video_id) = result.data.map_or((result.key, None), |data| (Some(data.key), data.videoid));
        if let Some(video_id) = video_id {
            // The sweep names uploads by their ids, so the video's MD5 must say whose it is.
            let videos = running.clouds.youku.videos();
            let same = |video: &VideoView| video.id == video_id && video.md5.as_deref() == Some(md5);
            return (of.as_deref() == Some(key) || videos.iter().any(same)).then_some(Ok(video_id));
        }
        if of.as_deref() != Some(key) {
            return None;
        }
        if let Some(reason) = result.skipped {
            let why = describe_skip_reason(&reason, false);
            let message = tr!("the function skipped the file: {why}", "函数跳过了该文件：{why}");
            return Some(Err((reason, message)));
        }
        let error = result.error.unwrap_or_default();
        let left = LEFT_TO_SWEEP.contains(&error.as_str());
        (!left).then(|| Err((error, result.msg.unwrap_or_default())))
    })
}
