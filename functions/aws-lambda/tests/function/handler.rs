//! Events to responses, by an application whose automatic uploads are paused.

use crate::decoded::json;
use app::{App, Settings};
use aws_lambda::{Diagnostic, Handler, Reply};
use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;

const SQS: &str = include_str!("../../fixtures/sqs.json");
const SQS_FIFO: &str = include_str!("../../fixtures/sqs-fifo.json");

/// A handler whose automatic uploads are paused: it needs no network.
fn paused(folder: &TempDir) -> Handler {
    bounded(folder, "")
}

/// The same with more settings of the section `http`.
pub(crate) fn bounded(folder: &TempDir, http: &str) -> Handler {
    let file = format!(
        "paused = true\n[http]\ntrust_gateway = true\n{http}\n[ledger]\nlocation = '{}'\n[accounts.main]\nclient_id = 'c'\naccess_token = 't'",
        folder.path().display()
    );
    let settings = Settings::from_parts("test.toml", &file, []).expect("settings");
    Handler::new(Arc::new(App::from_settings(settings).expect("an application")))
}

async fn handle(event: Value) -> Result<Value, Diagnostic> {
    let folder = tempfile::tempdir().expect("a folder");
    let response = paused(&folder).handle(LambdaEvent::new(event, Context::default())).await?;
    Ok(document(response))
}

/// The document of a reply that is no stream.
fn document(reply: Reply) -> Value {
    match reply {
        Reply::BufferedResponse(response) => serde_json::to_value(response).expect("JSON"),
        Reply::StreamingResponse(response) => unreachable!("{response:?}"),
    }
}

fn failed(response: &Value) -> Vec<&str> {
    let failures = response["batchItemFailures"].as_array().expect("an array");
    failures.iter().filter_map(|failure| failure["itemIdentifier"].as_str()).collect()
}

#[tokio::test]
async fn each_object_has_a_result_of_its_own() {
    let skipped = json!({"results": [{"key": "in/My clip (final)+第.mp4", "skipped": "paused"}]});
    for event in ["s3", "s3-eventbridge", "sns"] {
        let path = format!("{}/fixtures/{event}.json", env!("CARGO_MANIFEST_DIR"));
        let event = json(&std::fs::read_to_string(path).expect("a fixture"));
        assert_eq!(handle(event).await, Ok(skipped.clone()));
    }
    let test = json(include_str!("../../fixtures/s3-test.json"));
    assert_eq!(handle(test).await, Ok(json!({"results": []})));
}

#[tokio::test]
async fn a_bad_message_fails_alone() {
    let mut batch = json(SQS);
    batch["Records"].as_array_mut().expect("an array").remove(4);
    let response = handle(batch).await.expect("a response");
    assert_eq!(failed(&response), ["059f36b4-87a3-44ab-83d2-661970000006"]);
}

/// As Lambda's own poller sends them, and as EventBridge Pipes does.
#[tokio::test]
async fn an_odd_message_fails_alone() {
    let mut batch = json(include_str!("../../fixtures/sqs-odd.json"));
    for event in [batch.clone(), batch["Records"].take()] {
        assert_eq!(failed(&handle(event).await.expect("a response")), ["null", "text"]);
    }
}

/// The event comes again for the bad part, and the good one has run.
#[tokio::test]
async fn a_bad_part_of_an_array_fails_the_event_at_the_end() {
    let s3 = json(include_str!("../../fixtures/s3.json"));
    let error = handle(json!([{"x": 1}, s3])).await.expect_err("a part is bad");
    assert_eq!(error.error_type, "UnknownEvent");
    let good = handle(json!([s3, s3])).await.expect("a response");
    assert_eq!(good["results"].as_array().map(Vec::len), Some(2), "{good}");
}

/// The good record has run by then: the event comes again for the bad one, which its dead letters then keep.
#[tokio::test]
async fn a_bad_record_fails_the_event_at_the_end() {
    let mut event = json(include_str!("../../fixtures/s3.json"));
    let mut bad = event["Records"][0].clone();
    bad["s3"]["object"]["key"] = "%ff.mp4".into();
    event["Records"].as_array_mut().expect("a list").insert(0, bad);
    let error = handle(event).await.expect_err("a record is bad");
    assert_eq!(error.error_type, "InvalidEvent");
    assert_eq!(error.error_message, "Records[0].s3.object.key is not form-encoded UTF-8");
}

/// The stage's name, the base path, both or neither.
#[tokio::test]
async fn a_base_path_is_passed_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let handler = bounded(&folder, "base_path = '/video'");
    let mut request = json(include_str!("../../fixtures/http-api-custom-domain.json"));
    for path in ["/healthz", "/video/healthz", "/uploads/video/healthz"] {
        request["rawPath"] = path.into();
        let response = handler.handle(LambdaEvent::new(request.clone(), Context::default())).await;
        let response = document(response.expect("a response"));
        assert_eq!(response["statusCode"], 200, "{path}: {response}");
    }
}

#[tokio::test]
async fn every_sender_of_requests_gets_its_own_form() {
    let cases = [
        (include_str!("../../fixtures/rest-api.json"), "multiValueHeaders", false),
        (include_str!("../../fixtures/load-balancer.json"), "headers", true),
        (include_str!("../../fixtures/load-balancer-multi-value.json"), "multiValueHeaders", true),
    ];
    for (event, headers, described) in cases {
        let mut request = json(event);
        (request["path"], request["httpMethod"]) = ("/healthz".into(), "GET".into());
        let response = handle(request).await.expect("a response");
        assert_eq!((&response["statusCode"], &response["body"]), (&json!(200), &json!(r#"{"status":"ok"}"#)));
        assert!(response[headers]["content-type"].to_string().contains("application/json"), "{response}");
        assert_eq!(response["statusDescription"] == "200 OK", described, "{response}");
    }
}

#[tokio::test]
async fn a_failure_holds_up_only_the_rest_of_its_group() {
    let mut batch = json(SQS_FIFO);
    let good = json!({"Service": "Amazon S3", "Event": "s3:TestEvent"}).to_string();
    for number in [0, 2, 3] {
        batch["Records"][number]["body"] = good.as_str().into();
    }
    let response = handle(batch.clone()).await.expect("a response");
    assert_eq!(
        failed(&response),
        ["059f36b4-87a3-44ab-83d2-661970000002", "059f36b4-87a3-44ab-83d2-661970000004"]
    );
    // In a queue without order no message waits for another.
    for message in batch["Records"].as_array_mut().expect("an array") {
        message["eventSourceARN"] = "arn:aws:sqs:eu-west-1:123456789012:tasks".into();
    }
    let response = handle(batch).await.expect("a response");
    assert_eq!(failed(&response), ["059f36b4-87a3-44ab-83d2-661970000002"]);
}

#[tokio::test]
async fn a_task_that_does_not_fit_is_an_error_with_its_code() {
    let error = handle(json!({"source": "ftp://b/k"})).await.expect_err("refused");
    assert_eq!(error.error_type, "invalid_job");
    assert!(error.error_message.contains("field: source"), "{}", error.error_message);
}

/// Whether it comes by a direct call or from a queue.
#[tokio::test]
async fn a_task_outside_the_allowed_sources_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let handler = bounded(&folder, "sources = ['s3://videos/films/']");
    let handle = async |event| handler.handle(LambdaEvent::new(event, Context::default())).await;
    let task = json!({"source": "s3://videos/films-secret/a.mp4"});
    let error = handle(task.clone()).await.err().expect("refused");
    assert_eq!(error.error_type, "invalid_job");
    assert!(error.error_message.contains("http.sources"), "{}", error.error_message);
    let mut batch = json(SQS);
    for message in batch["Records"].as_array_mut().expect("an array") {
        message["body"] = task.to_string().into();
    }
    let messages = batch["Records"].as_array().expect("an array").len();
    let response = document(handle(batch).await.expect("a response"));
    assert_eq!(failed(&response).len(), messages);
}

/// Pipes sends the array again as another invocation: that must not become another video.
#[tokio::test]
async fn a_task_of_a_pipe_needs_a_text_to_ask_for_another_video() {
    let task = json!({"source": "s3://videos/in/film.mp4", "again": true});
    let error = handle(json!([task])).await.expect_err("refused");
    let Diagnostic { error_type, error_message, .. } = error;
    assert!(error_type == "invalid_job" && error_message.contains("again"), "{error_message}");
}

#[tokio::test]
async fn requests_reach_the_router_of_the_http_api() {
    let mut request = json(include_str!("../../fixtures/function-url.json"));
    request["rawPath"] = "/healthz".into();
    request["requestContext"]["http"]["method"] = "GET".into();
    let response = handle(request).await.expect("a response");
    assert_eq!((&response["statusCode"], &response["body"]), (&json!(200), &json!(r#"{"status":"ok"}"#)));
}

#[tokio::test]
async fn a_schedule_sweeps() {
    let schedule = json(include_str!("../../fixtures/schedule.json"));
    assert_eq!(handle(schedule).await, Ok(json!({"results": []})));
}
