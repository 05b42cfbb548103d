//! The trace of an invocation: Lambda's own, and that of an HTTP request or a task, which counts more.

use super::{
    LambdaEnv, fixture,
    runtime_api::{Process, RuntimeApi},
};
use crate::support::{
    binary,
    callback_receiver::Receiver,
    log_lines::{log_lines, trace_of},
    sample_bytes,
};
use serde_json::{Value, json};
use std::fs::{File, read_to_string};

const OWN: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const OTHER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
/// The trace that the runtime API sends, in W3C's form.
const LAMBDAS: &str = "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01";

#[tokio::test]
async fn an_invocation_is_traced_to_its_callback() {
    let receiver = Receiver::start(&[]).await;
    let (ports, url) = (format!("[{}]", receiver.port), format!("http://127.0.0.1:{}/done", receiver.port));
    let env = LambdaEnv::start(&[
        ("OSS2YOUKU_CALLBACK__ALLOW_HTTP", "true"),
        ("OSS2YOUKU_CALLBACK__ALLOWED", r#"[{host="127.0.0.1",network="127.0.0.0/8"}]"#),
        ("OSS2YOUKU_CALLBACK__PORTS", &ports),
    ])
    .await;
    let task = |title: &str| json!({"source": format!("s3://videos/in/{title}.mp4"), "account": "main", "video": {"title": title}, "callback": {"url": url}});
    let with = |mut task: Value| {
        task["traceparent"] = OWN.into();
        task
    };
    let request = |title: &str, traceparent: Option<&str>| {
        let mut event = fixture("function-url", title);
        event["body"] = task(title).to_string().into();
        event["isBase64Encoded"] = false.into();
        event["headers"]["traceparent"] = traceparent.into();
        event
    };
    let in_body = |title: &str, traceparent: Option<&str>| {
        let mut event = request(title, traceparent);
        event["body"] = with(task(title)).to_string().into();
        event
    };
    let events = [
        ("direct", task("direct"), LAMBDAS),
        ("stated", with(task("stated")), OWN),
        ("url", request("url", Some(OWN)), OWN),
        ("untraced", request("untraced", None), LAMBDAS),
        ("of-task", in_body("of-task", None), OWN),
        ("of-header", in_body("of-header", Some(OTHER)), OTHER),
    ];
    for (number, (title, ..)) in events.iter().enumerate() {
        env.s3.put("videos", &format!("in/{title}.mp4"), &sample_bytes(number as u64, 3000)).await;
    }
    let mut api = RuntimeApi::start(events.iter().map(|(_, event, _)| event.clone()).collect()).await;
    let log = env.folder.path().join("lambda.log");
    let stderr = File::create(&log).unwrap().into();
    let _function = Process::start_logging(&binary("oss2youku-lambda"), &env.variables, &api, stderr);
    for (title, _, expected) in &events {
        let answered = api.answered().await;
        let log = read_to_string(&log).unwrap();
        assert_eq!(answered.way, "response", "{title}: {log}");
        let traces: Vec<_> =
            receiver.requests().iter().map(|one| one.header("traceparent").to_owned()).collect();
        assert_eq!(traces.last().map(String::as_str), Some(*expected), "{title}: {log}");
        let lines = log_lines(&log);
        let published = lines.iter().rfind(|line| line["message"] == "published").expect("it was published");
        assert_eq!(trace_of(published), Some(&expected[3..35]), "{published}");
    }
}
