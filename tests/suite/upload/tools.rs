//! The smaller tools: `cancel`, `replay-callback`, `invoke` and `init`.

use super::{PATIENCE, Rig, Setup, bytes, command, event, file, rig, run, said, script};
use crate::{
    callbacks::receiver::{Answer, Receiver},
    support::binary,
};
use local_clouds::{fc::HttpAuth, youku::SessionState};
use serde_json::json;
use std::{fs, os::unix::fs::PermissionsExt, process::Stdio};
use tokio::{net::TcpListener, process::Command, time::timeout};

#[tokio::test]
async fn a_cancelled_upload_is_forgotten_by_youku_and_begins_anew_only_when_asked() {
    let rig = rig().await;
    let video = bytes(1, 3_000_000);
    let (folder, _) = file("a.mp4", &video);
    let unavailable = json!({"kind": "status", "status": 503, "code": "ServiceUnavailable"});
    script(
        &rig.clouds.youku.bucket_control(),
        json!({"operation": "UploadPart", "times": 0, "fault": unavailable}),
    );
    let mut impatient = command(&rig, folder.path(), &["upload", "a.mp4"]);
    impatient.env("OSS2YOUKU_TRANSFER__PATIENCE_SECONDS", "1");
    assert_eq!(said(impatient).await.code, Some(7));
    rig.clouds.youku.bucket_control().faults.clear();

    let [open] = run(&rig, folder.path(), &["list", "--open", "--json"]).await.lines().try_into().unwrap();
    let id = open["upload_id"].as_str().unwrap();
    let cancelled = run(&rig, folder.path(), &["cancel", id, "--json"]).await;
    assert_eq!(
        (cancelled.code, event(&cancelled.lines(), "cancelled")["upload_id"].as_str()),
        (Some(0), Some(id))
    );
    let sessions = rig.clouds.youku.sessions();
    assert_eq!((sessions.len(), sessions[0].state), (1, SessionState::Cancelled));
    assert_eq!(run(&rig, folder.path(), &["list", "--open", "--json"]).await.out, "");
    let again = run(&rig, folder.path(), &["cancel", id]).await;
    assert!(again.code == Some(2) && again.err.contains("nothing to cancel"), "{again:?}");
    let again = run(&rig, folder.path(), &["upload", "a.mp4"]).await;
    assert!(again.code == Some(1) && again.err.contains("--retry"), "{again:?}");
    assert_eq!(run(&rig, folder.path(), &["upload", "--retry", "a.mp4"]).await.code, Some(0));
    rig.published("a", &video);
}

#[tokio::test]
async fn a_callback_is_replayed_with_the_same_words() {
    let (accepts, fails) = (Answer::Status(200, None), Answer::Status(500, None));
    // The last replay insists before it gives up.
    let receiver = Receiver::answering(&[accepts, accepts, fails, fails, fails, fails]).await;
    let ports = format!("[{}]", receiver.port);
    let rig = Rig::start(Setup {
        events: Some(&["oss:ObjectModified:*"]),
        env: &[
            ("OSS2YOUKU_CALLBACK__ALLOW_HTTP", "true"),
            ("OSS2YOUKU_CALLBACK__ALLOWED", r#"[{host="127.0.0.1",network="127.0.0.0/8"}]"#),
            ("OSS2YOUKU_CALLBACK__PORTS", &ports),
        ],
        ..Setup::default()
    })
    .await;
    let (folder, _) = file("a.mp4", &bytes(1, 1000));
    let url = format!("http://127.0.0.1:{}/x", receiver.port);
    let uploaded = run(&rig, folder.path(), &["upload", "a.mp4", "--json", "--callback", &url]).await;
    let lines = uploaded.lines();
    let id = event(&lines, "published")["upload_id"].as_str().unwrap().to_owned();
    let replayed = run(&rig, folder.path(), &["replay-callback", &id]).await;
    assert!(replayed.code == Some(0) && replayed.out.contains("accepted it: 200"), "{replayed:?}");
    let heard = receiver.heard();
    assert_eq!((heard.len(), &heard[0].body), (2, &heard[1].body));
    let replayed = run(&rig, folder.path(), &["replay-callback", &id, "--json"]).await;
    assert_eq!(
        (replayed.code, &event(&replayed.lines(), "replayed")["accepted"]),
        (Some(7), &json!(false)),
        "{replayed:?}"
    );
    let other = run(&rig, folder.path(), &["upload", "a.mp4", "--again", "x", "--json"]).await;
    let lines = other.lines();
    let id = event(&lines, "published")["upload_id"].as_str().unwrap().to_owned();
    let replayed = run(&rig, folder.path(), &["replay-callback", &id]).await;
    assert!(replayed.code == Some(2) && replayed.err.contains("no callback"), "{replayed:?}");
}

#[tokio::test]
async fn a_deployed_function_is_invoked_and_its_progress_shown() {
    let rig = Rig::start(Setup {
        events: Some(&["oss:ObjectModified:*"]),
        env: &[("OSS2YOUKU_HTTP__TRUST_GATEWAY", "true")],
        host: |function| function.http_trigger = Some(HttpAuth::Anonymous),
        ..Setup::default()
    })
    .await;
    let video = bytes(1, 128 << 20);
    rig.put("a.mp4", &video).await;
    let url = rig.clouds.endpoints.http_trigger.clone();
    let folder = tempfile::tempdir().unwrap();
    let invoked =
        run(&rig, folder.path(), &["invoke", "oss://videos/a.mp4", "--function-url", &url, "--json"]).await;
    let published = rig.published("a", &video);
    let lines = invoked.lines();
    assert_eq!(event(&lines, "outcome")["outcome"]["data"]["videoid"], published.id.as_str(), "{invoked:?}");
    assert!(invoked.code == Some(0) && event(&lines, "progress")["total"] == 128 << 20, "{invoked:?}");
    let invoked = run(&rig, folder.path(), &["invoke", "oss://videos/b.mp4", "--function-url", &url]).await;
    assert!(invoked.code == Some(3) && invoked.err.contains("404"), "{invoked:?}");
    let invoked = run(&rig, folder.path(), &["invoke", "x", "--function-url", &url]).await;
    assert!(invoked.code == Some(5) && invoked.err.contains("source"), "{invoked:?}");
}

#[tokio::test]
async fn an_event_is_sent_to_a_function_process_of_this_machine() {
    let rig = rig().await;
    let video = bytes(1, 1000);
    rig.put("a.mp4", &video).await;
    let port = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap().port().to_string();
    let mut function = Command::new(binary("oss2youku-fc"));
    function
        .env_clear()
        .envs(crate::operator::variables(&rig))
        .env("FC_SERVER_PORT", &port)
        .kill_on_drop(true);
    let _function = function.stderr(Stdio::null()).spawn().unwrap();
    let record = crate::function::record("ObjectCreated:PutObject", "a.mp4", video.len());
    let (folder, _) = file("event.json", record.as_bytes());
    let url = format!("http://127.0.0.1:{port}");
    let invoke = async {
        loop {
            let said =
                run(&rig, folder.path(), &["invoke", "--event", "event.json", "--function-url", &url]).await;
            // Until the process listens.
            if said.code != Some(7) {
                return said;
            }
        }
    };
    let invoked = timeout(PATIENCE, invoke).await.expect("it listens");
    let published = rig.published("a", &video);
    assert!(invoked.code == Some(0) && invoked.out.contains(&published.id), "{invoked:?}");
}

#[tokio::test]
async fn settings_are_written_for_their_owner_alone_and_the_legacy_workers_are_taken_over() {
    let rig = rig().await;
    let (folder, _) = file("conf_oss.py", b"# -*- coding: utf-8 -*-\nak = 'key'\nsk = \"s'ecret\"\nbucket='videos'\nendpoint = 'oss-cn-hangzhou.aliyuncs.com'\n");
    fs::create_dir(folder.path().join("conf")).unwrap();
    fs::write(folder.path().join("conf/conf_youku.py"), "CLIENT_ID = u'c'  # ours\nACCESS_TOKEN='t'\n")
        .unwrap();
    fs::write(folder.path().join("conf/conf_gearman.py"), "JOB_SERVER = '10.0.0.1:4730'\n").unwrap();
    let written = run(&rig, folder.path(), &["init", "--from-legacy", "."]).await;
    assert!(written.code == Some(0) && written.out.contains("--server 10.0.0.1:4730"), "{written:?}");
    let path = folder.path().join("oss2youku.toml");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&path).unwrap();
    let settings = app::Settings::from_parts("oss2youku.toml", &text, []).unwrap();
    assert_eq!(settings.accounts["main"].client_id, "c");
    assert_eq!(settings.legacy.bucket.as_deref(), Some("videos"));
    assert_eq!(settings.source.endpoint.as_deref(), Some("oss-cn-hangzhou.aliyuncs.com"));
    assert!(text.contains(r#"access_key_secret = "s'ecret""#) && settings.callback.allow_http);

    let refused = run(&rig, folder.path(), &["init", "--client-id", "c", "--access-token", "t"]).await;
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
    // Who may read the old file may not read the new one's secrets.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let written = run(&rig, folder.path(), &flags).await;
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
        let said = run(&rig, folder.path(), arguments).await;
        assert_eq!(said.code, Some(if word.is_empty() { 0 } else { 2 }), "{arguments:?}: {said:?}");
        assert!(said.err.contains(word) && !folder.path().join("x.toml").exists(), "{said:?}");
    }
}

#[tokio::test]
async fn with_the_file_that_init_wrote_doctor_is_content_and_a_video_is_published() {
    let rig = rig().await;
    let video = bytes(1, 1000);
    rig.put("in/a.mp4", &video).await;
    let folder = tempfile::tempdir().unwrap();
    let all = crate::operator::variables(&rig);
    let account = |name: &str| all[&format!("OSS2YOUKU_ACCOUNTS__MAIN__{name}")].as_str();
    let ledger = folder.path().join("ledger");
    let mut init = command(&rig, folder.path(), &["init", "--bucket", "videos", "--prefix", "in/"]);
    init.args(["--public-type", "all", "--region", &all["OSS2YOUKU_SOURCE__REGION"]]);
    init.args(["--client-id", account("CLIENT_ID"), "--access-token", account("ACCESS_TOKEN")]);
    init.args(["--refresh-token", account("REFRESH_TOKEN"), "--ledger", ledger.to_str().unwrap()]);
    assert_eq!(said(init).await.code, Some(0));
    for arguments in [["doctor", "--lang", "en"].as_slice(), &["upload", "oss://videos/in/a.mp4"]] {
        let mut command = command(&rig, folder.path(), arguments);
        // Where the local clouds are, and nothing else that the file says.
        for name in all.keys().filter(|name| name.starts_with("OSS2YOUKU_")) {
            if !["YOUKU__API", "YOUKU__BUCKET_REGION", "SOURCE__ENDPOINT"]
                .iter()
                .any(|kept| name.ends_with(kept))
            {
                command.env_remove(name);
            }
        }
        let said = said(command).await;
        assert_eq!(said.code, Some(0), "{said:?}");
    }
    rig.published("a", &video);
}
