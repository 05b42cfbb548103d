//! What of an edit differs from what Youku was told last.

use crate::{
    ledger::is_audience,
    model::metadata::{VideoMetadata, expose_password},
};
use youku::{PublicType, with_unix_line_ends};

/// The fields of `edit` with another value than in `sent`. Of an audience that differs both fields are kept, as far as `edit` states them,
/// since Youku is told them together.
pub(super) fn difference(edit: VideoMetadata, sent: &VideoMetadata) -> VideoMetadata {
    let description = edit.description.map(|text| with_unix_line_ends(&text).into_owned());
    let edit = VideoMetadata { description, ..edit };
    let (plain, before) = (expose_password(edit.clone()), expose_password(sent.clone()));
    let mut differing = plain.list_differences(&before);
    if differing.iter().any(|field| is_audience(field)) {
        differing.extend(["public_type", "watch_password"]);
    }
    let edit = edit.retain(|field| differing.contains(&field));
    // A password that changes alone is one of the audience that has it.
    match (&edit.watch_password, edit.public_type, sent.public_type) {
        (Some(_), None, Some(PublicType::Password)) => {
            VideoMetadata { public_type: Some(PublicType::Password), ..edit }
        }
        _ => edit,
    }
}

/// An edit's audience with what belongs to it of the one that was sent last: a password alone is one of the protection that stands, and
/// protection without a password is with the one that stands.
pub(super) fn complete_audience(edit: VideoMetadata, sent: VideoMetadata) -> VideoMetadata {
    match (edit.public_type, &edit.watch_password) {
        (None, Some(_)) => {
            let public_type = sent.public_type.filter(|audience| *audience == PublicType::Password);
            VideoMetadata { public_type, ..edit }
        }
        (Some(PublicType::Password), None) => VideoMetadata { watch_password: sent.watch_password, ..edit },
        _ => edit,
    }
}

/// Whether nothing is stated.
pub(super) fn is_empty(metadata: &VideoMetadata) -> bool {
    VideoMetadata::FIELDS.iter().all(|(field, _)| metadata.states(field) != Some(true))
}
