//! The smaller tools: `cancel`, `replay-callback`, `invoke` and `init`.

use super::start_env;
use crate::support::{
    Setup, TestEnv, add_fault, binary,
    callback_receiver::{Receiver, Reply},
    command_line::{TIMEOUT, command, file, last_event, operator_variables, run, run_command},
    oss_event, sample_bytes,
};
use local_clouds::{fc::HttpAuth, youku::SessionState};
use serde_json::json;
use std::{fs, os::unix::fs::PermissionsExt, process::Stdio};
use tokio::{net::TcpListener, process::Command, time::timeout};

/// A cancelled upload is dropped at Youku too, and starts again only on request.
#[tokio::test]
async fn a_cancelled_upload_restarts_only_on_request() {
    let env = start_env().await;
    let video = sample_bytes(1, 3_000_000);
    let (folder, _) = file("a.mp4", &video);
    let unavailable = json!({"kind": "status", "status": 503, "code": "ServiceUnavailable"});
    add_fault(
        &env.clouds.youku.bucket_control(),
        json!({"operation": "UploadPart", "times": 0, "fault": unavailable}),
    );
    let mut impatient = command(&env, folder.path(), &["upload", "a.mp4"]);
    impatient.env("OSS2YOUKU_TRANSFER__PATIENCE_SECONDS", "1");
    assert_eq!(run_command(impatient).await.code, Some(7));
    env.clouds.youku.bucket_control().faults.clear();

    let [open] = run(&env, folder.path(), &["list", "--open", "--json"]).await.lines().try_into().unwrap();
    let id = open["upload_id"].as_str().unwrap();
    let cancelled = run(&env, folder.path(), &["cancel", id, "--json"]).await;
    assert_eq!(
        (cancelled.code, last_event(&cancelled.lines(), "cancelled")["upload_id"].as_str()),
        (Some(0), Some(id))
    );
    let sessions = env.clouds.youku.sessions();
    assert_eq!((sessions.len(), sessions[0].state), (1, SessionState::Cancelled));
    assert_eq!(run(&env, folder.path(), &["list", "--open", "--json"]).await.out, "");
    let again = run(&env, folder.path(), &["cancel", id]).await;
    assert!(again.code == Some(2) && again.err.contains("nothing to cancel"), "{again:?}");
    let again = run(&env, folder.path(), &["upload", "a.mp4"]).await;
    assert!(again.code == Some(1) && again.err.contains("--retry"), "{again:?}");
    assert_eq!(run(&env, folder.path(), &["upload", "--retry", "a.mp4"]).await.code, Some(0));
    env.assert_published("a", &video);
}

#[tokio::test]
async fn a_callback_is_replayed_with_the_same_words() {
    let (accepts, fails) = (Reply::Status(200, None), Reply::Status(500, None));
    // The last replay retries before it gives up.
    let receiver = Receiver::start(&[accepts, accepts, fails, fails, fails, fails]).await;
    let ports = format!("[{}]", receiver.port);
    let env = TestEnv::start(Setup {
        events: Some(&["oss:ObjectModified:*"]),
        variables: &[
            ("OSS2YOUKU_CALLBACK__ALLOW_HTTP", "true"),
            ("OSS2YOUKU_CALLBACK__ALLOWED", r#"[{host="127.0.0.1",network="127.0.0.0/8"}]"#),
            ("OSS2YOUKU_CALLBACK__PORTS", &ports),
        ],
        ..Setup::default()
    })
    .await;
    let (folder, _) = file("a.mp4", &sample_bytes(1, 1000));
    let url = format!("http://127.0.0.1:{}/x", receiver.port);
    let uploaded = run(&env, folder.path(), &["upload", "a.mp4", "--json", "--callback", &url]).await;
    let lines = uploaded.lines();
    let id = last_event(&lines, "published")["upload_id"].as_str().unwrap().to_owned();
    let replayed = run(&env, folder.path(), &["replay-callback", &id]).await;
    assert!(replayed.code == Some(0) && replayed.out.contains("accepted it: 200"), "{replayed:?}");
    let requests = receiver.requests();
    assert_eq!((requests.len(), &requests[0].body), (2, &requests[1].body));
    let replayed = run(&env, folder.path(), &["replay-callback", &id, "--json"]).await;
    assert_eq!(
        (replayed.code, &last_event(&replayed.lines(), "replayed")["accepted"]),
        (Some(7), &json!(false)),
        "{replayed:?}"
    );
    let other = run(&env, folder.path(), &["upload", "a.mp4", "--again", "x", "--json"]).await;
    let lines = other.lines();
    let id = last_event(&lines, "published")["upload_id"].as_str().unwrap().to_owned();
    let replayed = run(&env, folder.path(), &["replay-callback", &id]).await;
    assert!(replayed.code == Some(2) && replayed.err.contains("no callback"), "{replayed:?}");
}

#[tokio::test]
async fn a_deployed_function_is_invoked_and_its_progress_shown() {
    let env = TestEnv::start(Setup {
        events: Some(&["oss:ObjectModified:*"]),
        variables: &[("OSS2YOUKU_HTTP__TRUST_GATEWAY", "true")],
        host: |function| function.http_trigger = Some(HttpAuth::Anonymous),
        ..Setup::default()
    })
    .await;
    let video = sample_bytes(1, 128 << 20);
    env.put("a.mp4", &video).await;
    let url = env.clouds.endpoints.http_trigger.clone();
    let folder = tempfile::tempdir().unwrap();
    let invoked =
        run(&env, folder.path(), &["invoke", "oss://videos/a.mp4", "--function-url", &url, "--json"]).await;
    let published = env.assert_published("a", &video);
    let lines = invoked.lines();
    assert_eq!(
        last_event(&lines, "outcome")["outcome"]["data"]["videoid"],
        published.id.as_str(),
        "{invoked:?}"
    );
    assert!(invoked.code == Some(0) && last_event(&lines, "progress")["total"] == 128 << 20, "{invoked:?}");
    let invoked = run(&env, folder.path(), &["invoke", "oss://videos/b.mp4", "--function-url", &url]).await;
    assert!(invoked.code == Some(3) && invoked.err.contains("404"), "{invoked:?}");
    let invoked = run(&env, folder.path(), &["invoke", "x", "--function-url", &url]).await;
    assert!(invoked.code == Some(2) && invoked.err.contains("x names no object"), "{invoked:?}");
    // What the answer warns of is said in the language in use.
    env.put_with("c.mp4", &sample_bytes(2, 1000), &[("youku-title", "Second")]).await;
    let first = ["upload", "oss://videos/c.mp4", "--title", "First"];
    assert_eq!(run(&env, folder.path(), &first).await.code, Some(0));
    let again = ["invoke", "oss://videos/c.mp4", "--function-url", &url, "--lang", "zh"];
    let invoked = run(&env, folder.path(), &again).await;
    assert!(
        invoked.code == Some(0)
            && invoked.out.contains("\n注意  该对象是此前请求的视频")
            && invoked.out.contains("没有使用：title"),
        "{invoked:?}"
    );
}

#[tokio::test]
async fn an_event_is_sent_to_a_function_process_of_this_machine() {
    let env = start_env().await;
    let video = sample_bytes(1, 1000);
    env.put("a.mp4", &video).await;
    let port = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap().port().to_string();
    let mut function = Command::new(binary("oss2youku-fc"));
    function.env_clear().envs(operator_variables(&env)).env("FC_SERVER_PORT", &port).kill_on_drop(true);
    let _function = function.stderr(Stdio::null()).spawn().unwrap();
    let record = oss_event("ObjectCreated:PutObject", "a.mp4", video.len());
    let (folder, _) = file("event.json", record.as_bytes());
    let url = format!("http://127.0.0.1:{port}");
    let invoke = async {
        loop {
            let output =
                run(&env, folder.path(), &["invoke", "--event", "event.json", "--function-url", &url]).await;
            // Until the process listens.
            if output.code != Some(7) {
                return output;
            }
        }
    };
    let invoked = timeout(TIMEOUT, invoke).await.expect("it listens");
    let published = env.assert_published("a", &video);
    assert!(invoked.code == Some(0) && invoked.out.contains(&published.id), "{invoked:?}");
}

/// `init` writes settings that only their owner may read, and takes over those of the legacy worker.
#[tokio::test]
async fn init_takes_over_legacy_settings_for_their_owner_alone() {
    let env = start_env().await;
    let (folder, _) = file("conf_oss.py", b"# -*- coding: utf-8 -*-\nak = 'key'\nsk = \"s'ecret\"\nbucket='videos'\nendpoint = 'oss-cn-hangzhou.aliyuncs.com'\n");
    fs::create_dir(folder.path().join("conf")).unwrap();
    fs::write(folder.path().join("conf/conf_youku.py"), "CLIENT_ID = u'c'  # ours\nACCESS_TOKEN='t'\n")
        .unwrap();
    fs::write(folder.path().join("conf/conf_gearman.py"), "JOB_SERVER = '10.0.0.1:4730'\n").unwrap();
    let written = run(&env, folder.path(), &["init", "--from-legacy", "."]).await;
    assert!(written.code == Some(0) && written.out.contains("--server 10.0.0.1:4730"), "{written:?}");
    let path = folder.path().join("oss2youku.toml");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&path).unwrap();
    let settings = app::Settings::from_parts("oss2youku.toml", &text, []).unwrap();
    assert_eq!(settings.accounts["main"].client_id, "c");
    assert_eq!(settings.legacy.bucket.as_deref(), Some("videos"));
    assert_eq!(settings.source.endpoint.as_deref(), Some("oss-cn-hangzhou.aliyuncs.com"));
    assert!(text.contains(r#"access_key_secret = "s'ecret""#) && settings.callback.allow_http);

    let refused = run(&env, folder.path(), &["init", "--client-id", "c", "--access-token", "t"]).await;
    assert!(refused.code == Some(2) && refused.err.contains("--force"), "{refused:?}");
    let flags = [
        "init",
        "--force",
        "--client-id",
        "c",
        "--access-token",
        "t",
        "--bucket",
        "videos",
        "--prefix",
        "in/",
        "--public-type",
        "friend",
        "--ledger",
        "oss://ledger/x/",
        "--lang",
        "zh",
    ];
    // Readers of the old file must not read the new one's secrets.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let written = run(&env, folder.path(), &flags).await;
    assert_eq!(written.code, Some(0), "{written:?}");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&path).unwrap();
    let settings = app::Settings::from_parts("oss2youku.toml", &text, []).unwrap();
    assert!(
        settings.rules.iter().count() == 1 && settings.ledger.seal_key.is_some() && text.contains("优酷"),
        "{text}"
    );
    for (arguments, word) in [
        (["init", "--out", "new.toml", "--from-legacy", "conf"].as_slice(), ""),
        (&["init", "--out", "x.toml", "--from-legacy", "nowhere"], "conf_oss.py"),
        (&["init", "--out", "x.toml"], "--client-id"),
        (
            &["init", "--out", "x.toml", "--client-id", "c", "--access-token", "t", "--bucket", "videos"],
            "--public-type",
        ),
        (
            &["init", "--out", "x.toml", "--client-id", "c", "--access-token", "t", "--ledger", "oss://"],
            "ledger",
        ),
    ] {
        let output = run(&env, folder.path(), arguments).await;
        assert_eq!(output.code, Some(if word.is_empty() { 0 } else { 2 }), "{arguments:?}: {output:?}");
        assert!(output.err.contains(word) && !folder.path().join("x.toml").exists(), "{output:?}");
    }
}

/// `doctor` passes with the settings file that `init` wrote, and a video is published.
#[tokio::test]
async fn the_settings_that_init_writes_work() {
    let env = start_env().await;
    let video = sample_bytes(1, 1000);
    env.put("in/a.mp4", &video).await;
    let folder = tempfile::tempdir().unwrap();
    let all = operator_variables(&env);
    let account = |name: &str| all[&format!("OSS2YOUKU_ACCOUNTS__MAIN__{name}")].as_str();
    let ledger = folder.path().join("ledger");
    let mut init = command(&env, folder.path(), &["init", "--bucket", "videos", "--prefix", "in/"]);
    init.args(["--public-type", "all", "--region", &all["OSS2YOUKU_SOURCE__REGION"]]);
    init.args(["--client-id", account("CLIENT_ID"), "--access-token", account("ACCESS_TOKEN")]);
    init.args(["--refresh-token", account("REFRESH_TOKEN"), "--ledger", ledger.to_str().unwrap()]);
    assert_eq!(run_command(init).await.code, Some(0));
    for arguments in [["doctor", "--lang", "en"].as_slice(), &["upload", "oss://videos/in/a.mp4"]] {
        let mut command = command(&env, folder.path(), arguments);
        // The addresses of the local clouds, and nothing else that the file states.
        for name in all.keys().filter(|name| name.starts_with("OSS2YOUKU_")) {
            if !["YOUKU__API", "YOUKU__BUCKET_REGION", "SOURCE__ENDPOINT"]
                .iter()
                .any(|kept| name.ends_with(kept))
            {
                command.env_remove(name);
            }
        }
        let output = run_command(command).await;
        assert_eq!(output.code, Some(0), "{output:?}");
    }
    env.assert_published("a", &video);
}
