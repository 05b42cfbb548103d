//! What is waited for, while nothing else is to be seen.

use crate::ui::{
    i18n::{tr, tr_static},
    output::escape,
    progress_line::format_clock,
};
use app::core::{ErrorKind, Retrying, Stage, VideoState};
use std::time::Duration;
use tokio::time::Instant;

/// Something that a command waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wait {
    /// A call failed and is tried again, for this long at most; `host` is the one that was called, with its port.
    Retrying { kind: ErrorKind, host: Option<String>, left: Duration },
    /// Nothing has moved for this long.
    Still { stage: Stage, lasts: Duration },
    /// The video is published and cannot be watched yet; its last known state.
    Playable { state: Option<VideoState>, lasts: Duration },
    /// A command without progress of its own works.
    Working { what: &'static str, lasts: Duration },
}

impl Wait {
    /// A call that is tried again.
    pub(crate) fn from_retrying(retrying: Retrying) -> Self {
        let left = retrying.until.saturating_duration_since(Instant::now());
        Self::Retrying { kind: retrying.kind, host: retrying.host, left }
    }

    /// Who or what is waited for: the stable word of `--json`.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Retrying { kind, .. } => kind.code(),
            Self::Still { stage, .. } => stage.as_str(),
            Self::Playable { .. } => "playable",
            Self::Working { what, .. } => what,
        }
    }

    /// The text for a person; the first words say who, the next ones how long, and the last ones where.
    pub(crate) fn describe(&self) -> String {
        match *self {
            Self::Retrying { kind, ref host, left } => {
                let (why, left) = (describe_failing(kind), format_clock(left));
                let host = host.as_deref().map(escape);
                let host = host.map(|host| tr!(" ({host})", "（{host}）")).unwrap_or_default();
                tr!("{why}, trying again, {left}{host}", "{why}，正在重试，{left}{host}")
            }
            Self::Still { stage, lasts } => {
                let (what, lasts) = (describe_still(stage), format_clock(lasts));
                tr!("{what}, {lasts}", "{what}，{lasts}")
            }
            Self::Playable { state, lasts } => {
                let (state, lasts) = (describe_video(state), format_clock(lasts));
                tr!("waiting until it can be played: {state}, {lasts}", "等待可以播放：{state}，{lasts}")
            }
            Self::Working { what, lasts } => {
                let lasts = format_clock(lasts);
                tr!("{what}, {lasts}", "{what}，{lasts}")
            }
        }
    }
}

fn describe_failing(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Source | ErrorKind::SourceDenied => {
            tr_static!("the source cannot be reached", "来源无法连接")
        }
        ErrorKind::Target | ErrorKind::CredentialExpired => {
            tr_static!("Youku's storage cannot be reached", "优酷的存储无法连接")
        }
        ErrorKind::Youku => tr_static!("Youku cannot be reached", "优酷无法连接"),
        ErrorKind::RateLimited => tr_static!("Youku accepts no more calls for now", "优酷暂时限制调用"),
        ErrorKind::Ledger => tr_static!("the ledger cannot be reached", "台账无法连接"),
        _ => tr_static!("a call failed", "调用失败"),
    }
}

fn describe_still(stage: Stage) -> &'static str {
    match stage {
        Stage::Looking => tr_static!("waiting for the ledger and Youku", "等待台账和优酷应答"),
        Stage::Reading => tr_static!("no bytes arrive from the source", "来源没有数据"),
        Stage::Moving => tr_static!("no bytes move to Youku", "没有数据传到优酷"),
        Stage::Committing | Stage::Done => {
            tr_static!("waiting for Youku to confirm the video", "等待优酷确认视频")
        }
    }
}

fn describe_video(state: Option<VideoState>) -> &'static str {
    match state {
        Some(VideoState::Encoding) => tr_static!("Youku is transcoding it", "优酷正在转码"),
        Some(VideoState::InReview) => tr_static!("Youku is reviewing it", "优酷正在审核"),
        _ => tr_static!("Youku does not show it yet", "优酷尚未显示"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A wait names the side that fails first and how long the run goes on last.
    #[test]
    fn a_wait_names_the_side_and_the_time_left() {
        let left = Duration::from_secs(108);
        for (kind, host, text) in [
            (
                ErrorKind::Youku,
                Some("openapi.youku.com"),
                "Youku cannot be reached, trying again, 1:48 (openapi.youku.com)",
            ),
            (ErrorKind::Target, Some("h:1"), "Youku's storage cannot be reached, trying again, 1:48 (h:1)"),
            (ErrorKind::Source, None, "the source cannot be reached, trying again, 1:48"),
            (ErrorKind::Ledger, None, "the ledger cannot be reached, trying again, 1:48"),
        ] {
            let host = host.map(str::to_owned);
            assert_eq!(Wait::Retrying { kind, host, left }.describe(), text);
        }
        let wait = Wait::Playable { state: Some(VideoState::InReview), lasts: left };
        assert!(wait.describe().contains("reviewing it, 1:48") && wait.code() == "playable");
    }
}
