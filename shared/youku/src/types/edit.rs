//! Changes to a video that is there.

use super::{invalid::Invalid, metadata::VideoMetadata};
use crate::validate::validate_edit;

/// What is changed of a video: at least one of title, tags, category, description, copyright, audience and watch password (management
/// sheet, `videos/update`). What is not stated stays as it is; nothing stated is empty, since nobody knows what Youku makes of an empty
/// field.
#[derive(Debug, Clone)]
pub struct VideoEdit(VideoMetadata);

/// What an edit may state.
const FIELDS: &str = "one of what an edit can change: title, tags, category, description, copyright_type, public_type, watch_password";

impl VideoEdit {
    /// An edit that changes what `metadata` states.
    ///
    /// # Errors
    /// The first limit that is broken, as for a [new video](crate::NewVideo::new); a field that an edit cannot change; nothing stated.
    pub fn new(metadata: VideoMetadata) -> Result<Self, Invalid> {
        let fields = VideoMetadata::FIELDS.iter().map(|(field, _)| *field);
        let mut stated = fields.filter(|field| metadata.states(field) == Some(true)).peekable();
        if stated.peek().is_none() {
            return Err(Invalid::from_limit("video", "stated with at least one field that changes"));
        }
        if let Some(field) = stated.find(|field| !Self::can_change(field)) {
            return Err(Invalid::from_limit(field, FIELDS));
        }
        validate_edit(&metadata)?;
        Ok(Self(metadata))
    }

    /// Whether an edit can change this field.
    #[must_use]
    pub fn can_change(field: &str) -> bool {
        matches!(
            field,
            "title"
                | "tags"
                | "category"
                | "description"
                | "copyright_type"
                | "public_type"
                | "watch_password"
        )
    }

    /// The fields that change, and their values.
    #[must_use]
    pub fn metadata(&self) -> &VideoMetadata {
        &self.0
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn edit(json: &str) -> Result<VideoEdit, String> {
        VideoEdit::new(serde_json::from_str(json).unwrap()).map_err(|invalid| invalid.to_string())
    }

    #[test]
    fn an_edit_states_what_changes_and_nothing_else() {
        for stated in [
            r#"{"title": "新标题"}"#,
            r#"{"tags": ["片段"]}"#,
            r#"{"public_type": "all"}"#,
            r#"{"public_type": "password", "watch_password": "sesame"}"#,
            r#"{"description": "one\ntwo", "category": "News", "copyright_type": "original"}"#,
        ] {
            edit(stated).unwrap();
        }
        for (stated, field) in [
            ("{}", "video"),
            (r#"{"title": ""}"#, "title"),
            (r#"{"title": " "}"#, "title"),
            (r#"{"tags": []}"#, "tags"),
            (r#"{"tags": ["a,b"]}"#, "tags[0]"),
            (r#"{"description": ""}"#, "description"),
            (r#"{"category": ""}"#, "category"),
            (r#"{"public_type": "password"}"#, "watch_password"),
            (r#"{"watch_password": "sesame"}"#, "watch_password"),
            (r#"{"title": "t", "latitude": 1.0}"#, "latitude"),
        ] {
            let refused = edit(stated).unwrap_err();
            assert!(refused.starts_with(field), "{stated}: {refused}");
        }
    }
}
