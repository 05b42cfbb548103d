//! The headers of a write that stay with the object.

use std::collections::BTreeMap;

use crate::oss::request::Request;
use crate::oss::store::metadata_value::MetadataValue;
use crate::oss::store::object_record::ObjectAttributes;

/// Reads the attributes of the object that a request writes.
pub(crate) fn read_attributes(request: &Request) -> ObjectAttributes {
    const KEPT: [&str; 5] =
        ["cache-control", "content-disposition", "content-encoding", "content-language", "expires"];
    let kept = KEPT.iter().filter_map(|name| Some(((*name).to_owned(), request.header(name)?.to_owned())));
    let metadata = request.headers.keys().filter_map(|name| {
        let short = name.as_str().strip_prefix("x-oss-meta-")?;
        let value = request.headers.get(name)?.as_bytes();
        Some((short.to_owned(), MetadataValue::from_bytes(value)))
    });
    ObjectAttributes {
        content_type: request.header("content-type").unwrap_or("application/octet-stream").to_owned(),
        headers: kept.collect::<BTreeMap<_, _>>(),
        metadata: metadata.collect(),
    }
}
