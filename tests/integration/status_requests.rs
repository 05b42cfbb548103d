//! What it costs to read an upload's state from a ledger in a bucket.

use crate::support::{Setup, TestEnv, add_fault, sample_bytes, serve_http};
use serde_json::json;

const KEY: &str = "clip.mp4";

/// Who follows an upload asks again and again: once it is settled and known, one list shows that nothing has changed.
#[tokio::test]
async fn the_state_of_a_known_settled_upload_is_one_list() {
    let setup = Setup {
        variables: &[("OSS2YOUKU_HTTP__TRUST_GATEWAY", "true")],
        ledger_in_bucket: true,
        host: serve_http,
        ..Setup::default()
    };
    let env = TestEnv::start(setup).await;
    env.put(KEY, &sample_bytes(1, 300_000)).await;
    env.wait_for_delivery().await;
    let task = json!({"source": format!("oss://videos/{KEY}")});
    let (_, published) = env.ask_http("/uploads", Some(&task)).await;
    let path = format!("/uploads/{}", published["data"]["upload_id"].as_str().unwrap());
    let (status, first) = env.ask_http(&path, None).await;
    assert_eq!((status, &first["state"], &first["at_rest"]), (200, &json!("committed"), &json!(true)));

    // Rules that never act count.
    let oss = &env.clouds.oss_control;
    let counted = ["*", "ListObjectsV2"].map(|operation| {
        add_fault(oss, json!({"operation": operation, "skip": u32::MAX, "fault": {"kind": "hold_before"}}))
    });
    assert_eq!(env.ask_http(&path, None).await, (200, first));
    assert_eq!(counted.map(|rule| oss.faults.state(rule).unwrap().seen), [1, 1]);
}
