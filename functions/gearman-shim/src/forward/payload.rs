//! What clients put around a job's JSON.

use bytes::Bytes;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The payload without what is not part of its JSON: a byte-order mark before it, and NULs and blanks after it, which clients in C send
/// along. Anything else is left for the function to refuse.
pub(crate) fn trim_payload(payload: &Bytes) -> Bytes {
    let start = if payload.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let is_padding = |byte: &u8| matches!(byte, 0 | b' ' | b'\t' | b'\r' | b'\n');
    let end = payload.iter().rposition(|byte| !is_padding(byte)).map_or(start, |last| last + 1);
    payload.slice(start..end.max(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_surrounds_the_json_is_removed() {
        for (payload, expected) in [
            (&b"{}"[..], &b"{}"[..]),
            (b"{}\0", b"{}"),
            (b"{}\0\0 \r\n\0\t", b"{}"),
            (b"\xef\xbb\xbf{\r\n}\r\n", b"{\r\n}"),
            (b"\xef\xbb\xbf", b""),
            (b"\0 \0", b""),
            (b"", b""),
            // Not part of any form that is passed over.
            (b"\0{}", b"\0{}"),
            (b"{}\0x", b"{}\0x"),
            (b"{} {}\0", b"{} {}"),
            (b"\xef\xbb\xbf\xef\xbb\xbf{}", b"\xef\xbb\xbf{}"),
            (b"{}\xef\xbb\xbf", b"{}\xef\xbb\xbf"),
        ] {
            assert_eq!(trim_payload(&Bytes::from_static(payload)), expected, "{}", payload.escape_ascii());
        }
    }
}
