//! The ledger's notices as a digest of `chat-robots`.

use super::advice::advise;
use chat_robots::{Digest, Event, Line};
use upload_core::{NoticeDigest, NoticeEvent, ledger::Notice, watch_page};

/// The digest of these notices, which says it comes from `source`.
pub(super) fn to_digest(source: &str, notices: &NoticeDigest) -> Digest {
    let mut digest = Digest::new(source);
    for notice in &notices.shown {
        digest.add(to_line(notice));
    }
    for (event, times) in &notices.counts {
        let event = to_event(*event);
        // The lines are counted already.
        digest.count(event, times.saturating_sub(digest.count_of(event)));
    }
    digest
}

fn to_line(notice: &Notice) -> Line {
    let key = notice.location.as_ref().map(|location| &location.key);
    let title = notice.title.as_ref().filter(|title| !title.is_empty()).or(key).unwrap_or(&notice.account);
    let line = Line::new(to_event(notice.event), title);
    let line = match &notice.video_id {
        Some(video_id) => line.with_link(watch_page(video_id)),
        None => line,
    };
    match advise(notice) {
        Some((english, chinese)) => line.with_advice(english, chinese),
        None => line,
    }
}

fn to_event(event: NoticeEvent) -> Event {
    match event {
        NoticeEvent::NeedsYou => Event::NeedsYou,
        NoticeEvent::Failed => Event::Failed,
        NoticeEvent::VideoRejected => Event::VideoRejected,
        NoticeEvent::TokenExpiring => Event::TokenExpiring,
        NoticeEvent::Published => Event::Published,
        NoticeEvent::VideoReady => Event::VideoReady,
    }
}
