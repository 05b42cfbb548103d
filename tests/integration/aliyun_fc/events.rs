//! Events as the platforms really send them, and payloads that are no events.

use crate::support::{Setup, TestEnv, add_fault, sample_bytes};
use serde_json::{Value, json};

/// The sample event of Alibaba's documentation of the OSS trigger.
const NATIVE: &str = include_str!("fixtures/oss-native.json");

/// The same record as EventBridge delivers it (FC sheet, native and EventBridge-based triggers).
fn bridged(record: &Value) -> Value {
    let mut data = record.clone();
    data["oss"].as_object_mut().expect("an object").remove("ruleId");
    json!({
        "id": "58F9FF2D3DF792092E12044C", "source": "acs.oss", "specversion": "1.0",
        "type": "oss:ObjectCreated:PutObject", "datacontenttype": "application/json;charset=utf-8",
        "subject": "acs:oss:cn-shanghai:123456789:testbucket/image/a.jpg", "time": "2017-04-21T12:46:37.000Z",
        "aliyunaccountid": "123456789", "aliyunpublishtime": "2017-04-21T12:46:37.123Z",
        "aliyunregionid": "cn-shanghai", "aliyuneventbusname": "default", "data": data,
    })
}

fn native_record() -> Value {
    let mut event: Value = serde_json::from_str(NATIVE).unwrap();
    event["events"][0].take()
}

/// A trigger that never fires: the tests call the function themselves.
async fn untriggered() -> TestEnv {
    TestEnv::start(Setup { events: Some(&["oss:ObjectModified:*"]), ..Setup::default() }).await
}

async fn call(env: &TestEnv, payload: &str) -> (Option<String>, Value) {
    let result = env.clouds.fc.invoke(&env.clouds.function, payload.to_owned()).await;
    (result.error_type, serde_json::from_slice(&result.body).unwrap_or_default())
}

#[tokio::test]
async fn the_documentations_event_is_read_in_every_form() {
    let env = untriggered().await;
    let record = native_record();
    for payload in [NATIVE.to_owned(), bridged(&record).to_string(), record.to_string()] {
        let (error_type, answer) = call(&env, &payload).await;
        assert_eq!(error_type, None, "{answer}");
        assert_eq!(answer, json!({"results": [{"key": "image/a.jpg", "skipped": "not_a_video"}]}));
    }
}

#[tokio::test]
async fn unknown_fields_are_ignored() {
    let env = untriggered().await;
    let forms: [fn(&Value) -> Value; 3] =
        [|record| json!({"events": [record], "novelty": [1]}), bridged, Value::clone];
    for (number, form) in forms.into_iter().enumerate() {
        let (key, bytes) = (format!("新 {number}+%20.mp4"), sample_bytes(number as u64, 1000));
        env.put(&key, &bytes).await;
        let mut record = native_record();
        record["oss"]["bucket"]["name"] = "videos".into();
        record["oss"]["object"]["key"] = key.as_str().into();
        record["oss"]["object"]["size"] = bytes.len().into();
        record["novelty"] = json!({"deep": [null]});
        record["oss"]["novelty"] = true.into();
        record["oss"]["object"]["novelty"] = 1.5.into();
        record["oss"]["bucket"]["novelty"] = "yes".into();
        let (error_type, answer) = call(&env, &form(&record).to_string()).await;
        assert_eq!(error_type, None, "{answer}");
        assert_eq!(answer["results"][0]["code"], "200", "{answer}");
        env.assert_published(&format!("新 {number}+%20"), &bytes);
    }
}

#[tokio::test]
async fn one_event_may_name_several_objects() {
    let env = untriggered().await;
    let titles = ["one", "two", "three"];
    let mut records = Vec::new();
    for (number, title) in titles.into_iter().enumerate() {
        let (key, bytes) = (format!("{title}.mp4"), sample_bytes(number as u64, 1000));
        env.put(&key, &bytes).await;
        let mut record = native_record();
        record["oss"]["bucket"]["name"] = "videos".into();
        record["oss"]["object"] = json!({"key": key, "size": bytes.len()});
        records.push(record);
    }
    let (error_type, answer) = call(&env, &json!({ "events": records }).to_string()).await;
    assert_eq!((error_type, answer["results"].as_array().map(Vec::len)), (None, Some(3)), "{answer}");
    for (number, title) in titles.into_iter().enumerate() {
        env.assert_published(title, &sample_bytes(number as u64, 1000));
    }
}

#[tokio::test]
async fn an_invalid_event_is_an_error_that_names_the_path() {
    let env = untriggered().await;
    let mut wrong_size = json!({"events": [native_record(), native_record()]});
    wrong_size["events"][1]["oss"]["object"]["size"] = "many".into();
    let wrong_size = wrong_size.to_string();
    let mut bridge = bridged(&native_record());
    bridge["data"]["oss"]["object"]["key"] = json!([1]);
    let bridge = bridge.to_string();
    let cases = [
        ("", ""),
        ("no JSON", ""),
        ("[]", "not a JSON object"),
        ("{}", "events"),
        ("{\"events\": [{\"eventName\": \"many\"}]}", "events[0].eventSource"),
        (r#"{"events": [{"eventSource": "acs:oss", "eventName": 7}]}"#, "events[0].eventName"),
        ("{\"events\": {}}", "events"),
        (&wrong_size, "events[1].oss.object.size"),
        (&bridge, "data.oss.object.key"),
    ];
    for (payload, path) in cases {
        let (error_type, answer) = call(&env, payload).await;
        assert_eq!(error_type.as_deref(), Some("UnhandledInvocationError"), "{payload}: {answer}");
        let said = answer["errorMessage"].as_str().expect("a JSON error");
        assert!(said.contains(path) && answer["errorType"].is_string(), "{payload}: {answer}");
        assert!(!said.contains("many"), "values are not repeated: {said}");
    }
    assert_eq!(env.clouds.youku.sessions(), []);
    let (error_type, _) = call(&env, NATIVE).await;
    assert_eq!(error_type, None, "the function lives on");
}

#[tokio::test]
async fn only_a_retryable_failure_is_delivered_again() {
    let env = TestEnv::start(Setup {
        variables: &[("OSS2YOUKU_TRANSFER__PATIENCE_SECONDS", "1")],
        ..Setup::default()
    })
    .await;
    let control = env.clouds.youku.control();
    let fault = json!({"kind": "status", "status": 503});
    // As often as the function tries within its short retry budget; then it answers.
    add_fault(&control, json!({"operation": "create", "times": 4, "fault": fault}));
    let bytes = sample_bytes(1, 1000);
    env.put("film.mp4", &bytes).await;
    let delivery = env.wait_for_delivery().await;
    assert_eq!((delivery.attempts, delivery.error_type.as_deref()), (2, None), "{delivery:?}");
    env.assert_published("film", &bytes);
    let denied = json!({"kind": "status", "status": 400, "code": "120010101"});
    add_fault(&control, json!({"operation": "create", "times": 0, "fault": denied}));
    env.put("other.mp4", &sample_bytes(2, 1000)).await;
    let delivery = env.wait_for_delivery().await;
    assert_eq!((delivery.attempts, delivery.result()["error"].as_str()), (1, Some("youku_failed")));
}
