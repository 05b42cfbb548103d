//! Events of OSS triggers in their three forms.

use aliyun_fc_events::{CloudEvent, OssEvents, OssRecord};
use serde_json::{Value, json};

const NATIVE: &str = include_str!("../fixtures/oss-native.json");
const BRIDGE: &str = include_str!("../fixtures/oss-eventbridge.json");
const RAW_DATA: &str = include_str!("../fixtures/oss-rawdata.json");

fn decode_record(document: &str) -> OssRecord {
    let events: OssEvents = serde_json::from_str(document).unwrap();
    let [record] = events.records.try_into().unwrap();
    record
}

/// Why a document is refused.
fn refusal(document: &Value) -> String {
    serde_json::from_str::<OssEvents>(&document.to_string()).unwrap_err().to_string()
}

#[test]
fn a_native_event_is_read_in_full() {
    let record = decode_record(NATIVE);
    assert_eq!(record.event_name, "ObjectCreated:PutObject");
    assert_eq!(record.event_time.as_deref(), Some("2026-11-21T12:02:24.000Z"));
    assert_eq!(record.region.as_deref(), Some("cn-hangzhou"));
    assert_eq!(record.request_parameters.unwrap().source_ip_address.as_deref(), Some("203.0.113.7"));
    assert_eq!(record.response_elements.unwrap().request_id.as_deref(), Some("65F0A1B2C3D4E5F607182930"));
    assert_eq!(record.user_identity.unwrap().principal_id.as_deref(), Some("203456789012345678"));
    assert_eq!(record.oss.rule_id.as_deref(), Some("8f0c1d2e3b4a59687766554433221100aabbccdd"));
    assert_eq!(record.oss.bucket.name, "films");
    assert_eq!(record.oss.bucket.owner_identity.as_deref(), Some("1234567890123456"));
    let object = record.oss.object;
    assert_eq!(object.key, "in/第 1 部+a%20b.mp4", "the key is raw: it is not decoded");
    assert_eq!(object.e_tag.as_deref(), Some("5B3C1A2E053D763E1B002CC607C5A0FE"));
    assert_eq!(object.size, Some(5_000_000_000), "more than 32 bits");
    assert_eq!(object.delta_size, Some(-1_234));
    let meta = object.object_meta.unwrap();
    assert_eq!(meta.mime_type.as_deref(), Some("video/mp4"));
    assert_eq!(meta.user_meta["x-oss-meta-title"], "%E7%AC%AC");
}

#[test]
fn all_three_forms_give_the_same_record() {
    let mut native = decode_record(NATIVE);
    let bridge = decode_record(BRIDGE);
    assert_eq!(bridge, decode_record(RAW_DATA));
    assert_eq!(bridge.oss.rule_id, None);
    native.oss.rule_id = None;
    assert_eq!(native, bridge);
}

#[test]
fn the_attributes_of_a_cloud_event_are_read() {
    let event: CloudEvent<OssRecord> = serde_json::from_str(BRIDGE).unwrap();
    assert_eq!(event.r#type, "oss:ObjectCreated:PutObject");
    assert_eq!(event.source, "acs.oss");
    assert_eq!(event.aliyunregionid.as_deref(), Some("cn-hangzhou"));
    assert_eq!(event.data, decode_record(BRIDGE));
}

#[test]
fn only_the_names_of_event_bucket_and_key_are_required() {
    let record = json!({"eventSource": "acs:oss", "eventName": "ObjectRemoved:DeleteObject",
        "oss": {"bucket": {"name": "b"}, "object": {"key": "k", "position": 3, "unheard": [1]}}, "more": null});
    let record = decode_record(&json!({"events": [record], "and": "more"}).to_string());
    assert_eq!(record.oss.object.size, None);
    assert_eq!(record.oss.object.position, Some(3));
}

#[test]
fn every_record_of_a_batch_counts() {
    let mut batch: Value = serde_json::from_str(NATIVE).unwrap();
    let first = batch["events"][0].clone();
    batch["events"] = json!([first, first, first]);
    assert_eq!(serde_json::from_value::<OssEvents>(batch).unwrap().records.len(), 3);
    assert!(serde_json::from_str::<OssEvents>(r#"{"events":[]}"#).unwrap().records.is_empty());
}

#[test]
fn an_error_names_the_path_in_each_form() {
    let mut native: Value = serde_json::from_str(NATIVE).unwrap();
    native["events"][0]["oss"]["object"]["size"] = json!("big");
    assert_eq!(refusal(&native), "events[0].oss.object.size: invalid type: string \"big\", expected i64");
    let mut bridge: Value = serde_json::from_str(BRIDGE).unwrap();
    bridge["data"]["oss"]["bucket"].take();
    assert!(refusal(&bridge).contains("data.oss.bucket: invalid type: null"), "{}", refusal(&bridge));
    let mut raw: Value = serde_json::from_str(RAW_DATA).unwrap();
    raw.as_object_mut().unwrap().remove("eventName");
    assert!(refusal(&raw).contains("missing field `eventName`"), "{}", refusal(&raw));
    assert!(refusal(&json!({"events": {}})).contains("events: invalid type: map"));
}

#[test]
fn another_source_is_refused_by_the_field_that_says_so() {
    let cdn = json!({"events": [{"eventSource": "cdn", "eventName": "LogFileCreated"}]});
    assert!(
        refusal(&cdn).contains("events[0].eventSource: another source than `acs:oss`"),
        "{}",
        refusal(&cdn)
    );
    let mut bridge: Value = serde_json::from_str(BRIDGE).unwrap();
    bridge["source"] = json!("acs.mns");
    assert!(refusal(&bridge).contains("source: another source than `acs.oss`"), "{}", refusal(&bridge));
    let audit =
        json!({"specversion": "1.0", "source": "acs.oss", "type": "oss:ActionTrail:ApiCall", "data": {}});
    assert!(refusal(&audit).contains("type: not an event of an object"), "{}", refusal(&audit));
    assert!(refusal(&json!({"eventSource": "acs:mns"})).contains("eventSource: another source"));
    assert!(refusal(&json!({"events": [{}]})).contains("events[0].eventSource: missing"));
    assert!(refusal(&json!({"oss": {}})).contains("neither `events` nor `specversion` nor `eventSource`"));
    assert!(refusal(&json!([1])).contains("invalid type: sequence"));
}

/// Events name calls `ObjectCreated:PutObject`; EventBridge also writes `oss:ObjectCreated:PutObject`.
#[test]
fn only_calls_that_leave_a_whole_object_create_one() {
    let has_created = |name: &str| {
        let mut record = OssRecord::default();
        record.event_name = name.to_owned();
        record.has_created_object()
    };
    for call in
        ["PutObject", "PostObject", "CompleteMultipartUpload", "CopyObject", "AppendObject", "PutSymlink"]
    {
        for name in [format!("ObjectCreated:{call}"), format!("oss:ObjectCreated:{call}")] {
            assert!(has_created(&name), "{name}");
        }
    }
    for name in [
        "PutObject",
        "ObjectCreated:InitiateMultipartUpload",
        "ObjectCreated:UploadPart",
        "ObjectCreated:UploadPartCopy",
        "ObjectCreated:SomethingNew",
        "ObjectRemoved:DeleteObject",
        "ObjectModified:UpdateObjectMeta",
    ] {
        assert!(!has_created(name), "{name}");
    }
}

/// Hosts that imitate the platform leave fields out or write `null`.
#[test]
fn null_reads_as_absent_where_a_field_has_a_default() {
    let record = json!({"eventName": "ObjectCreated:PutObject", "eventSource": null, "xVars": null, "region": null,
        "oss": {"bucket": {"name": "b"}, "object": {"key": "k", "objectMeta": {"userMeta": null}}}});
    let event: CloudEvent<OssRecord> =
        serde_json::from_value(json!({"id": null, "source": "acs.oss", "data": record})).unwrap();
    assert_eq!((event.id.as_str(), event.data.event_source.as_str()), ("", ""));
    assert!(event.data.oss.object.object_meta.unwrap().user_meta.is_empty());
}

/// A local host writes what the platform writes: no field more, none with another name.
#[test]
fn an_event_serializes_to_the_json_it_was_read_from() {
    let native: OssEvents = serde_json::from_str(NATIVE).unwrap();
    assert_eq!(serde_json::to_value(&native).unwrap(), serde_json::from_str::<Value>(NATIVE).unwrap());
    let bridge: CloudEvent<OssRecord> = serde_json::from_str(BRIDGE).unwrap();
    assert_eq!(serde_json::to_value(&bridge).unwrap(), serde_json::from_str::<Value>(BRIDGE).unwrap());
}
