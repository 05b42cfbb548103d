//! A notice: one event that one group robot still has to report.

use super::{
    Timestamp,
    codec::{VERSION, encode},
    keys,
    notice_key::NoticeName,
    record::Record,
    store::Access,
};
use crate::{Error, Location, NoticeEvent, NoticeSubscriber};
use serde::{Deserialize, Serialize};

/// What a robot is to tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    pub(super) v: u32,
    /// What happened.
    pub event: NoticeEvent,
    /// The account's name in the settings.
    pub account: String,
    /// Where the object lies; absent where it is about no upload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// The video's title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The upload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload_id: Option<String>,
    /// The committed video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_id: Option<String>,
    /// The stable code of the failure, or why it waits for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// When the access token expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}

impl Notice {
    /// An account's name as keys have it.
    pub(crate) fn account_in_key(account: &str) -> String {
        keys::account(account)
    }

    /// A notice about an account, of which nothing else is known.
    #[must_use]
    pub fn of_account(event: NoticeEvent, account: &str) -> Self {
        Self {
            v: VERSION,
            event,
            account: account.to_owned(),
            location: None,
            title: None,
            upload_id: None,
            video_id: None,
            code: None,
            expires: None,
        }
    }

    /// The same about another event.
    pub(crate) fn with_event(self, event: NoticeEvent) -> Self {
        Self { event, ..self }
    }

    pub(super) fn of_record(event: NoticeEvent, record: &Record) -> Self {
        let request = &record.request;
        Self {
            location: Some(request.location.clone()),
            title: Some(request.title()),
            upload_id: Some(record.id.to_string()),
            video_id: record.video_id.clone().filter(|_| record.state.is_published()),
            code: record.failure.as_ref().map(|failure| failure.code.clone()),
            ..Self::of_account(event, &request.account)
        }
    }

    /// Whether a robot subscribes to it.
    pub(super) fn is_for(&self, robot: &NoticeSubscriber) -> bool {
        robot.wants(self.event, &self.account, self.location.as_ref())
    }
}

/// Writes a notice for each robot that subscribes to it.
pub(super) async fn queue(access: &Access, name: &NoticeName, notice: &Notice) -> Result<(), Error> {
    for robot in access.subscribers.iter().filter(|robot| notice.is_for(robot)) {
        // Where it exists already it says the same.
        access.create(&name.key(&robot.name), encode(notice)?).await?;
    }
    Ok(())
}
