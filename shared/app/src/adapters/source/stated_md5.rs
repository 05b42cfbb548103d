//! MD5s that uploaders state in an object's user metadata. Each is a hint: copied or edited metadata keeps an old one.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use std::collections::BTreeMap;
use upload_core::{Md5, StatedMd5};

/// s3cmd writes this next to its attributes where it encrypted the file: they then describe the plain file, not the object.
const S3CMD_ENCRYPTION: &str = "s3tools-gpgenc";

/// A name of user metadata, the place that is stated as its origin, and the function that reads its value.
type Hint = (&'static str, &'static str, fn(&str) -> Option<Md5>);

/// In the order in which they are tried: first what people state for us, then what tools write.
const HINTS: [Hint; 3] = [
    // `x-oss-meta-md5`: people in either spelling, s4cmd in hex.
    ("md5", "metadata md5", |text| Md5::from_hex(text).or_else(|| read_base64(text))),
    // rclone, for files that it sends in parts.
    ("md5chksum", "metadata md5chksum", read_base64),
    ("s3cmd-attrs", "metadata s3cmd-attrs", read_s3cmd_attributes),
];

/// The first MD5 that the user metadata (names in lower case) states in a form that can be read.
pub(super) fn read_stated_md5(metadata: &BTreeMap<String, Vec<u8>>) -> Option<StatedMd5> {
    HINTS.iter().find_map(|(name, place, read)| {
        let text = str::from_utf8(metadata.get(*name)?).unwrap_or_default();
        if *name == "s3cmd-attrs" && metadata.contains_key(S3CMD_ENCRYPTION) {
            return None;
        }
        let read = read(text.trim());
        if read.is_none() {
            tracing::debug!(place, "no MD5 can be read there: it is no hint");
        }
        Some(StatedMd5::new(read?, *place))
    })
}

/// Reads 16 bytes in base64, with the padding.
fn read_base64(text: &str) -> Option<Md5> {
    BASE64.decode(text).ok()?.try_into().ok().map(Md5)
}

/// Reads `atime:1/gid:0/.../md5:HEX/mode:33188/...`; s3cmd percent-encodes its values, so none holds a slash.
fn read_s3cmd_attributes(text: &str) -> Option<Md5> {
    text.split('/').find_map(|attribute| attribute.strip_prefix("md5:")).and_then(Md5::from_hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "5d41402abc4b2a76b9719d911017c592";
    const BASE64: &str = "XUFAKrxLKna5cZ2REBfFkg==";
    const ATTRS: &str = "atime:1732260000/ctime:1732260000/gid:0/gname:root/md5:5d41402abc4b2a76b9719d911017c592/\
                         mode:33188/mtime:1732260000/uid:0/uname:root";

    /// Where the MD5 of `hello` was found; another one fails.
    fn find_place(metadata: &[(&str, &str)]) -> Option<String> {
        let metadata = metadata.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
        let stated = read_stated_md5(&metadata.collect())?;
        assert_eq!(stated.md5.to_string(), HEX);
        Some(stated.place)
    }

    #[test]
    fn each_tool_that_states_an_md5_is_understood() {
        let cases: [(&[(&str, &str)], _); 7] = [
            (&[("md5", HEX)], "metadata md5"),
            (&[("md5", "5D41402ABC4B2A76B9719D911017C592")], "metadata md5"),
            (&[("md5", BASE64)], "metadata md5"),
            (&[("md5", " XUFAKrxLKna5cZ2REBfFkg== ")], "metadata md5"),
            (&[("md5chksum", BASE64), ("mtime", "1732260000.5")], "metadata md5chksum"),
            (&[("s3cmd-attrs", ATTRS)], "metadata s3cmd-attrs"),
            (&[("s3cmd-attrs", "md5:5d41402abc4b2a76b9719d911017c592")], "metadata s3cmd-attrs"),
        ];
        for (metadata, expected) in cases {
            assert_eq!(find_place(metadata).as_deref(), Some(expected), "{metadata:?}");
        }
    }

    #[test]
    fn the_first_one_that_can_be_read_counts() {
        let other = "AAAAAAAAAAAAAAAAAAAAAA==";
        let attrs = ATTRS.replace(HEX, &"0".repeat(32));
        let all = [("md5", HEX), ("md5chksum", other), ("s3cmd-attrs", attrs.as_str())];
        assert_eq!(find_place(&all).as_deref(), Some("metadata md5"));
        let spoilt = [("md5", "none"), ("md5chksum", BASE64), ("s3cmd-attrs", attrs.as_str())];
        assert_eq!(find_place(&spoilt).as_deref(), Some("metadata md5chksum"));
        let spoilt = [("md5", ""), ("md5chksum", HEX), ("s3cmd-attrs", ATTRS)];
        assert_eq!(
            find_place(&spoilt).as_deref(),
            Some("metadata s3cmd-attrs"),
            "rclone writes base64 alone"
        );
    }

    #[test]
    fn what_cannot_be_read_is_no_hint() {
        let short = &HEX[..30];
        for metadata in [
            [("md5", short)],
            [("md5", "XUFAKrxLKna5cZ2REBfF")],
            [("md5chksum", "XUFAKrxLKna5cZ2REBfFkg")],
            [("md5chksum", HEX)],
            [("s3cmd-attrs", "atime:1/mode:33188")],
            [("s3cmd-attrs", "md5:none/mode:33188")],
            [("etag", HEX)],
        ] {
            assert_eq!(find_place(&metadata), None, "{metadata:?}");
        }
    }

    /// The attributes of a file that s3cmd encrypted are not the object's.
    #[test]
    fn attributes_of_an_encrypted_file_are_no_hint() {
        let encrypted = ("s3tools-gpgenc", "gpg");
        assert_eq!(find_place(&[("s3cmd-attrs", ATTRS), encrypted]), None);
        assert_eq!(find_place(&[("md5", HEX), encrypted]).as_deref(), Some("metadata md5"));
    }
}
