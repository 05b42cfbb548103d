//! Servers that fail, disconnect, damage bytes and lose responses: one video with the right bytes comes of it, at the first delivery.

use crate::support::{
    MIB, Setup, TestEnv, add_fault, sample_bytes,
    server::Server::{self, Bucket, Oss, Youku},
};
use local_clouds::fc::AsyncState;
use serde_json::{Value, json};

/// Server, operation, how many requests pass first, how many get the fault, the fault.
type Case = (Server, &'static str, u64, u64, &'static str);

const UNAVAILABLE: &str = r#"{"kind":"status","status":503}"#;
const INTERNAL: &str = r#"{"kind":"status","status":500}"#;
const EARLY: &str = r#"{"kind":"status","status":503,"early":true}"#;
const SLOW_DOWN: &str = r#"{"kind":"status","status":503,"headers":{"retry-after":"1"}}"#;
const TOO_MANY: &str = r#"{"kind":"status","status":429,"headers":{"retry-after":"1"}}"#;
const YOUKU_1001: &str = r#"{"kind":"status","status":500,"code":"1001"}"#;
const RESET: &str = r#"{"kind":"reset"}"#;
const RESET_MIDWAY: &str = r#"{"kind":"reset","after":100000}"#;
const LOST: &str = r#"{"kind":"drop_answer"}"#;
const CUT: &str = r#"{"kind":"cut_response","after":100001}"#;
const CUT_EARLY: &str = r#"{"kind":"cut_response","after":7}"#;
const DAMAGED_ANSWER: &str = r#"{"kind":"flip_response","at":70001}"#;
const DAMAGED_BODY: &str = r#"{"kind":"flip_request","at":70001}"#;
const EXPIRED: &str = r#"{"kind":"expire"}"#;

const READING: &[Case] = &[
    (Oss, "HeadObject", 0, 1, UNAVAILABLE),
    (Oss, "HeadObject", 0, 1, RESET),
    (Oss, "HeadObject", 0, 1, LOST),
    (Oss, "GetObject", 0, 3, UNAVAILABLE),
    (Oss, "GetObject", 1, 1, INTERNAL),
    (Oss, "GetObject", 0, 1, SLOW_DOWN),
    (Oss, "GetObject", 0, 2, RESET),
    (Oss, "GetObject", 1, 1, LOST),
    (Oss, "GetObject", 0, 5, CUT),
    (Oss, "GetObject", 1, 2, CUT_EARLY),
    (Oss, "GetObject", 0, 1, DAMAGED_ANSWER),
    (Oss, "GetObject", 3, 1, DAMAGED_ANSWER),
];

const SENDING_TO_A_BUCKET: &[Case] = &[
    (Youku, "create", 0, 1, YOUKU_1001),
    (Youku, "create", 0, 1, UNAVAILABLE),
    (Youku, "create", 0, 1, TOO_MANY),
    (Youku, "create", 0, 1, RESET),
    (Youku, "create", 0, 1, LOST),
    (Youku, "create", 0, 1, CUT_EARLY),
    (Bucket, "InitiateMultipartUpload", 0, 1, UNAVAILABLE),
    (Bucket, "InitiateMultipartUpload", 0, 1, RESET),
    (Bucket, "InitiateMultipartUpload", 0, 1, LOST),
    (Bucket, "InitiateMultipartUpload", 0, 1, CUT_EARLY),
    (Bucket, "InitiateMultipartUpload", 0, 1, EXPIRED),
    (Bucket, "UploadPart", 0, 3, UNAVAILABLE),
    (Bucket, "UploadPart", 1, 1, INTERNAL),
    (Bucket, "UploadPart", 0, 2, EARLY),
    (Bucket, "UploadPart", 0, 1, RESET),
    (Bucket, "UploadPart", 1, 2, RESET_MIDWAY),
    (Bucket, "UploadPart", 0, 2, LOST),
    (Bucket, "UploadPart", 1, 1, DAMAGED_BODY),
    (Bucket, "UploadPart", 0, 1, EXPIRED),
    (Bucket, "UploadPart", 2, 1, EXPIRED),
    (Bucket, "CompleteMultipartUpload", 0, 1, UNAVAILABLE),
    (Bucket, "CompleteMultipartUpload", 0, 1, RESET),
    (Bucket, "CompleteMultipartUpload", 0, 1, LOST),
    (Bucket, "CompleteMultipartUpload", 0, 1, CUT_EARLY),
    (Bucket, "CompleteMultipartUpload", 0, 1, EXPIRED),
    (Youku, "commit", 0, 1, YOUKU_1001),
    (Youku, "commit", 0, 2, UNAVAILABLE),
    (Youku, "commit", 0, 1, TOO_MANY),
    (Youku, "commit", 0, 1, RESET),
    (Youku, "commit", 0, 1, LOST),
    (Youku, "commit", 0, 1, CUT_EARLY),
];

const SENDING_SLICES: &[Case] = &[
    (Youku, "create", 0, 1, YOUKU_1001),
    (Youku, "create", 0, 1, LOST),
    (Youku, "create_file", 0, 1, UNAVAILABLE),
    (Youku, "create_file", 0, 1, RESET),
    (Youku, "create_file", 0, 1, LOST),
    (Youku, "new_slice", 0, 2, UNAVAILABLE),
    (Youku, "new_slice", 0, 1, RESET),
    (Youku, "new_slice", 0, 1, LOST),
    (Youku, "upload_slice", 0, 3, UNAVAILABLE),
    (Youku, "upload_slice", 1, 1, INTERNAL),
    (Youku, "upload_slice", 0, 1, EARLY),
    (Youku, "upload_slice", 0, 1, RESET),
    (Youku, "upload_slice", 1, 2, RESET_MIDWAY),
    (Youku, "upload_slice", 0, 1, LOST),
    (Youku, "upload_slice", 0, 1, CUT_EARLY),
    (Youku, "upload_slice", 1, 1, DAMAGED_BODY),
    (Youku, "check", 0, 1, UNAVAILABLE),
    (Youku, "check", 0, 1, RESET),
    (Youku, "check", 0, 1, CUT_EARLY),
    (Youku, "commit", 0, 1, YOUKU_1001),
    (Youku, "commit", 0, 1, RESET),
    (Youku, "commit", 0, 1, LOST),
    (Youku, "commit", 0, 1, CUT_EARLY),
];

/// Uploads one object under each case.
async fn survives(mode: &str, cases: &[Case], in_parts: bool) {
    let variables = [("OSS2YOUKU_TRANSFER__SLICE_KIB", "512")];
    let env = TestEnv::start(Setup { variables: &variables, ..Setup::with_mode(mode) }).await;
    for (number, case) in cases.iter().enumerate() {
        let (server, operation, skip, times, fault) = *case;
        let fault: Value = serde_json::from_str(fault).unwrap();
        let control = server.control(&env);
        let rule = json!({"operation": operation, "skip": skip, "times": times, "fault": fault});
        let id = add_fault(&control, rule);
        let (title, bytes) = (format!("case {number}"), sample_bytes(number as u64, 4 * MIB + 17));
        let key = format!("{title}.mp4");
        if in_parts {
            env.put_in_parts(&key, &bytes).await;
        } else {
            env.put(&key, &bytes).await;
        }
        let delivery = env.wait_for_delivery().await;
        let well = delivery.state == AsyncState::Succeeded && delivery.attempts == 1;
        assert!(well && delivery.result()["code"] == "200", "{case:?}: {delivery:?}\n{}", env.log());
        env.assert_published(&title, &bytes);
        let fired = control.faults.state(id).map(|state| state.fired);
        assert_eq!(fired, Some(times), "{case:?} happened");
        control.faults.clear();
    }
}

#[tokio::test]
async fn an_upload_to_a_bucket_survives_a_failing_source() {
    survives("oss", READING, false).await;
}

#[tokio::test]
async fn a_bucket_upload_survives_a_source_failing_while_hashed() {
    survives("oss", READING, true).await;
}

#[tokio::test]
async fn an_upload_in_slices_survives_a_failing_source() {
    survives("slice", READING, false).await;
}

#[tokio::test]
async fn a_slice_upload_survives_a_source_failing_while_hashed() {
    survives("slice", READING, true).await;
}

#[tokio::test]
async fn an_upload_to_a_bucket_survives_a_failing_youku() {
    survives("oss", SENDING_TO_A_BUCKET, false).await;
}

#[tokio::test]
async fn an_upload_in_slices_survives_a_failing_youku() {
    survives("slice", SENDING_SLICES, false).await;
}
