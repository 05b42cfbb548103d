//! What OSS tells of objects, by whatever bridge its events come here (FC sheet: native and EventBridge-based triggers).

use crate::{Record, decode::fit, kind::Kind};
use app::core::{Location, Provider};
use lambda_runtime::Diagnostic;
use serde::Deserialize;
use serde_json::Value;

/// The calls after which an object is there. After the last two it may still change: whether it is left alone as `not_whole` is
/// decided by what the object is by then, and by its rule. Parts are none.
const ARRIVALS: [&str; 6] =
    ["PutObject", "PostObject", "CompleteMultipartUpload", "CopyObject", "AppendObject", "PutSymlink"];

#[derive(Deserialize)]
struct Native {
    events: Vec<Told>,
}

#[derive(Deserialize)]
struct Bridged {
    data: Told,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    event_name: String,
    region: Option<String>,
    oss: Entity,
}

#[derive(Deserialize)]
struct Entity {
    bucket: Bucket,
    object: Object,
}

#[derive(Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Deserialize)]
struct Object {
    key: String,
    size: Option<u64>,
}

/// The records of an event in one of OSS's three forms.
pub(crate) fn records(kind: Kind, event: Value) -> Result<Vec<Record>, Diagnostic> {
    let told = match kind {
        Kind::Oss => fit::<Native>(event)?.events,
        Kind::OssBridge => vec![fit::<Bridged>(event)?.data],
        _ => vec![fit(event)?],
    };
    Ok(told.into_iter().map(record).collect())
}

/// Events name calls `ObjectCreated:PutObject`, EventBridge `oss:ObjectCreated:PutObject`. Keys are not encoded, unlike S3's.
fn record(told: Told) -> Record {
    let Object { key, size } = told.oss.object;
    let name = told.event_name.strip_prefix("oss:").unwrap_or(&told.event_name);
    if !name.strip_prefix("ObjectCreated:").is_some_and(|call| ARRIVALS.contains(&call)) {
        return Record::Other { key };
    }
    let location =
        Location { provider: Provider::Oss, bucket: told.oss.bucket.name, key, region: told.region };
    Record::Arrived { location, size: size.unwrap_or(u64::MAX) }
}
