//! What a setting must look like.

use crate::{
    address::AddressError,
    robot::RobotError,
    vendor::{Language, Vendor},
};
use std::fmt;

/// The address as the vendor shows it.
fn expected(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::DingTalk => "https://oapi.dingtalk.com/robot/send?access_token=TOKEN",
        Vendor::Feishu => "https://open.feishu.cn/open-apis/bot/v2/hook/TOKEN",
        Vendor::WeCom => "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=TOKEN",
    }
}

impl AddressError {
    /// What was expected, for people. It repeats nothing of the address.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        match (self, language) {
            (Self::Form(vendor), Language::English) => {
                let or_lark =
                    if *vendor == Vendor::Feishu { ", or the same on open.larksuite.com" } else { "" };
                format!("the robot's address must be {}{or_lark}", expected(*vendor))
            }
            (Self::Form(vendor), Language::Chinese) => {
                let or_lark = if *vendor == Vendor::Feishu {
                    "，或 open.larksuite.com 上的同类地址"
                } else {
                    ""
                };
                format!("机器人地址应为 {}{or_lark}", expected(*vendor))
            }
            (Self::Token, Language::English) => {
                "the token in the robot's address must have 16 to 128 letters, digits, - and _".to_owned()
            }
            (Self::Token, Language::Chinese) => {
                "机器人地址中的令牌应为 16 到 128 个字母、数字、- 或 _".to_owned()
            }
            (Self::NotLoopback, Language::English) => {
                "the address must be one of this machine's own (127.0.0.1 or ::1)".to_owned()
            }
            (Self::NotLoopback, Language::Chinese) => "地址必须是本机地址（127.0.0.1 或 ::1）".to_owned(),
        }
    }
}

impl RobotError {
    /// What was expected, for people.
    #[must_use]
    pub fn sentence(&self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Self::SecretUnused => (
                "a robot of WeCom has no signing secret: leave it out",
                "企业微信机器人没有签名密钥：请删除该设置",
            ),
            Self::SecretEmpty => (
                "the signing secret is empty: copy it from the robot's settings, or leave it out",
                "签名密钥为空：请从机器人设置中复制，或删除该设置",
            ),
            Self::Keyword => (
                "the keyword must be 1 to 100 bytes on one line, without < > @ [ ] * ` ~ | \\ and other marks of Markdown",
                "关键词须为一行内的 1 到 100 个字节，不含 < > @ [ ] * ` ~ | \\ 等 Markdown 标记",
            ),
            Self::Format => ("the robot's vendor has no such format", "该机器人的服务方不支持这种格式"),
        };
        language.choose(english, chinese)
    }
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(Language::English))
    }
}

impl fmt::Display for RobotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence(Language::English))
    }
}

impl std::error::Error for AddressError {}
impl std::error::Error for RobotError {}
