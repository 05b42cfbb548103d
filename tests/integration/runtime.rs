//! The runtime crate's example on a host with the platform's rules: what the host provides, and each way a call or an instance ends.

use crate::support::binary;
use local_clouds::fc::{DisableInject, FcConfig, FcHost, FunctionConfig, HttpAuth, Runtime, StsCredentials};
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use std::{path::PathBuf, time::Duration};
use tokio::{io::AsyncWriteExt, net::TcpListener, net::TcpStream, task::JoinSet, time::timeout};

/// Longer than anything here takes on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(60);

fn example() -> PathBuf {
    binary("examples/inspect")
}

async fn host(change: impl FnOnce(&mut FunctionConfig)) -> FcHost {
    let mut function = FunctionConfig::new("inspect", [example()]);
    change(&mut function);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    FcHost::start(FcConfig { functions: vec![function], ..FcConfig::default() }, listener, []).await.unwrap()
}

/// Calls the function, which must not fail; returns its answer.
async fn called(host: &FcHost) -> Value {
    let result = host.invoke("inspect", "{}").await;
    assert_eq!(result.error_type, None, "{:?}", result.body);
    let answer: Value = serde_json::from_slice(&result.body).unwrap();
    assert_eq!(answer["request_id"], result.request_id.as_str());
    answer
}

#[tokio::test]
async fn credentials_are_found_wherever_the_platform_puts_them() {
    use DisableInject::{All, Env, None, Request};
    use Runtime::{CustomDebian10, CustomDebian12};
    // Since Debian 11 the headers carry no token: without the environment there are no usable credentials.
    let cases = [
        (CustomDebian10, None, true),
        (CustomDebian10, Env, true),
        (CustomDebian10, Request, true),
        (CustomDebian10, All, false),
        (CustomDebian12, None, true),
        (CustomDebian12, Env, false),
        (CustomDebian12, Request, true),
        (CustomDebian12, All, false),
    ];
    for (runtime, withheld, found) in cases {
        let credentials = StsCredentials {
            access_key_id: "STS.role".into(),
            access_key_secret: "secret".into(),
            security_token: "token".into(),
        };
        let host = host(|function| {
            function.runtime = runtime;
            function.disable_inject_credentials = withheld;
            function.credentials = Some(credentials);
        });
        let host = host.await;
        let answer = called(&host).await;
        let expected = if found { (json!("STS.role"), json!(true)) } else { (Value::Null, json!(false)) };
        assert_eq!((answer["key"].clone(), answer["token"].clone()), expected, "{runtime:?}, {withheld:?}");
        host.shutdown().await;
    }
}

/// The context states what the platform says; a function without a role has no key.
#[tokio::test]
async fn the_context_states_what_the_platform_says() {
    let host = host(|function| {
        function.timeout = Duration::from_secs(600);
        function.memory_mb = 1024;
    });
    let host = host.await;
    let answer = called(&host).await;
    assert_eq!((&answer["function"], &answer["memory_mb"]), (&json!("inspect"), &json!(1024)));
    assert_eq!((&answer["key"], &answer["retry_count"]), (&Value::Null, &json!(0)));
    assert!((590..=600).contains(&answer["seconds_left"].as_u64().unwrap()), "{answer}");
    host.shutdown().await;
}

/// An error, a panic and invalid input each fail one call; the instance lives on.
#[tokio::test]
async fn errors_and_panics_fail_one_call_of_a_live_instance() {
    let host = host(|_| {}).await;
    let pid = called(&host).await["pid"].clone();
    for (payload, kind) in
        [(r#"{"end":"error"}"#, "Wished"), (r#"{"end":"panic"}"#, "Panic"), ("rubbish", "InvalidPayload")]
    {
        let result = host.invoke("inspect", payload).await;
        assert_eq!(result.error_type.as_deref(), Some("UnhandledInvocationError"), "{payload}");
        let error: Value = serde_json::from_slice(&result.body).unwrap();
        assert_eq!(error["errorType"], kind, "{error}");
    }
    assert_eq!(called(&host).await["pid"], pid);
    host.shutdown().await;
}

#[tokio::test]
async fn two_hundred_calls_meet_in_one_instance() {
    let host = host(|function| {
        function.instance_concurrency = 200;
        function.max_instances = 1;
    });
    let (host, mut calls) = (host.await, JoinSet::new());
    for _ in 0..200 {
        let invoker = host.invoker();
        calls.spawn(async move { invoker.invoke("inspect", r#"{"end":{"together":200}}"#).await });
    }
    let ended = timeout(TIMEOUT, calls.join_all()).await.expect("all meet");
    assert!(ended.iter().all(|result| result.error_type.is_none()));
    assert_eq!(called(&host).await["calls"], 201);
    host.shutdown().await;
}

/// A caller that leaves cancels its call, and the next call is served.
#[tokio::test]
async fn a_caller_that_leaves_cancels_its_call() {
    let host = host(|function| {
        function.http_trigger = Some(HttpAuth::Anonymous);
        function.instance_concurrency = 2;
    });
    let host = host.await;
    let url = host.http_url("inspect").unwrap();
    let address = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let mut caller = TcpStream::connect(&address).await.unwrap();
    let request = format!("GET /wait HTTP/1.1\r\nhost: {address}\r\n\r\n");
    caller.write_all(request.as_bytes()).await.unwrap();
    let waits = async {
        // A call that the function has not begun is not cancelled either.
        while called(&host).await["waiting"] != 1 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        drop(caller);
        while called(&host).await["left"] != 1 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(TIMEOUT, waits).await.expect("the call is dropped");
    host.shutdown().await;
}

#[tokio::test]
async fn a_body_of_32_mb_arrives_whole_and_a_larger_event_is_refused() {
    let host = host(|function| function.http_trigger = Some(HttpAuth::Anonymous)).await;
    let size = 32 << 20;
    let url = host.http_url("inspect").unwrap();
    let answer = app::http_client().unwrap().post(url).body(vec![b'a'; size]).send().await.unwrap();
    let answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!(answer["bytes"], size);
    let result = host.invoke("inspect", format!("{{}}{}", " ".repeat(size - 2))).await;
    assert_eq!(result.error_type, None, "{:?}", result.body);
    let result = host.invoke("inspect", format!("{{}}{}", " ".repeat(size - 1))).await;
    assert!(result.error_type.is_some());
    host.shutdown().await;
}

#[tokio::test]
async fn the_hooks_run_once_whether_or_not_the_platform_calls_them() {
    for configured in [false, true] {
        let host = host(|function| {
            function.initializer = configured.then_some(TIMEOUT);
            function.pre_stop = configured.then_some(TIMEOUT);
            function.freeze = false;
        });
        let host = host.await;
        called(&host).await;
        assert_eq!(called(&host).await["initialized"], 1, "configured: {configured}");
        let (mut logs, mut ends) = (host.logs(), 0);
        if !configured {
            host.kill_instance("inspect", Signal::SIGTERM).await;
            let said = async { while logs.recv().await.unwrap().line != "the end" {} };
            timeout(TIMEOUT, said).await.expect("it ends in order");
            ends += 1;
        }
        host.shutdown().await;
        ends += std::iter::from_fn(|| logs.try_recv().ok()).filter(|line| line.line == "the end").count();
        assert_eq!(ends, 1, "configured: {configured}");
    }
}

/// The functions' programs say what they are and how they are run, in the language of the environment, instead of starting.
#[test]
fn the_programs_of_functions_say_what_they_are() {
    let run = |program: &str, argument: &str, lang: &str| {
        let mut command = std::process::Command::new(crate::support::binary(program));
        let output = command.arg(argument).env_clear().env("LANG", lang).output().expect("it runs");
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    for (program, platform) in [("oss2youku-fc", "Function Compute"), ("oss2youku-lambda", "AWS Lambda")] {
        assert!(run(program, "--version", "C").starts_with(&format!("{program} ")));
        let help = run(program, "--help", "en_US.UTF-8");
        assert!(help.contains(platform) && help.contains("oss2youku upload FILE"), "{help}");
        assert!(run(program, "--help", "zh_CN.UTF-8").contains("自定义运行时"));
    }
}
