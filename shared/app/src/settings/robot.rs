//! Group robots, which are told what becomes of uploads.

use super::{quiet_hours::QuietHours, source_place::SourcePlace, text};
use chat_robots::{Address, Format, Language, Robot, Vendor};
use secrecy::SecretString;
use serde::Deserialize;
use upload_core::{NoticeEvent, NoticeSubscriber};
use webhook::GuardConfig;

/// One robot of a group chat. All of them: `OSS2YOUKU_ROBOTS=[{name="team",kind="dingtalk",address="..."}]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RobotFields {
    /// Its name here and in the ledger: 1 to 32 lower-case letters, digits and `-`, another for each robot. Under a new name it is another robot.
    pub name: String,
    /// Whose robot it is.
    pub kind: RobotKind,
    /// The address as the vendor shows it; who has it can write into the group.
    pub address: SecretString,
    /// The signing secret, where the robot has one: DingTalk, Feishu.
    #[serde(default)]
    pub secret: Option<SecretString>,
    /// One of the keywords that the robot demands; stands in each message.
    #[serde(default)]
    pub keyword: Option<String>,
    /// What messages look like: `markdown` or `action_card` (DingTalk), `card` or `post` (Feishu), `markdown` or `markdown_v2` (WeCom).
    /// Default: the first.
    #[serde(default)]
    pub format: Option<String>,
    /// The events it reports. Default: all but `video_ready`.
    #[serde(default = "usual_events")]
    pub events: Vec<NoticeEvent>,
    /// Only of these accounts. Default: all.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// Only of objects in these places, each a bucket or the keys with a prefix, as `oss://videos/public/`. Default: all. The expiry of a
    /// token belongs to no place.
    #[serde(default)]
    pub sources: Vec<SourcePlace>,
    /// `zh` or `en`. Default `zh`.
    #[serde(default)]
    pub language: RobotLanguage,
    /// When nothing is sent: `{ from = "22:00", to = "08:00", zone = "Asia/Shanghai" }`. What happens then is told afterwards. Default: never.
    #[serde(default)]
    pub quiet_hours: Option<QuietHours>,
    /// Seconds between two messages at least, 5 to 3600; what happens meanwhile is told together. Default 60.
    #[serde(default = "usual_pause", deserialize_with = "text::deserialize_value")]
    pub digest_seconds: u64,
}

/// Whose robot it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RobotKind {
    /// DingTalk (钉钉).
    DingTalk,
    /// Feishu (飞书), abroad Lark.
    Feishu,
    /// WeCom (企业微信).
    WeCom,
}

/// The language of a robot's messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RobotLanguage {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl From<RobotKind> for Vendor {
    fn from(kind: RobotKind) -> Self {
        match kind {
            RobotKind::DingTalk => Self::DingTalk,
            RobotKind::Feishu => Self::Feishu,
            RobotKind::WeCom => Self::WeCom,
        }
    }
}

impl From<RobotLanguage> for Language {
    fn from(language: RobotLanguage) -> Self {
        match language {
            RobotLanguage::Zh => Self::Chinese,
            RobotLanguage::En => Self::English,
        }
    }
}

fn usual_events() -> Vec<NoticeEvent> {
    NoticeEvent::ALL.into_iter().filter(|event| *event != NoticeEvent::VideoReady).collect()
}

fn usual_pause() -> u64 {
    60
}

/// A field that does not fit, and what was expected.
pub(super) type Misfit = (&'static str, String);

impl RobotFields {
    /// The robot, whose address `guard` lets be called.
    ///
    /// # Errors
    /// Names the field that does not fit; no secret is repeated.
    pub(crate) fn to_robot(&self, guard: &GuardConfig) -> Result<Robot, Misfit> {
        let vendor = self.kind.into();
        let mut robot = Robot::new(self.to_address(vendor, guard).map_err(|why| ("address", why))?);
        let english = |error: chat_robots::RobotError| error.sentence(Language::English).to_owned();
        if let Some(secret) = &self.secret {
            robot = robot.with_secret(secret.clone()).map_err(|why| ("secret", english(why)))?;
        }
        if let Some(keyword) = &self.keyword {
            robot = robot.with_keyword(keyword).map_err(|why| ("keyword", english(why)))?;
        }
        if let Some(word) = &self.format {
            let known = Format::ALL.into_iter().find(|one| one.vendor() == vendor && one.as_str() == word);
            let unknown = || "must be markdown or action_card for dingtalk, card or post for feishu, markdown or markdown_v2 for wecom";
            let format = known.ok_or_else(|| ("format", unknown().to_owned()))?;
            robot = robot.with_format(format).map_err(|why| ("format", english(why)))?;
        }
        Ok(robot)
    }

    /// The vendor's address; one of this machine, for tests, only where the settings of callbacks open it.
    fn to_address(&self, vendor: Vendor, guard: &GuardConfig) -> Result<Address, String> {
        Address::parse(vendor, &self.address).or_else(|why| {
            let local = Address::parse_at_loopback(vendor, &self.address).ok();
            let is_open = guard.check(&self.address).is_ok();
            local.filter(|_| is_open).ok_or_else(|| why.sentence(Language::English))
        })
    }

    /// What of the ledger's events is for this robot.
    pub(crate) fn to_subscriber(&self) -> NoticeSubscriber {
        NoticeSubscriber {
            name: self.name.clone(),
            events: self.events.clone(),
            accounts: self.accounts.clone(),
            places: self.sources.iter().map(SourcePlace::to_location).collect(),
        }
    }

    /// Checks what the types alone do not ensure.
    pub(super) fn check(&self, guard: &GuardConfig) -> Result<(), Misfit> {
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !(1..=32).contains(&self.name.len()) || !self.name.bytes().all(is_name) {
            return Err(("name", "must be 1 to 32 lower-case letters, digits and -".to_owned()));
        }
        if self.events.is_empty() {
            return Err(("events", "must name at least one event".to_owned()));
        }
        if !(5..=3600).contains(&self.digest_seconds) {
            return Err(("digest_seconds", format!("must be 5 to 3600, not {}", self.digest_seconds)));
        }
        self.to_robot(guard).map(drop)
    }
}
