//! What `upload --recursive` says of what it does not upload.

use crate::ui::{
    i18n::{tr, tr_static},
    output::escape,
};

/// Why something is not uploaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SkipReason {
    /// The file's name is no UTF-8: no title, upload id or ledger entry can hold it.
    NotUtf8,
    /// A link to a folder: it may lead anywhere, also round in a circle.
    LinkedFolder,
    /// The folder cannot be read.
    UnreadableFolder,
    /// The file's kind cannot be found out, or a link leads nowhere.
    UnreadableFile,
    /// It is a pipe, a socket or a device.
    NotAFile,
    /// It has no bytes.
    Empty,
    /// Its key begins with a prefix that the settings reserve, as for the ledger.
    OwnPrefix,
    /// A system left it behind.
    Junk,
    /// Its extension is not a video's.
    NotAVideo,
}

impl SkipReason {
    /// Every reason, in the order in which they are reported.
    pub(crate) const ALL: [Self; 9] = [
        Self::NotUtf8,
        Self::LinkedFolder,
        Self::UnreadableFolder,
        Self::UnreadableFile,
        Self::NotAFile,
        Self::Empty,
        Self::OwnPrefix,
        Self::Junk,
        Self::NotAVideo,
    ];

    /// The stable code in the events of `--json`; where events of a bucket are skipped for the same reason, it is theirs.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::NotUtf8 => "not_utf8",
            Self::LinkedFolder => "linked_folder",
            Self::UnreadableFolder => "unreadable_folder",
            Self::UnreadableFile => "unreadable_file",
            Self::NotAFile => "not_a_file",
            Self::Empty => "empty_object",
            Self::OwnPrefix => "own_prefix",
            Self::Junk => "junk",
            Self::NotAVideo => "not_a_video",
        }
    }
}

/// One line about everything that was skipped for one reason; `shown` are the first of the `count` names.
pub(crate) fn describe_skipped(reason: SkipReason, count: usize, shown: &[&str]) -> String {
    let why = describe_reason(reason);
    let names: Vec<_> = shown.iter().map(|name| escape(name)).collect();
    let names = names.join(", ");
    match count - shown.len().min(count) {
        0 => tr!("skipped      {count} × {why}: {names}", "跳过  {why}，{count} 个：{names}"),
        more => tr!(
            "skipped      {count} × {why}: {names}, and {more} more",
            "跳过  {why}，{count} 个：{names}，另有 {more} 个"
        ),
    }
}

pub(super) fn describe_reason(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::NotUtf8 => tr_static!("name not UTF-8 (rename it)", "文件名不是 UTF-8（请改名）"),
        SkipReason::LinkedFolder => tr_static!(
            "link to a directory, not followed (name it as a SOURCE of its own)",
            "指向目录的链接，不会进入（请将其单独列为 SOURCE）"
        ),
        SkipReason::UnreadableFolder => {
            tr_static!("directory that cannot be read (change its permissions)", "目录无法读取（请修改权限）")
        }
        SkipReason::UnreadableFile => tr_static!("file that cannot be found or read", "文件找不到或无法读取"),
        SkipReason::NotAFile => tr_static!("not a regular file", "不是普通文件"),
        SkipReason::Empty => tr_static!("empty", "空文件"),
        SkipReason::OwnPrefix => {
            tr_static!(
                "below a reserved prefix (reserved.prefixes; name an object to upload it all the same)",
                "位于保留前缀之下（reserved.prefixes；单独指定对象仍可上传）"
            )
        }
        SkipReason::Junk => tr_static!(
            "left behind by a system (--include-junk uploads it)",
            "系统遗留的文件（加上 --include-junk 可上传）"
        ),
        SkipReason::NotAVideo => tr_static!("not a video by its extension", "扩展名不是视频"),
    }
}
