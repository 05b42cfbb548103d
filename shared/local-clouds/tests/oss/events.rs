use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::env::OssEnv;
use local_clouds::oss::Subscription;

fn listen(env: &OssEnv, events: &[&str], prefix: &str, suffix: &str) -> UnboundedReceiver<Value> {
    let (sink, heard) = unbounded_channel();
    env.oss.subscribe(Subscription {
        bucket: "bucket".to_owned(),
        events: events.iter().map(|event| (*event).to_owned()).collect(),
        prefix: prefix.to_owned(),
        suffix: suffix.to_owned(),
        sink,
    });
    heard
}

fn drain(heard: &mut UnboundedReceiver<Value>) -> Vec<Value> {
    std::iter::from_fn(|| heard.try_recv().ok()).map(|event| event["events"][0].clone()).collect()
}

#[tokio::test]
async fn an_event_is_in_function_computes_native_form() {
    let env = OssEnv::new();
    let mut heard = listen(&env, &["oss:ObjectCreated:PutObject"], "in/", ".mp4");
    env.put("/out/x.mp4", "x").await;
    env.put("/in/x.txt", "x").await;
    env.put("/in/a%20%2B%25%E8%A7%86.mp4", "123").await;
    env.call(
        "PUT",
        "/in/a%20%2B%25%E8%A7%86.mp4",
        &[("x-oss-meta-title", "t"), ("content-type", "video/mp4")],
        "1",
    )
    .await;
    let events = drain(&mut heard);
    assert_eq!(events.len(), 2);
    let event = &events[1];
    assert_eq!(
        (&event["eventName"], &event["eventSource"], &event["region"]),
        (&"ObjectCreated:PutObject".into(), &"acs:oss".into(), &"cn-hangzhou".into())
    );
    assert_eq!(event["userIdentity"]["principalId"], "AK");
    let oss = &event["oss"];
    assert_eq!(oss["bucket"]["name"], "bucket");
    assert_eq!(oss["bucket"]["arn"], "acs:oss:cn-hangzhou:1234567890123456:bucket");
    // Raw UTF-8, unlike S3.
    assert_eq!(oss["object"]["key"], "in/a +%视.mp4");
    assert_eq!((&oss["object"]["size"], &oss["object"]["deltaSize"]), (&1.into(), &(-2).into()));
    assert_eq!(oss["object"]["eTag"], "C4CA4238A0B923820DCC509A6F75849B");
    assert_eq!(oss["object"]["objectMeta"]["mimeType"], "video/mp4");
    assert_eq!(oss["object"]["objectMeta"]["userMeta"]["x-oss-meta-title"], "t");
}

/// `oss:ObjectCreated:*` receives every step of writing, `oss:ObjectRemoved:*` every removal, in order.
#[tokio::test]
async fn a_wildcard_receives_every_event_of_its_group() {
    let env = OssEnv::new();
    let mut created = listen(&env, &["oss:ObjectCreated:*"], "", "");
    let mut removed = listen(&env, &["oss:ObjectRemoved:*"], "", "");
    let id = env.initiate("/o").await;
    env.part("/o", &id, 1, vec![0; 10]).await;
    env.call("POST", &format!("/o?uploadId={id}"), &[("x-oss-complete-all", "yes")], "").await;
    env.call("PUT", "/copy", &[("x-oss-copy-source", "/bucket/o")], "").await;
    env.call("POST", "/log?append&position=0", &[], "x").await;
    env.call("PUT", "/link?symlink", &[("x-oss-symlink-target", "o")], "").await;
    let other = env.initiate("/o").await;
    env.call("DELETE", &format!("/o?uploadId={other}"), &[], "").await;
    env.call("DELETE", "/o", &[], "").await;
    env.call("DELETE", "/none", &[], "").await;
    let xml = "<Delete><Object><Key>copy</Key></Object><Object><Key>log</Key></Object></Delete>";
    let md5 = STANDARD.encode(Md5::digest(xml));
    let deleted = env.call("POST", "?delete", &[("content-md5", &md5)], xml).await;
    assert_eq!(deleted.elements("Deleted").len(), 2);
    let names = |events: Vec<Value>| {
        events.into_iter().map(|event| event["eventName"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        names(drain(&mut created)),
        [
            "ObjectCreated:InitiateMultipartUpload",
            "ObjectCreated:UploadPart",
            "ObjectCreated:CompleteMultipartUpload",
            "ObjectCreated:CopyObject",
            "ObjectCreated:AppendObject",
            "ObjectCreated:PutSymlink",
            "ObjectCreated:InitiateMultipartUpload",
        ]
    );
    assert_eq!(
        names(drain(&mut removed)),
        [
            "ObjectRemoved:AbortMultipartUpload",
            "ObjectRemoved:DeleteObject",
            "ObjectRemoved:DeleteObjects",
            "ObjectRemoved:DeleteObjects",
        ]
    );
}
