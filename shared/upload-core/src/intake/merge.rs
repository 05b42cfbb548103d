//! The one merge: completes every entrypoint's job with what its object, the object's sidecar and its rule
//! state.
//!
//! Each field takes the value of the highest layer that states it: the task or the flags, the object's user
//! metadata, its sidecar, the rule that matches it; defaults fill the rest. A field that the task states is not
//! read from the object or the sidecar, so a mistake there cannot fail the task. The audience is the exception:
//! a public type or watch password that cannot be read there fails the job, whoever asks.

use super::rules::{Rule, Sidecar, sidecar_digest, sidecar_key};
use crate::{
    Callback, Error, ErrorKind, Mode, Object,
    model::{
        metadata::{PublicType, StatedMetadata},
        publication::{ManagePolicy, Publication, check_hour},
    },
};
use std::time::{Duration, SystemTime};

/// How wrong the clock of this machine may be.
const CLOCK_MARGIN: Duration = Duration::from_secs(86_400);
/// S3's header that counts user metadata it has and cannot return.
const MISSING_METADATA: &str = "x-amz-missing-meta";

/// What a job needs besides the video's metadata, as far as it was stated.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// The account's name in the settings.
    pub account: Option<String>,
    /// Youku's protocol.
    pub mode: Option<Mode>,
    /// Receiver of the outcome.
    pub callback: Option<Callback>,
}

impl Terms {
    /// Fills what is not stated from `rule`.
    #[must_use]
    pub fn or_from_rule(self, rule: Option<&Rule>) -> Self {
        let Some(rule) = rule else { return self };
        Self {
            account: self.account.or_else(|| Some(rule.account.clone())),
            mode: self.mode.or(rule.mode),
            callback: self.callback.or_else(|| rule.callback()),
        }
    }
}

/// Merges what the task or flags state (`stated`), the object, its sidecar and its rule state about the video.
///
/// # Errors
/// [`InvalidJob`](ErrorKind::InvalidJob), naming the cause: metadata or a sidecar that cannot be read; metadata
/// that the store could not return, unless `stated` has a public type; a missing sidecar that the rule requires,
/// likewise; a watch password that the video would not ask for, unless who may watch is stated above it.
pub(super) fn merge_video(
    stated: StatedMetadata,
    object: &Object,
    sidecar: Option<&[u8]>,
    rule: Option<&Rule>,
) -> Result<StatedMetadata, Error> {
    let names_audience = stated.metadata.public_type.is_some();
    if object.missing_metadata > 0 && !names_audience {
        let message = "the store could not return all of the object's metadata, which may say who may watch: state public_type in a task";
        return Err(invalid_job_error(message)
            .with_context("header", MISSING_METADATA)
            .with_context("entries", object.missing_metadata.to_string()));
    }
    let is_required = rule.is_some_and(|rule| rule.sidecar == Sidecar::Required);
    if is_required && sidecar.is_none() && !names_audience {
        let message =
            "the rule requires a sidecar, and there is none: write it, or state public_type in a task";
        return Err(invalid_job_error(message).with_context("sidecar", sidecar_key(&object.location.key)));
    }
    let metadata_layer = StatedMetadata::from_user_metadata_below(&object.user_metadata, &stated)?;
    let sidecar_layer = sidecar.map(|json| StatedMetadata::from_sidecar_below(json, &stated)).transpose();
    let sidecar_layer = sidecar_layer
        .map_err(|error| Error::from(error).with_context("sidecar", sidecar_key(&object.location.key)))?
        .unwrap_or_default();
    let rule_layer = rule.map(Rule::metadata).unwrap_or_default();
    let layers = [
        ("watch_password", &stated),
        ("youku-watch-password", &metadata_layer),
        ("sidecar watch_password", &sidecar_layer),
    ];
    let protected_by = find_password(&layers);
    let mut fixed: Vec<_> = stated.stated_fields().chain(metadata_layer.stated_fields()).collect();
    fixed.sort_unstable();
    fixed.dedup();
    let lower = StatedMetadata::merge(metadata_layer, StatedMetadata::merge(sidecar_layer, rule_layer));
    let sidecar = sidecar.map(sidecar_digest);
    let mut video = StatedMetadata { fixed, sidecar, ..StatedMetadata::merge(stated, lower) };
    if video.metadata.public_type == Some(PublicType::Password) {
        return Ok(video);
    }
    if let Some(field) = protected_by {
        return Err(
            invalid_job_error("watch_password needs public_type password").with_context("field", field)
        );
    }
    // What is left is the password of a layer below the one that states who may watch.
    video.metadata.watch_password = None;
    Ok(video)
}

/// When the video is made public, if that was stated and is still to come: by task, object or sidecar, else by the rule, whose hour is the
/// next one after the object was written.
///
/// # Errors
/// [`InvalidJob`](ErrorKind::InvalidJob) where it was stated and the settings do not let a video be changed afterwards.
pub(super) fn plan_publication(
    video: &StatedMetadata,
    written: Option<SystemTime>,
    rule: Option<&Rule>,
    manage: ManagePolicy,
    now: SystemTime,
) -> Result<Option<Publication>, Error> {
    if video.publish_at.is_some() && !manage.enabled {
        let message = "publish_at needs a function that may change videos: set manage.enabled";
        return Err(invalid_job_error(message).with_context("field", "publish_at"));
    }
    if let Some(at) = video.publish_at {
        check_hour(at, now)?;
    }
    let hour = rule.and_then(|rule| rule.publish_at.as_ref()).filter(|_| manage.enabled);
    let at = video.publish_at.or_else(|| hour.map(|hour| hour.next_after(written.unwrap_or(now)).into()));
    // This machine's clock may be wrong by hours: what it alone says is gone is decided by the ledger's, at the commit. An hour before the
    // object was written is gone by the store's own clock.
    let is_gone = |at: SystemTime| written.is_some_and(|written| at <= written) || at + CLOCK_MARGIN <= now;
    Ok(at.filter(|at| !is_gone(at.get())).map(|at| manage.hiding.until(at)))
}

/// The field of the first layer, from the highest, that states a watch password, unless one above it states who may watch: that one has
/// decided. A rule's password is no statement about one video: it is there for those whose public type asks for one.
fn find_password(layers: &[(&'static str, &StatedMetadata)]) -> Option<&'static str> {
    let decided = layers.iter().position(|(_, layer)| layer.metadata.public_type.is_some());
    let mut deciding = layers.iter().take(decided.map_or(layers.len(), |at| at + 1));
    deciding.find(|(_, layer)| layer.metadata.watch_password.is_some()).map(|(field, _)| *field)
}

fn invalid_job_error(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidJob, "metadata", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Location, Provider, metadata::PublicTypeOrigin};
    use std::time::UNIX_EPOCH;
    use youku::VideoMetadata;

    /// What the task and the object state is fixed; what the first sidecar states may be changed by the next one.
    #[test]
    fn fields_of_task_and_object_are_fixed() {
        let (bucket, key) = ("films".into(), "a.mp4".into());
        let mut object = Object::new(Location { provider: Provider::Oss, bucket, key, region: None }, "E", 1);
        object.user_metadata = [("youku-description".into(), b"By the sea".to_vec())].into();
        let task = VideoMetadata { title: Some("A".into()), ..VideoMetadata::default() };
        let stated = StatedMetadata::new(task, PublicTypeOrigin::Task);
        let sidecar = br#"{"tags":["sea"],"public_type":"all"}"#;
        let fixed = |stated| merge_video(stated, &object, Some(sidecar), None).map(|video| video.fixed);
        assert_eq!(fixed(stated.clone()).expect("it fits"), ["description", "title"]);
        let at_an_hour = stated.with_publish_at(Some(UNIX_EPOCH.into()));
        assert_eq!(fixed(at_an_hour).expect("it fits"), ["description", "publish_at", "title"]);
    }
}
