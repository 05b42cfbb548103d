//! Percent-encoded names.

use percent_encoding::percent_decode_str;

use crate::oss::error::{OssError, Result};

pub(crate) fn percent_decode(text: &str) -> Result<String> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(String::from).map_err(|_| OssError::invalid("InvalidObjectName", "The name is not UTF-8."))
}
