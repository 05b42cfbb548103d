//! The sentences that people read, in English and Chinese.

use crate::{
    digest::{Digest, Event, Phrase},
    refusal::{Refusal, RefusalKind},
    vendor::Language,
};

impl Language {
    pub(crate) fn choose<'a>(self, english: &'a str, chinese: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }

    /// Stands between a thing and what is said of it.
    pub(crate) fn colon(self) -> &'static str {
        self.choose(": ", "：")
    }
}

impl Phrase {
    pub(crate) fn in_language(&self, language: Language) -> &str {
        language.choose(&self.english, &self.chinese)
    }
}

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

impl Refusal {
    /// What happened and what helps, for people.
    #[must_use]
    pub fn sentence(&self, language: Language) -> &'static str {
        let (english, chinese) = match self.kind {
            RefusalKind::Limit => ("the robot has sent too many messages", "机器人发送消息过于频繁"),
            RefusalKind::Busy => ("the vendor's server is busy", "服务方系统繁忙"),
            RefusalKind::NoSuchRobot => (
                "no robot has this address: copy it from the group's settings again",
                "该地址没有对应的机器人：请在群设置中重新复制地址",
            ),
            RefusalKind::Stopped => (
                "the robot was stopped, or its group is gone: enable it in the group's settings",
                "机器人已停用或群已解散：请在群设置中启用",
            ),
            RefusalKind::Signature => (
                "the signature is refused: check the signing secret and this machine's clock",
                "签名未通过：请检查签名密钥和本机时间",
            ),
            RefusalKind::Clock => (
                "the time of the signature is refused: check this machine's clock",
                "签名时间无效：请检查本机时间",
            ),
            RefusalKind::Keyword => (
                "the robot demands a keyword: put one of its keywords into the settings",
                "机器人要求关键词：请在设置中填写其中一个关键词",
            ),
            RefusalKind::SenderAddress => (
                "the robot does not accept messages from this address: add it to the robot's list of addresses",
                "机器人不接受来自该 IP 地址的消息：请将其加入机器人的 IP 名单",
            ),
            RefusalKind::Guard => (
                "a guard of the robot refused the message: check its keywords, signature and list of addresses",
                "机器人的安全设置拒绝了消息：请检查关键词、签名和 IP 名单",
            ),
            RefusalKind::TooLong => ("the message is too long", "消息过长"),
            RefusalKind::Malformed => ("the vendor does not understand the message", "服务方无法识别该消息"),
            RefusalKind::Server => ("the vendor's server failed", "服务方服务器出错"),
            RefusalKind::NoAnswer => ("no answer came", "没有收到应答"),
            RefusalKind::NotTheVendor => (
                "the answer is not the vendor's: check the network, a proxy may answer instead",
                "应答不是服务方发出的：请检查网络，可能是代理返回的",
            ),
            RefusalKind::Unknown => {
                ("the vendor refused the message with an unknown code", "服务方以未知错误码拒绝了消息")
            }
        };
        language.choose(english, chinese)
    }
}
