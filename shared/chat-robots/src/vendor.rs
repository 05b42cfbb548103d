//! Whose robot it is, and the vendor's limits.

/// Who runs the robot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Vendor {
    /// DingTalk (钉钉).
    DingTalk,
    /// Feishu (飞书), abroad Lark.
    Feishu,
    /// WeCom (企业微信).
    WeCom,
}

/// The languages of the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Vendor {
    /// A stable word: `dingtalk`, `feishu` or `wecom`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DingTalk => "dingtalk",
            Self::Feishu => "feishu",
            Self::WeCom => "wecom",
        }
    }

    /// Messages a minute that one robot may send, by the vendors' pages. DingTalk silences a robot that sends more, for ten minutes.
    #[must_use]
    pub fn messages_per_minute(self) -> u32 {
        match self {
            Self::DingTalk | Self::WeCom => 20,
            Self::Feishu => 100,
        }
    }

    /// Messages within one second that one robot may send; only Feishu's pages state such a limit.
    #[must_use]
    pub fn messages_per_second(self) -> Option<u32> {
        match self {
            Self::Feishu => Some(5),
            Self::DingTalk | Self::WeCom => None,
        }
    }
}
