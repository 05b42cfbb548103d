//! One robot of the settings.

use super::digest::to_digest;
use crate::settings::{QuietHours, RobotFields};
use async_trait::async_trait;
use chat_robots::{Digest, Format, Language, Preview, Refusal, Robot, Vendor, judge};
use secrecy::ExposeSecret;
use sha2::{Digest as _, Sha256};
use std::{sync::Arc, time::Duration};
use upload_core::{Clock, Messenger, MessengerRefusal, NoticeDigest};
use webhook::{Client, GuardConfig};

/// What the messages say they come from.
const SOURCE: &str = "oss2youku";

/// A robot with its language and its hours.
pub(crate) struct ChatRobot {
    name: String,
    robot: Robot,
    language: Language,
    quiet_hours: Option<QuietHours>,
    pause: Duration,
    settings: String,
    client: Client,
    clock: Arc<dyn Clock>,
}

impl ChatRobot {
    /// The robot of these fields, which were checked with the settings; `client` has this `guard`.
    ///
    /// # Errors
    /// Names the field that does not fit.
    pub(crate) fn new(
        fields: &RobotFields,
        guard: &GuardConfig,
        client: Client,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, (&'static str, String)> {
        Ok(Self {
            name: fields.name.clone(),
            robot: fields.to_robot(guard)?,
            language: fields.language.into(),
            quiet_hours: fields.quiet_hours.clone(),
            pause: Duration::from_secs(fields.digest_seconds),
            settings: fingerprint(fields),
            client,
            clock,
        })
    }

    /// Host and the last four characters of its token.
    pub(crate) fn address(&self) -> String {
        self.robot.address().to_string()
    }

    pub(crate) fn language(&self) -> Language {
        self.language
    }

    pub(crate) fn vendor(&self) -> Vendor {
        self.robot.vendor()
    }

    pub(crate) fn format(&self) -> Format {
        self.robot.format()
    }

    /// What it would be sent, and what its chat would show; nothing secret.
    pub(crate) fn preview(&self, digest: &Digest) -> Preview {
        self.robot.preview(digest, self.language)
    }

    /// Sends a message that only shows that the robot can be reached.
    ///
    /// # Errors
    /// Why the robot did not accept it.
    pub(crate) async fn test(&self) -> Result<(), Refusal> {
        self.post(&Digest::test(SOURCE)).await
    }

    async fn post(&self, digest: &Digest) -> Result<(), Refusal> {
        let vendor = self.robot.vendor();
        let request = self.robot.request(digest, self.language, self.clock.now());
        let url = request.url().clone();
        let answer = self.client.exchange(&url, request.into_body()).await.map_err(|error| {
            tracing::debug!(?error, robot = self.name, "a group robot does not answer");
            Refusal::no_answer(vendor)
        })?;
        judge(vendor, answer.status, &answer.body)
    }
}

#[async_trait]
impl Messenger for ChatRobot {
    fn name(&self) -> &str {
        &self.name
    }

    fn settings(&self) -> &str {
        &self.settings
    }

    fn pause(&self) -> Duration {
        self.pause
    }

    /// Three quarters of what the vendor allows: other installations and tests may use the same robot.
    fn messages_per_minute(&self) -> usize {
        usize::try_from(self.robot.vendor().messages_per_minute() * 3 / 4).unwrap_or_default()
    }

    fn is_quiet(&self) -> bool {
        self.quiet_hours.as_ref().is_some_and(|hours| hours.contains(self.clock.now()))
    }

    async fn send(&self, digest: &NoticeDigest) -> Result<(), MessengerRefusal> {
        self.post(&to_digest(SOURCE, digest)).await.map_err(|refusal| MessengerRefusal {
            code: refusal.kind.as_str().to_owned(),
            retry_after: refusal.retry_after(),
        })
    }
}

/// Eight digits of a hash over what decides whether the robot accepts a message.
fn fingerprint(fields: &RobotFields) -> String {
    let mut hash = Sha256::new();
    let secret = fields.secret.as_ref().map(ExposeSecret::expose_secret);
    let parts = [Some(fields.address.expose_secret()), secret, fields.keyword.as_deref()];
    for part in parts.map(Option::unwrap_or_default) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}
