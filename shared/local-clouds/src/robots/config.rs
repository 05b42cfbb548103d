//! Settings of one robot.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// Who runs a robot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vendor {
    /// DingTalk.
    DingTalk,
    /// Feishu, abroad Lark.
    Feishu,
    /// WeCom.
    WeCom,
}

impl Vendor {
    /// The word for it in fault rules: `dingtalk`, `feishu` or `wecom`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DingTalk => "dingtalk",
            Self::Feishu => "feishu",
            Self::WeCom => "wecom",
        }
    }
}

/// A robot as its owner set it up.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RobotConfig {
    /// Whose it is.
    pub vendor: Vendor,
    /// Names it in what was received.
    pub name: String,
    /// The secret of its address.
    pub token: String,
    /// The signing secret; absent: signatures are not looked at. WeCom has none.
    #[serde(default)]
    pub secret: Option<String>,
    /// One of them must occur in each message; empty: none. WeCom has none.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Who may send; absent: anyone. WeCom has no such list.
    #[serde(default)]
    pub senders: Option<Vec<IpAddr>>,
}

impl RobotConfig {
    /// A robot without guards.
    pub fn new(vendor: Vendor, name: impl Into<String>, token: impl Into<String>) -> Self {
        let (name, token) = (name.into(), token.into());
        Self { vendor, name, token, secret: None, keywords: Vec::new(), senders: None }
    }

    /// The path, and query if there is one, at which it takes messages.
    pub fn path(&self) -> String {
        let token = &self.token;
        match self.vendor {
            Vendor::DingTalk => format!("/robot/send?access_token={token}"),
            Vendor::Feishu => format!("/open-apis/bot/v2/hook/{token}"),
            Vendor::WeCom => format!("/cgi-bin/webhook/send?key={token}"),
        }
    }
}
