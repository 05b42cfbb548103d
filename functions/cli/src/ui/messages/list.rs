//! The lines of `list`.

use super::names::describe_file;
use crate::ui::i18n::tr;
use app::{ListError, ListedUpload};

/// How a list names a file of a person's machine: without a folder.
const FILE_PREFIX: &str = "folder:///";

/// A line of `list`.
pub(crate) fn describe_upload(upload: &ListedUpload) -> String {
    let ListedUpload { upload_id, state, object, account, at, .. } = upload;
    let object = match object.strip_prefix(FILE_PREFIX).filter(|name| !name.contains('/')) {
        Some(name) => describe_file(name),
        None => object.clone(),
    };
    let until = upload.not_before.map(|until| tr!("not before {until}", "不早于 {until}"));
    let more = [until.as_ref(), upload.videoid.as_ref(), upload.error.as_ref()];
    let more: String = more.into_iter().flatten().map(|text| format!("  {text}")).collect();
    format!("{upload_id}  {state:<9}  {at}  {account}  {object}{more}")
}

/// An entry among the open uploads that cannot be read.
pub(crate) fn describe_unreadable(unreadable: &ListError) -> String {
    let ListError { error, detail: message, .. } = unreadable;
    tr!("trouble  {message} [{error}]", "出错  台账中有无法读取的标记：{message} [{error}]")
}

/// The last line of `list`.
pub(crate) fn describe_count(uploads: usize, next: Option<&str>) -> String {
    let more = next.map(|next| tr!(", and there are more: --after {next}", "，还有更多：--after {next}"));
    let more = more.unwrap_or_default();
    tr!("{uploads} uploads{more}", "{uploads} 个上传{more}")
}

/// A position that no list ended with.
pub(crate) fn describe_invalid_after() -> String {
    tr!(
        "--after must be what an earlier list of the same kind ended with",
        "--after 必须是此前同类列表结尾给出的位置"
    )
}
