//! `videos/update`: changes what a video says of itself.

use std::collections::BTreeMap;
use std::time::SystemTime;

use http::StatusCode;
use serde_json::json;

use crate::youku::change::Change;
use crate::youku::error::ApiError;
use crate::youku::metadata::Metadata;
use crate::youku::metadata_rules::{
    CATEGORIES, COPYRIGHT_TYPES, PUBLIC_TYPES, check_description, check_tags, check_title, check_word,
};
use crate::youku::params::Params;
use crate::youku::state::{ApiResult, YoukuService};
use crate::youku::switches::{EmptyField, Switches};

/// The fields that an update may state.
const FIELDS: [&str; 8] = [
    "title",
    "tags",
    "category",
    "copyright_type",
    "public_type",
    "watch_password",
    "description",
    "thumbnail_seq",
];

impl YoukuService {
    /// Changes the fields that are stated. All of them change, or none.
    pub(crate) fn update(&self, params: &Params) -> ApiResult {
        let account = self.account_name(&self.authorize(params)?);
        let id = params.require("video_id")?;
        let (mut state, now) = (self.state(), SystemTime::now());
        let switches = state.switches.clone();
        let video = state.find_own(id, &account, now)?;
        let shown = video.state(&switches, now);
        if switches.update_refused_in.contains(&shown) {
            return Err(ApiError::wrong_state(&shown));
        }
        let (metadata, fields) = change_metadata(&video.metadata, params, &switches)?;
        video.metadata = metadata;
        video.changes.push(Change::new(now, "update", fields));
        if switches.update_restarts_review {
            video.restart_review(now);
        }
        self.0.disk.save_video(video).map_err(|_| ApiError::unavailable())?;
        if switches.change_answers_1002 {
            return Err(ApiError::system_error());
        }
        Ok((StatusCode::OK, json!({"id": id})))
    }
}

/// What the video says afterwards, and the fields that were stated.
fn change_metadata(
    known: &Metadata,
    params: &Params,
    switches: &Switches,
) -> Result<(Metadata, BTreeMap<String, String>), ApiError> {
    let (mut changed, mut fields) = (known.clone(), BTreeMap::new());
    for name in FIELDS {
        match params.get(name) {
            Some(value) => change_field(&mut changed, name, value, switches)?,
            None if params.is_empty(name) => match switches.empty_field {
                EmptyField::Clears => clear_field(&mut changed, name),
                EmptyField::Refused => return Err(ApiError::parameter(name, "is empty")),
                EmptyField::Ignored => continue,
            },
            None => continue,
        }
        fields.insert(name.to_owned(), params.get(name).unwrap_or_default().to_owned());
    }
    if changed.public_type == "password" && changed.watch_password.is_none() {
        return Err(ApiError::parameter("watch_password", "is missing"));
    }
    Ok((changed, fields))
}

fn change_field(
    metadata: &mut Metadata,
    name: &str,
    value: &str,
    switches: &Switches,
) -> Result<(), ApiError> {
    match name {
        "title" => metadata.title = check_title(value, switches)?,
        "tags" => metadata.tags = check_tags(value, switches)?,
        "category" => metadata.category = check_word(name, &CATEGORIES, value)?,
        "public_type" => metadata.public_type = check_word(name, &PUBLIC_TYPES, value)?,
        "watch_password" => metadata.watch_password = Some(value.to_owned()),
        "description" => metadata.description = check_description(value)?,
        "copyright_type" => _ = check_word(name, &COPYRIGHT_TYPES, value)?,
        _ => {
            value.parse::<u32>().map_err(|_| ApiError::parameter(name, "is no whole number"))?;
        }
    }
    Ok(())
}

/// What an empty field makes of a video where it clears: as if create had left it out.
fn clear_field(metadata: &mut Metadata, name: &str) {
    match name {
        "title" => metadata.title.clear(),
        "tags" => metadata.tags.clear(),
        "category" => "Others".clone_into(&mut metadata.category),
        "public_type" => "all".clone_into(&mut metadata.public_type),
        "watch_password" => metadata.watch_password = None,
        "description" => metadata.description.clear(),
        _ => {}
    }
}
