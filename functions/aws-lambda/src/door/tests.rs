use super::*;
use app::Settings;
use serde_json::json;
use tempfile::TempDir;

const SQS: &str = include_str!("../../fixtures/sqs.json");
const SQS_FIFO: &str = include_str!("../../fixtures/sqs-fifo.json");

/// A door whose automatic uploads are paused: it has no need of a network.
fn paused(folder: &TempDir) -> Door {
    bounded(folder, "")
}

/// The same with more settings of the section `http`.
fn bounded(folder: &TempDir, http: &str) -> Door {
    let file = format!(
        "paused = true\n[http]\ntrust_gateway = true\n{http}\n[ledger]\nlocation = '{}'\n[accounts.main]\nclient_id = 'c'\naccess_token = 't'",
        folder.path().display()
    );
    let settings = Settings::from_parts("test.toml", &file, []).expect("settings");
    Door::new(Arc::new(App::from_settings(settings).expect("an application")))
}

async fn handle(event: Value) -> Result<Value, Diagnostic> {
    let folder = tempfile::tempdir().expect("a folder");
    let answer = paused(&folder).handle(LambdaEvent::new(event, Context::default())).await?;
    Ok(serde_json::to_value(&answer).expect("JSON"))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("a fixture is JSON")
}

fn failed(answer: &Value) -> Vec<&str> {
    let failures = answer["batchItemFailures"].as_array().expect("an array");
    failures.iter().filter_map(|failure| failure["itemIdentifier"].as_str()).collect()
}

#[tokio::test]
async fn objects_are_answered_one_by_one() {
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
    let answer = handle(batch).await.expect("an answer");
    assert_eq!(failed(&answer), ["059f36b4-87a3-44ab-83d2-661970000006"]);
}

#[tokio::test]
async fn what_is_behind_a_failure_in_its_group_waits_and_other_groups_do_not() {
    let mut batch = json(SQS_FIFO);
    let good = json!({"Service": "Amazon S3", "Event": "s3:TestEvent"}).to_string();
    for number in [0, 2, 3] {
        batch["Records"][number]["body"] = good.as_str().into();
    }
    let answer = handle(batch.clone()).await.expect("an answer");
    assert_eq!(
        failed(&answer),
        ["059f36b4-87a3-44ab-83d2-661970000002", "059f36b4-87a3-44ab-83d2-661970000004"]
    );
    // In a queue without order nothing waits.
    for message in batch["Records"].as_array_mut().expect("an array") {
        message["eventSourceARN"] = "arn:aws:sqs:eu-west-1:123456789012:tasks".into();
    }
    let answer = handle(batch).await.expect("an answer");
    assert_eq!(failed(&answer), ["059f36b4-87a3-44ab-83d2-661970000002"]);
}

#[tokio::test]
async fn a_task_that_does_not_fit_is_an_error_with_its_code() {
    let error = handle(json!({"source": "ftp://b/k"})).await.expect_err("refused");
    assert_eq!(error.error_type, "invalid_job");
    assert!(error.error_message.contains("field: source"), "{}", error.error_message);
}

#[tokio::test]
async fn a_task_about_an_object_outside_is_refused_by_call_and_from_a_queue() {
    let folder = tempfile::tempdir().expect("a folder");
    let door = bounded(&folder, "sources = ['s3://videos/films/']");
    let handle = async |event| door.handle(LambdaEvent::new(event, Context::default())).await;
    let task = json!({"source": "s3://videos/films-secret/a.mp4"});
    let error = handle(task.clone()).await.expect_err("refused");
    assert_eq!(error.error_type, "invalid_job");
    assert!(error.error_message.contains("http.sources"), "{}", error.error_message);
    let mut batch = json(SQS);
    for message in batch["Records"].as_array_mut().expect("an array") {
        message["body"] = task.to_string().into();
    }
    let messages = batch["Records"].as_array().expect("an array").len();
    let answer = serde_json::to_value(handle(batch).await.expect("an answer")).expect("JSON");
    assert_eq!(failed(&answer).len(), messages);
}

#[tokio::test]
async fn requests_reach_the_door_s_router() {
    let mut request = json(include_str!("../../fixtures/function-url.json"));
    request["rawPath"] = "/healthz".into();
    request["requestContext"]["http"]["method"] = "GET".into();
    let answer = handle(request).await.expect("an answer");
    assert_eq!((&answer["statusCode"], &answer["body"]), (&json!(200), &json!(r#"{"status":"ok"}"#)));
}

#[tokio::test]
async fn a_schedule_sweeps() {
    let schedule = json(include_str!("../../fixtures/schedule.json"));
    assert_eq!(handle(schedule).await, Ok(json!({"results": []})));
}

#[tokio::test]
async fn a_panic_is_an_error_of_its_own_name() {
    let error = orderly::<()>(async { unreachable!("s3cret") }).await.expect_err("a panic");
    assert_eq!((error.error_type.as_str(), error.error_message.as_str()), ("Panic", "the function panicked"));
}
