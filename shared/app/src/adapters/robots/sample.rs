//! What a message about each event looks like.

use super::digest::to_digest;
use chat_robots::Digest;
use std::time::{Duration, SystemTime};
use upload_core::{NoticeDigest, NoticeEvent, ledger::Notice};

/// The first day of 2030.
const SAMPLE_DAY: Duration = Duration::from_secs(1_893_456_000);

/// A digest in which each of these events happened once, with made-up names.
#[must_use]
pub fn sample_digest(events: &[NoticeEvent]) -> Digest {
    let shown: Vec<_> = events.iter().map(|event| sample_notice(*event)).collect();
    let counts = events.iter().map(|event| (*event, 1)).collect();
    to_digest("oss2youku", &NoticeDigest { counts, shown })
}

fn sample_notice(event: NoticeEvent) -> Notice {
    let mut notice = Notice::of_account(event, "main");
    if event == NoticeEvent::TokenExpiring {
        notice.expires = Some((SystemTime::UNIX_EPOCH + SAMPLE_DAY).into());
        return notice;
    }
    notice.title = Some("海边的一天".to_owned());
    notice.upload_id = Some("00112233445566778899aabbccddeeff".to_owned());
    match event {
        NoticeEvent::NeedsYou => notice.code = Some("unauthorized".to_owned()),
        NoticeEvent::Failed => notice.code = Some("source_missing".to_owned()),
        _ => notice.video_id = Some("XMTAwMDAwMA".to_owned()),
    }
    notice
}
