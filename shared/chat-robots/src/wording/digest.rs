//! What digests say.

use crate::{
    digest::{Digest, Event},
    vendor::Language,
};

/// What a line's event is called.
pub(crate) fn label(event: Event, language: Language) -> &'static str {
    match event {
        Event::NeedsYou => language.choose("Needs you", "需要处理"),
        Event::Failed => language.choose("Failed", "失败"),
        Event::VideoRejected => language.choose("Rejected", "视频未通过"),
        Event::TokenExpiring => language.choose("Token expires", "令牌即将到期"),
        Event::Published => language.choose("Published", "已发布"),
        Event::VideoReady => language.choose("Ready", "可以观看"),
    }
}

/// How often an event happened.
fn count(event: Event, times: u64, language: Language) -> String {
    match (language, event) {
        (Language::English, Event::NeedsYou) if times == 1 => "1 needs you".to_owned(),
        (Language::English, Event::NeedsYou) => format!("{times} need you"),
        (Language::English, Event::Failed) => format!("{times} failed"),
        (Language::English, Event::VideoRejected) => format!("{times} rejected"),
        (Language::English, Event::TokenExpiring) if times == 1 => "1 token expires".to_owned(),
        (Language::English, Event::TokenExpiring) => format!("{times} tokens expire"),
        (Language::English, Event::Published) => format!("{times} published"),
        (Language::English, Event::VideoReady) => format!("{times} ready to watch"),
        (Language::Chinese, event) => format!("{} {times}", label(event, language)),
    }
}

/// What the whole digest says, in a few words.
pub(crate) fn summary(digest: &Digest, language: Language) -> String {
    if digest.is_test {
        let text = language.choose("test message: this robot can be reached", "测试消息：机器人可以正常接收");
        return text.to_owned();
    }
    let counted = Event::ALL.into_iter().filter(|event| digest.count_of(*event) > 0);
    let counts: Vec<_> = counted.map(|event| count(event, digest.count_of(event), language)).collect();
    match counts.is_empty() {
        true => language.choose("nothing new", "没有新消息").to_owned(),
        false => counts.join(language.choose(", ", "，")),
    }
}

/// The number of events that have no line.
pub(crate) fn more(count: u64, language: Language) -> String {
    match language {
        Language::English => format!("and {count} more"),
        Language::Chinese => format!("另有 {count} 条"),
    }
}
