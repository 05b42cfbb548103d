//! Prints why an object has no upload.

use crate::commands::missing_ledger;
use crate::ui::{
    messages::unpublished::{self, Unpublished},
    output::{print_json, print_line, without_nulls},
};
use app::{
    App, ObjectExplanation, ObjectVerdict,
    core::{Location, UploadId},
};
use serde_json::json;

/// Prints it; in JSON as the event of a failure, since there is no upload.
pub(super) fn print(app: &App, location: &Location, explanation: &ObjectExplanation, json: bool) {
    let missing_ledger = missing_ledger::describe(app);
    let subject = Unpublished {
        settings: app.settings(),
        location,
        explanation,
        missing_ledger: missing_ledger.as_deref(),
    };
    if !json {
        unpublished::describe(&subject).iter().for_each(print_line);
        return;
    }
    let rules: Vec<_> = subject
        .rules()
        .map(|rule| json!({"bucket": rule.bucket, "prefix": rule.prefix, "account": rule.account, "paused": rule.paused}))
        .collect();
    let (upload, video_id) = match &explanation.verdict {
        ObjectVerdict::SameContent { upload, video_id } => (Some(upload), video_id.as_deref()),
        _ => (None, None),
    };
    print_json(without_nulls(json!({
        "event": "failed", "error": "no_such_upload", "message": unpublished::describe_reason(&subject),
        "object": location.to_string(), "size": explanation.object.size, "reason": unpublished::code(&explanation.verdict),
        "rules": rules, "ledger": missing_ledger, "advice": unpublished::advise(&subject), "upload_id": upload.map(UploadId::as_str), "video_id": video_id,
    })));
}
