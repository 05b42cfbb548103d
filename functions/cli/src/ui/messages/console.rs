//! What `console` says.

use crate::ui::{
    details::localize_io,
    i18n::{tr, tr_static},
    output::escape,
};
use std::{io, path::Path};
use web_console::SpoolError;

/// The page's address first, and how to use it.
pub(crate) fn describe_address(url: &str) -> Vec<String> {
    vec![
        tr!("console  {url}", "控制台  {url}"),
        tr_static!(
            "Anyone with this address can see and change your uploads: do not pass it on. Press Ctrl-C to stop.",
            "持有该地址即可进入，请勿转发。按 Ctrl-C 停止。"
        )
        .into(),
    ]
}

/// The browser was not opened.
pub(crate) fn describe_browser_failure(error: &io::Error) -> String {
    let why = localize_io(error);
    tr!(
        "the browser could not be opened ({why}): open the address yourself",
        "无法打开浏览器（{why}）：请自行打开该地址"
    )
}

/// Files cannot be dropped onto the page.
pub(crate) fn describe_unusable_spool(folder: &Path, why: &SpoolError) -> String {
    let folder = folder.display().to_string();
    let folder = escape(&folder);
    match why {
        SpoolError::InUse => tr!(
            "another console uses {folder}: this one takes no files; `--spool DIR` names another folder",
            "另一个控制台正在使用 {folder}：本控制台不接收文件；可用 `--spool DIR` 指定其他目录"
        ),
        SpoolError::Unusable(error) => {
            let why = localize_io(error);
            tr!(
                "{folder} cannot be used ({why}): the page takes no files; `--spool DIR` names another folder",
                "无法使用 {folder}（{why}）：页面不接收文件；可用 `--spool DIR` 指定其他目录"
            )
        }
    }
}
