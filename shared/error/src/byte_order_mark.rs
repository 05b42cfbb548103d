//! The byte-order mark that editors and spreadsheets of Windows put before a text.

/// U+FEFF in UTF-8.
const UTF_8: &[u8] = b"\xef\xbb\xbf";
/// U+FEFF in UTF-16, little and big endian.
const UTF_16: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];

/// The document without the one byte-order mark of UTF-8 that it may begin with: JSON allows readers to ignore it (RFC 8259, section 8.1).
///
/// # Errors
/// What is wrong with a document whose mark says UTF-16.
pub fn strip_byte_order_mark(document: &[u8]) -> Result<&[u8], &'static str> {
    if UTF_16.iter().any(|mark| document.starts_with(mark)) {
        return Err("is UTF-16: write it as UTF-8");
    }
    Ok(document.strip_prefix(UTF_8).unwrap_or(document))
}
