//! What is saved under a video's name by mistake: web pages, XML, archives, and space that was reserved and never written.

use crate::{
    finding::OtherKind,
    view::{Stop, View},
};

/// Bytes from the start that must be text.
const TEXT: u64 = 512;
/// Bytes at the beginning, in the middle and at the end that must be zeros.
const ZEROS: u64 = 4096;

/// What the file is instead of a video, if that is certain.
pub(crate) fn recognize(view: &View) -> Result<Option<OtherKind>, Stop> {
    let head = view.bytes_up_to(0, TEXT)?;
    // PKWARE's APPNOTE: a member, the end of an empty archive, a part of a spanned one.
    if [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"].iter().any(|magic| head.starts_with(*magic)) {
        return Ok(Some(OtherKind::Zip));
    }
    if let Some(markup) = recognize_markup(head) {
        return Ok(Some(markup));
    }
    Ok(has_only_zeros(view)?.then_some(OtherKind::Zeros))
}

/// HTML and XML begin with a tag, a comment or a declaration, after white space and a byte order mark.
fn recognize_markup(head: &[u8]) -> Option<OtherKind> {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let is_text = text.iter().all(|one| *one >= b' ' || one.is_ascii_whitespace());
    let begins = text.strip_prefix(b"<")?.first()?;
    if !is_text || !(begins.is_ascii_alphabetic() || matches!(begins, b'!' | b'?')) {
        return None;
    }
    let text = text.to_ascii_lowercase();
    let is_html = [&b"<!doctype html"[..], b"<html", b"<head", b"<body"]
        .iter()
        .any(|tag| text.windows(tag.len()).any(|window| window == *tag));
    Some(if is_html { OtherKind::Html } else { OtherKind::Xml })
}

fn has_only_zeros(view: &View) -> Result<bool, Stop> {
    let size = view.size();
    // At the end and in the middle only if the beginning is zeros: each may cost a read.
    for at in [0, size / 2, size.saturating_sub(ZEROS)] {
        if view.bytes_up_to(at, ZEROS)?.iter().any(|one| *one != 0) {
            return Ok(false);
        }
    }
    Ok(true)
}
