//! Bucket policies deny one action, and a wrong clock shows.

use super::env::OssEnv;
use local_clouds::oss::Policy;

fn denying(action: &str, resource: &str) -> String {
    format!(
        r#"{{"Version":"1","Statement":[{{"Effect":"Deny","Principal":["*"],"Action":["{action}"],"Resource":["acs:oss:*:*:{resource}"]}}]}}"#
    )
}

const DENIED: (u16, &str) = (403, "AccessDenied");

fn is_denied(refusal: (u16, String)) -> bool {
    (refusal.0, refusal.1.as_str()) == DENIED
}

/// A policy denies one action on the objects it names, also for a HEAD; other objects and actions pass, and
/// everything passes once it is deleted.
#[tokio::test]
async fn a_bucket_policy_denies_until_it_is_deleted() {
    let env = OssEnv::new();
    env.put("/a/o", "1").await;
    env.put("/b/o", "1").await;
    assert_eq!(env.get("?policy").await.refusal(), (404, "NoSuchBucketPolicy".to_owned()));
    assert_eq!(env.put("?policy", denying("oss:GetObject", "bucket/a/*")).await.status, 200);
    assert!(is_denied(env.get("/a/o").await.refusal()));
    let head = env.call("HEAD", "/a/o", &[], "").await;
    assert!(head.status == 403 && !head.header("x-oss-err").is_empty(), "a head is a read: {head:?}");
    assert_eq!((env.get("/b/o").await.status, env.put("/a/o", "2").await.status), (200, 200));
    assert_eq!(env.get("?list-type=2").await.status, 200);
    assert!(env.get("?policy").await.text().contains("oss:GetObject"));
    assert_eq!(env.call("DELETE", "?policy", &[], "").await.status, 204);
    assert_eq!(env.get("/a/o").await.text(), "2");
}

#[tokio::test]
async fn each_action_covers_its_operations() {
    let env = OssEnv::new();
    env.put("/o", "1").await;
    let id = env.initiate("/o").await;
    for (action, method, path) in [
        ("oss:ListObjects", "GET", "?list-type=2".to_owned()),
        ("oss:PutObject", "PUT", "/o".to_owned()),
        ("oss:PutObject", "PUT", format!("/o?partNumber=1&uploadId={id}")),
        ("oss:PutObject", "POST", "/o?uploads".to_owned()),
        ("oss:DeleteObject", "DELETE", "/o".to_owned()),
        ("oss:ListParts", "GET", format!("/o?uploadId={id}")),
        ("oss:GetBucketVersioning", "GET", "?versioning".to_owned()),
    ] {
        let policy: Policy = serde_json::from_str(&denying(action, "*")).unwrap();
        env.oss.set_bucket_policy("bucket", Some(policy));
        assert!(is_denied(env.call(method, &path, &[], "").await.refusal()), "{action} {path}");
        env.oss.set_bucket_policy("bucket", None);
    }
    assert_eq!(env.put("?policy", "{\"Version\":\"1\"}").await.refusal().0, 400);
}

/// A server whose clock is off by more than 15 minutes refuses a correct date and shows its own. Off by
/// less, it answers, with all times by its one clock.
#[tokio::test]
async fn a_server_with_a_wrong_clock_refuses_the_right_time() {
    for seconds in [7200, -7200, 1000] {
        let env = OssEnv::new();
        env.put("/o", "1").await;
        env.oss.set_clock_ahead(seconds);
        let refused = env.get("/o").await;
        assert_eq!(refused.refusal(), (403, "RequestTimeTooSkewed".to_owned()), "{seconds}");
        let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(refused.header("date")).unwrap();
        let ahead = date.as_second() - jiff::Timestamp::now().as_second();
        assert!((ahead - seconds).abs() < 5, "{ahead}");
    }
    let env = OssEnv::new();
    env.put("/o", "1").await;
    env.oss.set_clock_ahead(600);
    let answer = env.get("/o").await;
    assert_eq!(answer.status, 200, "a quarter of an hour is allowed");
    let of = |name| jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(answer.header(name)).unwrap();
    let age = of("date").as_second() - of("last-modified").as_second();
    assert!((0..5).contains(&age), "all its times are by the one clock: {age}");
}
