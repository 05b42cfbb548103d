//! The page's files, embedded in the program.

use crate::response::error_response;
use axum::{
    http::{
        HeaderMap, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
    },
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// The page itself.
pub(crate) const INDEX: &str = "index.html";

/// A file by its name in the folder `assets`, with its content type.
macro_rules! asset {
    ($name:literal, $content_type:expr) => {
        ($name, $content_type, include_bytes!(concat!("../assets/", $name)))
    };
}

/// Every file.
const FILES: &[(&str, &str, &[u8])] = &[
    asset!("index.html", HTML),
    asset!("console.css", CSS),
    asset!("actions.js", SCRIPT),
    asset!("api.js", SCRIPT),
    asset!("bucket.js", SCRIPT),
    asset!("dev.js", SCRIPT),
    asset!("dialog.js", SCRIPT),
    asset!("dom.js", SCRIPT),
    asset!("facts.js", SCRIPT),
    asset!("files.js", SCRIPT),
    asset!("form.js", SCRIPT),
    asset!("format.js", SCRIPT),
    asset!("health.js", SCRIPT),
    asset!("jobs.js", SCRIPT),
    asset!("keys.js", SCRIPT),
    asset!("list.js", SCRIPT),
    asset!("live.js", SCRIPT),
    asset!("load.js", SCRIPT),
    asset!("main.js", SCRIPT),
    asset!("more.css", CSS),
    asset!("more_text.js", SCRIPT),
    asset!("new.js", SCRIPT),
    asset!("robots.js", SCRIPT),
    asset!("route.js", SCRIPT),
    asset!("rows.js", SCRIPT),
    asset!("store.js", SCRIPT),
    asset!("text.js", SCRIPT),
    asset!("timeline.js", SCRIPT),
    asset!("upload.js", SCRIPT),
    asset!("icon.svg", SVG),
];

/// The files with the ETags of their contents.
pub(crate) struct Assets(Vec<Asset>);

struct Asset {
    name: &'static str,
    content_type: &'static str,
    bytes: &'static [u8],
    etag: String,
}

impl Assets {
    /// Hashes the files.
    pub(crate) fn new() -> Self {
        let assets = FILES.iter().map(|&(name, content_type, bytes)| {
            let digits: String =
                Sha256::digest(bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
            Asset { name, content_type, bytes, etag: format!("\"{digits}\"") }
        });
        Self(assets.collect())
    }

    /// Responds with a file, or with 304 where the browser has it.
    pub(crate) fn respond(&self, name: &str, headers: &HeaderMap) -> Response {
        let Some(asset) = self.0.iter().find(|asset| asset.name == name) else {
            return error_response(StatusCode::NOT_FOUND, "no_such_path", "there is no such path");
        };
        let kept = [(CACHE_CONTROL, "no-cache"), (ETAG, asset.etag.as_str())];
        match is_known(headers, &asset.etag) {
            true => (StatusCode::NOT_MODIFIED, kept).into_response(),
            false => (kept, [(CONTENT_TYPE, asset.content_type)], asset.bytes).into_response(),
        }
    }
}

/// Whether the browser has the version of this ETag, by its `If-None-Match`.
pub(crate) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let listed = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = listed.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}
