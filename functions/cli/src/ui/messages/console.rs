//! What `console` says.

use crate::ui::{
    details::localize_io,
    i18n::{tr, tr_static},
};
use std::io;

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
