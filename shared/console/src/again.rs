//! Uploading an object again: the task that asks for another video with the same audience as the first, or a narrower one.

use app::core::{
    Entrypoint,
    ledger::{Record, Timestamp},
    metadata::{PublicType, PublicTypeOrigin},
};
use serde_json::{Map, Value, json};
use std::time::SystemTime;

/// The task that asks for another video of an upload, without the `again` that makes it another one. It keeps what a task or a command
/// stated, the hour that stands, and who may watch. The watch password and the callback's address are sealed, and are left out.
///
/// `None` while the video is hidden although its hour has come (`now` by this machine's clock): there is no hour that would hide another
/// one.
pub(crate) fn build_task_again(record: &Record, now: SystemTime) -> Option<Value> {
    let request = &record.request;
    let is_late = |at: Timestamp| at.get() <= now;
    if record.failed_publication().is_some()
        || record.pending_publication().is_some_and(|hidden| is_late(hidden.publication.at))
    {
        return None;
    }
    let tasks = [Entrypoint::Task, Entrypoint::LegacyTask, Entrypoint::Command];
    let is_stated = request.entrypoint.is_some_and(|entrypoint| tasks.contains(&entrypoint));
    let mut video =
        if is_stated { serde_json::to_value(&request.video).ok()?.as_object()?.clone() } else { Map::new() };
    for field in ["watch_password", "public_type", "public_type_from"] {
        video.remove(field);
    }
    video.insert("title".into(), request.title().into());
    if let Some(public_type) = find_audience(record) {
        video.insert("public_type".into(), public_type.as_str().into());
    }
    let mut task =
        json!({"source": request.location.to_string(), "account": request.account, "video": video});
    if let Some(hidden) = record.stated_publication() {
        task["publish_at"] = json!(hidden.publication.at);
    }
    if let Some(preflight) = request.preflight.filter(|_| is_stated) {
        task["preflight"] = json!(preflight);
    }
    Some(task)
}

/// Who may watch, or will from the hour on, where that has to be stated; else the object, its sidecar and its rule say it again.
fn find_audience(record: &Record) -> Option<PublicType> {
    let public_type = match record.stated_publication() {
        Some(hidden) => hidden.audience.public_type,
        None => record.sent_metadata().public_type,
    }?;
    let stated = [PublicTypeOrigin::Task, PublicTypeOrigin::Flag];
    let is_stated = record.request.video.public_type_from.is_some_and(|origin| stated.contains(&origin));
    // Whatever they say by now, nobody else may watch.
    (is_stated || public_type != PublicType::All).then_some(public_type)
}

#[cfg(test)]
mod tests;
