//! A video as callers read it.

use serde::Serialize;
use upload_core::{
    UploadId, VideoInfo,
    ledger::{Record, Timestamp},
    metadata::PublicType,
    watch_page,
};

/// One video: what the ledger knows of it and, where Youku was asked, what Youku shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VideoStatus {
    /// Its upload; absent where this ledger has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload_id: Option<UploadId>,
    /// The video; absent where Youku never named it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_id: Option<String>,
    /// The page where it can be watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The account.
    pub account: String,
    /// The title, as Youku shows it or, where it was not asked, was told last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Youku's word for its state: `normal`, `limited`, `encoding`, `in_review`, `fail`, `blocked`, `none`; absent where Youku does not know
    /// the video, or was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Who may watch it: `all`, `friend`, `password` or `private`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_type: Option<String>,
    /// When it is made public, hidden until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publish_at: Option<Timestamp>,
    /// Who may watch it from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publish_as: Option<PublicType>,
    /// The code of why it could not be made public at its hour: it is hidden until a person helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publish_failed: Option<String>,
    /// The fields that were changed just now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<&'static str>,
}

impl VideoStatus {
    /// A video of this ledger, with what Youku shows.
    pub(super) fn new(record: &Record, shown: Option<VideoInfo>) -> Self {
        let (sent, pending) = (record.sent_metadata(), record.pending_publication());
        let told = sent.public_type.unwrap_or(PublicType::All).as_str().to_owned();
        let own = Self {
            upload_id: Some(record.id.clone()),
            video_id: record.video_id.clone(),
            link: record.video_id.as_deref().map(watch_page),
            account: record.request.account.clone(),
            title: Some(sent.title.unwrap_or_else(|| record.request.title())),
            state: None,
            public_type: Some(told),
            publish_at: pending.as_ref().map(|pending| pending.publication.at),
            publish_as: pending
                .map(|pending| pending.audience.public_type.unwrap_or(PublicType::All))
                .or(record.failed_audience()),
            publish_failed: record.failed_publication().map(|failure| failure.code.clone()),
            changed: Vec::new(),
        };
        match shown {
            None => own,
            Some(shown) => Self {
                title: shown.title.clone().or(own.title),
                public_type: shown.public_type.clone().or(own.public_type),
                state: Some(shown.state_word().into()),
                ..own
            },
        }
    }

    /// A video of the account's that Youku lists, with the upload that this ledger has of it.
    #[must_use]
    pub fn from_listed(account: &str, shown: &VideoInfo, upload_id: Option<UploadId>) -> Self {
        Self {
            upload_id,
            video_id: Some(shown.id.clone()),
            link: Some(watch_page(&shown.id)),
            account: account.to_owned(),
            title: shown.title.clone(),
            state: Some(shown.state_word().into()),
            public_type: shown.public_type.clone(),
            publish_at: None,
            publish_as: None,
            publish_failed: None,
            changed: Vec::new(),
        }
    }
}
