//! What refusals say.

use crate::{
    refusal::{Refusal, RefusalKind},
    vendor::Language,
};

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
