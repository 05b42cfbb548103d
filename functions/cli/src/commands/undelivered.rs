//! The callback that an upload of this command leaves undelivered: a published video alone would read as if its receiver knew.

use crate::ui::{
    messages::callback::{describe_refused, describe_undelivered},
    output::without_nulls,
};
use app::{UploadDetails, core::ledger::PendingMessage};
use serde_json::{Value, json};

/// The event of `--json` and the line for a person; `None` where no callback was asked for, or it is delivered.
pub(super) fn describe(details: &UploadDetails) -> Option<(Value, String)> {
    let id = &details.record.id;
    let event = |attempts, code: Option<&str>, is_final: Option<bool>| {
        without_nulls(
            json!({"event": "callback", "upload_id": id.as_str(), "delivered": false, "attempts": attempts, "code": code,
            "final": is_final}),
        )
    };
    if let Some(code) = details.record.failed_callback() {
        return Some((event(None, Some(code), Some(true)), describe_refused(id, code)));
    }
    let pending = details.callback.as_ref();
    // One about the state of the video waits for Youku, and not for its receiver.
    let pending = pending.filter(|one| one.message == PendingMessage::Outcome || one.code.is_some())?;
    Some((event(Some(pending.attempts), pending.code.as_deref(), None), describe_undelivered(id, pending)))
}
