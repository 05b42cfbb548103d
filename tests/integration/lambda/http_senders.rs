//! Every sender of HTTP requests, through AWS's own emulator.

use super::{LambdaEnv, fixture};
use crate::support::sample_bytes;
use serde_json::{Value, json};

/// REST APIs and load balancers, each with a task of its own.
#[tokio::test]
async fn a_task_is_run_from_every_sender() {
    let env = LambdaEnv::start(&[]).await;
    let host = env.host("lambda.log", 60).await;
    let senders = [("rest-api", false), ("load-balancer", true), ("load-balancer-multi-value", true)];
    for (number, (kind, described)) in senders.into_iter().enumerate() {
        let bytes = sample_bytes(number as u64, 3000);
        env.s3.put("videos", &format!("in/{kind}.mp4"), &bytes).await;
        let mut request = fixture(kind, kind);
        let task = json!({"source": format!("s3://videos/in/{kind}.mp4"), "video": {"title": kind}});
        (request["body"], request["isBase64Encoded"]) = (task.to_string().into(), false.into());
        let answer = host.invoke(&request).await;
        assert_eq!(
            (&answer["statusCode"], answer["statusDescription"] == "200 OK"),
            (&json!(200), described)
        );
        let outcome: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        assert_eq!(outcome["data"]["videoid"], env.assert_published(kind, &bytes).id.as_str());
    }
}

/// A custom domain whose stage is called like a path, and a base path before it.
#[tokio::test]
async fn a_path_is_found_behind_a_custom_domain() {
    let env = LambdaEnv::start(&[("OSS2YOUKU_HTTP__BASE_PATH", "/video/")]).await;
    let host = env.host("lambda.log", 60).await;
    let mut request = fixture("http-api-custom-domain", "");
    for path in ["/uploads", "/video/uploads"] {
        request["rawPath"] = path.into();
        let answer = host.invoke(&request).await;
        assert_eq!(answer["statusCode"], 200, "{path}: {answer}");
        assert!(answer["body"].as_str().unwrap().contains("uploads"), "{answer}");
    }
    let mut rest = fixture("rest-api", "");
    (rest["path"], rest["httpMethod"]) = ("/video/healthz".into(), "GET".into());
    assert_eq!(host.invoke(&rest).await["statusCode"], 200);
    rest["path"] = "/films/healthz".into();
    assert_eq!(host.invoke(&rest).await["statusCode"], 404);
}
