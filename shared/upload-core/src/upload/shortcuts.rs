//! When a session may take one of the [shorter ways](crate::Shortcuts), and which refusals speak against them.

use crate::{
    Error, ErrorKind, Mode, Shortcuts,
    ledger::{Record, UploadRequest},
};

/// Whether a session for this request may be opened without an MD5: the settings allow it, the source states a CRC-64 that takes its place,
/// and neither an MD5 nor a refused one is on record.
pub(crate) fn may_omit_md5(shortcuts: Shortcuts, request: &UploadRequest, record: &Record) -> bool {
    let object = &request.object;
    let stated = request.job.md5.is_some() || object.stated_md5.is_some() || object.md5.is_some();
    shortcuts.without_md5
        && request.job.mode == Mode::Oss
        && !stated
        && object.crc64.is_some()
        && !record.was_refused_for_hash()
}

/// Whether Youku refused for good what it was asked, and did not say that the account, the time or the metadata is to blame.
pub(crate) fn is_refusal(error: &Error) -> bool {
    let kinds = [ErrorKind::HashRefused, ErrorKind::Youku];
    kinds.contains(&error.kind()) && !error.is_retryable()
}
