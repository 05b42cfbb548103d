//! What a caller asks of a video that is there, in JSON.

use crate::tasks::{field_error, strict_json};
use secrecy::SecretString;
use serde::Deserialize;
use upload_core::{
    Error, Timestamp,
    metadata::{PublicType, VideoMetadata},
};

/// What a person asks of a video.
#[derive(Debug, Clone)]
pub enum VideoRequest {
    /// Change what is stated.
    Update(VideoMetadata),
    /// Hide it, as the settings say.
    Hide,
    /// Make it public at this time, for this audience where one is stated; `None`: not at any time.
    Schedule(Option<Timestamp>, Option<VideoMetadata>),
}

/// `{"at": "2026-12-01T20:00:00+08:00", "public_type": "all", "watch_password": ...}`, or `{"at": null}`: not at any time.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Schedule {
    /// Stated also where it is null: nothing is given up by leaving it out.
    #[serde(deserialize_with = "Option::deserialize")]
    at: Option<String>,
    public_type: Option<PublicType>,
    watch_password: Option<SecretString>,
}

impl VideoRequest {
    /// Reads the fields that change: those of a task's `video`.
    ///
    /// # Errors
    /// [`InvalidJob`](upload_core::ErrorKind::InvalidJob), naming the field that does not fit.
    pub fn read_update(json: &[u8]) -> Result<Self, Error> {
        let stated: VideoMetadata = strict_json::read(None, &mut serde_json::Deserializer::from_slice(json))?;
        Ok(Self::Update(stated))
    }

    /// Reads an hour.
    ///
    /// # Errors
    /// As [`read_update`](Self::read_update).
    pub fn read_schedule(json: &[u8]) -> Result<Self, Error> {
        let Schedule { at, public_type, watch_password } =
            strict_json::read(None, &mut serde_json::Deserializer::from_slice(json))?;
        let at = at.map(|text| {
            let wrong =
                || field_error("at", "is not a time with its zone, such as 2026-12-01T20:00:00+08:00");
            text.parse::<Timestamp>().map_err(|_| wrong())
        });
        let is_stated = public_type.is_some() || watch_password.is_some();
        let audience =
            is_stated.then(|| VideoMetadata { public_type, watch_password, ..VideoMetadata::default() });
        Ok(Self::Schedule(at.transpose()?, audience))
    }
}
