//! Events as the platforms really send them, and payloads that are none.

use super::{Rig, Setup, bytes};
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
async fn untriggered() -> Rig {
    Rig::start(Setup { events: Some(&["oss:ObjectModified:*"]), ..Setup::default() }).await
}

async fn call(rig: &Rig, payload: &str) -> (Option<String>, Value) {
    let result = rig.clouds.fc.invoke(&rig.clouds.function, payload.to_owned()).await;
    (result.error_type, serde_json::from_slice(&result.body).unwrap_or_default())
}

#[tokio::test]
async fn the_documentations_event_is_read_in_every_form() {
    let rig = untriggered().await;
    let record = native_record();
    for payload in [NATIVE.to_owned(), bridged(&record).to_string(), record.to_string()] {
        let (error_type, answer) = call(&rig, &payload).await;
        assert_eq!(error_type, None, "{answer}");
        assert_eq!(answer, json!({"results": [{"key": "image/a.jpg", "skipped": "not_a_video"}]}));
    }
}

#[tokio::test]
async fn fields_that_nobody_knows_do_not_matter() {
    let rig = untriggered().await;
    let forms: [fn(&Value) -> Value; 3] =
        [|record| json!({"events": [record], "novelty": [1]}), bridged, Value::clone];
    for (number, form) in forms.into_iter().enumerate() {
        let (key, bytes) = (format!("新 {number}+%20.mp4"), bytes(number as u64, 1000));
        rig.put(&key, &bytes).await;
        let mut record = native_record();
        record["oss"]["bucket"]["name"] = "videos".into();
        record["oss"]["object"]["key"] = key.as_str().into();
        record["oss"]["object"]["size"] = bytes.len().into();
        record["novelty"] = json!({"deep": [null]});
        record["oss"]["novelty"] = true.into();
        record["oss"]["object"]["novelty"] = 1.5.into();
        record["oss"]["bucket"]["novelty"] = "yes".into();
        let (error_type, answer) = call(&rig, &form(&record).to_string()).await;
        assert_eq!(error_type, None, "{answer}");
        assert_eq!(answer["results"][0]["code"], "200", "{answer}");
        rig.published(&format!("新 {number}+%20"), &bytes);
    }
}

#[tokio::test]
async fn one_event_may_tell_of_several_objects() {
    let rig = untriggered().await;
    let titles = ["one", "two", "three"];
    let mut records = Vec::new();
    for (number, title) in titles.into_iter().enumerate() {
        let (key, bytes) = (format!("{title}.mp4"), bytes(number as u64, 1000));
        rig.put(&key, &bytes).await;
        let mut record = native_record();
        record["oss"]["bucket"]["name"] = "videos".into();
        record["oss"]["object"] = json!({"key": key, "size": bytes.len()});
        records.push(record);
    }
    let (error_type, answer) = call(&rig, &json!({ "events": records }).to_string()).await;
    assert_eq!((error_type, answer["results"].as_array().map(Vec::len)), (None, Some(3)), "{answer}");
    for (number, title) in titles.into_iter().enumerate() {
        rig.published(title, &bytes(number as u64, 1000));
    }
}

#[tokio::test]
async fn rubbish_is_an_error_that_names_the_path_and_harms_nothing() {
    let rig = untriggered().await;
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
        let (error_type, answer) = call(&rig, payload).await;
        assert_eq!(error_type.as_deref(), Some("UnhandledInvocationError"), "{payload}: {answer}");
        let said = answer["errorMessage"].as_str().expect("a JSON error");
        assert!(said.contains(path) && answer["errorType"].is_string(), "{payload}: {answer}");
        assert!(!said.contains("many"), "values are not repeated: {said}");
    }
    assert_eq!(rig.clouds.youku.sessions(), []);
    let (error_type, _) = call(&rig, NATIVE).await;
    assert_eq!(error_type, None, "the function lives on");
}

#[tokio::test]
async fn a_failure_that_may_pass_is_delivered_again_and_one_that_may_not_is_not() {
    let rig =
        Rig::start(Setup { env: &[("OSS2YOUKU_TRANSFER__PATIENCE_SECONDS", "1")], ..Setup::default() }).await;
    let control = rig.clouds.youku.control();
    let fault = json!({"kind": "status", "status": 503});
    // As often as the impatient function tries, then it answers.
    super::script(&control, json!({"operation": "create", "times": 4, "fault": fault}));
    let bytes = bytes(1, 1000);
    rig.put("film.mp4", &bytes).await;
    let delivery = rig.delivery().await;
    assert_eq!((delivery.attempts, delivery.error_type.as_deref()), (2, None), "{delivery:?}");
    rig.published("film", &bytes);
    let denied = json!({"kind": "status", "status": 400, "code": "120010101"});
    super::script(&control, json!({"operation": "create", "times": 0, "fault": denied}));
    rig.put("other.mp4", &super::bytes(2, 1000)).await;
    let delivery = rig.delivery().await;
    assert_eq!((delivery.attempts, delivery.result()["error"].as_str()), (1, Some("youku_failed")));
}
