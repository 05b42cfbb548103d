//! Videos that are there: changed by commands, over HTTP and by sidecars, hidden, and made public at an hour.

use crate::support::{
    Setup, TestEnv, add_fault,
    command_line::{operator_variables, oss2youku, run_with, upload_id},
    sample_bytes, serve_http,
};
use app::core::ledger::Timestamp;
use bytes::Bytes;
use local_clouds::youku::{CallHost, EmptyField, Switches};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::sleep;

const TOKEN: &str = "correct horse";
/// SHA-256 of it, by `sha256sum`.
const TOKENS: &str = r#"[{sha256="4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631",rights=["submit","read","manage"]}]"#;
const RULES: &str = r#"[{bucket="videos",account="main",public_type="all",sidecar_updates=true}]"#;

async fn start_env(rules: &str, enabled: &str) -> TestEnv {
    let variables = [
        ("OSS2YOUKU_HTTP__TOKENS", TOKENS),
        ("OSS2YOUKU_MANAGE__ENABLED", enabled),
        ("OSS2YOUKU_CALLBACK__PAUSE_SECONDS", "1"),
    ];
    TestEnv::start(Setup {
        variables: &variables,
        rules,
        host: serve_http,
        sweep_every: Some(Duration::from_secs(3600)),
        ..Setup::default()
    })
    .await
}

async fn publish(env: &TestEnv, key: &str) -> String {
    env.put(key, &sample_bytes(1, 1000)).await;
    env.wait_for_delivery().await;
    upload_id(env, &format!("oss://videos/{key}")).await
}

async fn put_sidecar(env: &TestEnv, key: &str, sidecar: &Value) -> Value {
    let sidecar_key = format!("{key}.youku.json");
    let bytes = Bytes::from(sidecar.to_string());
    env.put(&sidecar_key, &bytes).await;
    env.wait_for_deliveries().await;
    env.call_with_event("ObjectCreated:PutObject", &sidecar_key, bytes.len()).await
}

/// The fields that Youku was told to change, for each call that it carried out.
fn told(env: &TestEnv) -> Vec<String> {
    let updates = env.clouds.youku.changes().into_iter().filter(|change| change.call == "update");
    updates.map(|change| change.fields.into_keys().collect::<Vec<_>>().join(",")).collect()
}

fn in_seconds(seconds: u64) -> String {
    Timestamp::from(SystemTime::now() + Duration::from_secs(seconds)).to_string()
}

async fn post(env: &TestEnv, path: &str, body: &Value) -> (u16, Value) {
    env.ask_http_with_token(path, TOKEN, Some(body)).await
}

#[tokio::test]
async fn commands_show_change_hide_and_schedule() {
    let env = start_env(RULES, "true").await;
    let id = publish(&env, "film.mp4").await;
    let shown = oss2youku(&env, &["video", "show", &id, "--json"]).await;
    assert_eq!((shown.code, &shown.lines()[0]["public_type"]), (Some(0), &json!("all")), "{shown:?}");
    let title = ["video", "update", &id, "--title", "新标题", "--tags", "片段,短片"];
    let changed = oss2youku(&env, &title).await;
    assert_eq!(changed.out.trim(), format!("{id}  changed title, tags"), "{changed:?}");
    let again = oss2youku(&env, &title).await;
    assert!(again.out.contains("nothing that differs"), "{again:?}");
    let video = &env.clouds.youku.videos()[0];
    assert_eq!((video.title.as_str(), video.tags.as_str(), told(&env).len()), ("新标题", "片段,短片", 1));

    let hidden = oss2youku(&env, &["video", "hide", &id, "--lang", "zh"]).await;
    assert_eq!(hidden.out.trim(), format!("{id}  已隐藏：公开范围 password"), "{hidden:?}");
    assert_eq!(env.clouds.youku.videos()[0].public_type, "password");
    let bare = oss2youku(&env, &["video", "schedule", &id, "--at", &in_seconds(3600)]).await;
    assert!(bare.code == Some(2) && bare.err.contains("public_type"), "{bare:?}");
    let past = ["video", "schedule", &id, "--at", "2026-01-01T20:00:00+08:00", "--public-type", "friend"];
    let scheduled = oss2youku(&env, &past).await;
    assert_eq!(scheduled.code, Some(0), "{scheduled:?}");
    oss2youku(&env, &["sweep"]).await;
    assert_eq!(env.clouds.youku.videos()[0].public_type, "friend");
    let none = oss2youku(&env, &["video", "schedule", &id, "--cancel"]).await;
    assert_eq!(none.code, Some(2), "{none:?}");

    let listed = oss2youku(&env, &["video", "list"]).await;
    assert!(listed.out.contains(&id) && listed.out.contains("新标题"), "{listed:?}");
    let explained = oss2youku(&env, &["explain", &id]).await;
    for step in ["by command: changed title, tags", "by command: made public at", "made public at its hour"] {
        assert!(explained.out.contains(step), "{step}: {explained:?}");
    }
    let wrong = oss2youku(&env, &["video", "update", &id, "--title", &"字".repeat(61)]).await;
    assert!(wrong.code == Some(5) && wrong.err.contains("title has 61 characters"), "{wrong:?}");
}

#[tokio::test]
async fn the_http_api_changes_videos_and_names_who_asked() {
    let env = start_env(RULES, "true").await;
    let id = publish(&env, "film.mp4").await;
    let path = |action: &str| format!("/videos/{id}/{action}");
    let (status, changed) = post(&env, &path("update"), &json!({"title": "新标题"})).await;
    assert_eq!((status, &changed["changed"]), (200, &json!(["title"])), "{changed}");
    assert_eq!((&changed["title"], &changed["upload_id"]), (&json!("新标题"), &json!(id)), "{changed}");
    for (action, body, field) in [
        ("update", json!({"titel": "x"}), "titel"),
        ("update", json!({}), "video"),
        ("update", json!({"title": ""}), "title"),
        ("schedule", json!({"at": "20:00"}), "at"),
        ("schedule", json!({}), "at"),
    ] {
        let (status, refused) = post(&env, &path(action), &body).await;
        assert_eq!((status, &refused["error"]), (400, &json!("invalid_job")), "{body} {refused}");
        assert!(refused["msg"].as_str().is_some_and(|msg| msg.contains(field)), "{body}: {refused}");
    }
    let at = in_seconds(3600);
    let body = json!({"at": at, "public_type": "friend"});
    let (status, scheduled) = post(&env, &path("schedule"), &body).await;
    assert_eq!((status, &scheduled["publish_as"]), (200, &json!("friend")), "{scheduled}");
    let (_, upload) = env.ask_http_with_token(&format!("/uploads/{id}"), TOKEN, None).await;
    assert_eq!(upload["publish_at"], scheduled["publish_at"], "{upload}");
    let (status, given_up) = post(&env, &path("schedule"), &json!({"at": null})).await;
    assert_eq!((status, given_up.get("publish_at")), (200, None), "{given_up}");
    let (status, _) = post(&env, &path("schedule"), &json!({"at": null})).await;
    assert_eq!(status, 409);
    let (status, hidden) = post(&env, &path("hide"), &Value::Null).await;
    assert_eq!((status, &hidden["public_type"]), (200, &json!("password")), "{hidden}");
    let (status, shown) = env.ask_http_with_token(&format!("/videos/{id}"), TOKEN, None).await;
    assert_eq!((status, &shown["public_type"]), (200, &json!("password")), "{shown}");
    let (status, listed) = env.ask_http_with_token("/videos?page=1", TOKEN, None).await;
    assert_eq!((status, &listed["videos"][0]["upload_id"]), (200, &json!(id)), "{listed}");
    let (status, _) = env.ask_http_with_token("/videos?pages=1", TOKEN, None).await;
    assert_eq!(status, 400);
    let unknown = "/videos/00112233445566778899aabbccddeeff/hide";
    assert_eq!(post(&env, unknown, &Value::Null).await.0, 404);
    let explained = oss2youku(&env, &["explain", &id]).await;
    assert!(explained.out.contains("by token 4104d36f: changed title"), "{explained:?}");
}

/// Nothing that is there is changed unless the settings say so, and a task learns that before a byte moves.
#[tokio::test]
async fn nothing_is_changed_unless_the_settings_allow_it() {
    let env = start_env(r#"[{bucket="videos",account="main",public_type="all"}]"#, "false").await;
    let id = publish(&env, "film.mp4").await;
    let refused = oss2youku(&env, &["video", "hide", &id]).await;
    assert!(refused.code == Some(2) && refused.err.contains("manage.enabled"), "{refused:?}");
    let (status, refused) = post(&env, &format!("/videos/{id}/hide"), &Value::Null).await;
    assert_eq!((status, &refused["error"]), (500, &json!("config")), "{refused}");
    assert!(oss2youku(&env, &["video", "show", &id]).await.code == Some(0));

    let at = in_seconds(3600);
    env.put_with("later.mp4", &sample_bytes(2, 1000), &[("youku-publish-at", &at)]).await;
    let delivery = env.wait_for_deliveries().await.pop().expect("one");
    assert!(format!("{delivery:?}").contains("invalid_job"), "{delivery:?}");
    let task = json!({"source": "oss://videos/film.mp4", "publish_at": at});
    let (status, refused) = post(&env, "/uploads", &task).await;
    assert_eq!((status, &refused["error"]), (400, &json!("invalid_job")), "{refused}");
    assert_eq!((env.clouds.youku.videos().len(), told(&env).len()), (1, 0));
    let settings =
        [("OSS2YOUKU_RULES", r#"[{bucket="v",account="main",public_type="all",publish_at="20:00 UTC"}]"#)];
    let mut variables = operator_variables(&env);
    variables.extend(settings.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let wrong = run_with(variables, &["list"]).await;
    assert!(wrong.code == Some(2) && wrong.err.contains("manage.enabled"), "{wrong:?}");
}

#[tokio::test]
async fn a_sidecar_that_is_written_again_changes_the_video_once() {
    let env = start_env(RULES, "true").await;
    let before = json!({"title": "前", "description": "不变"});
    env.put("film.mp4.youku.json", &Bytes::from(before.to_string())).await;
    env.wait_for_deliveries().await;
    publish(&env, "film.mp4").await;
    // What the upload has read is carried out.
    let known = put_sidecar(&env, "film.mp4", &before).await;
    assert_eq!((&known["sidecar"], told(&env).len()), (&json!("known"), 0), "{known}");
    put_sidecar(&env, "film.mp4", &json!({"title": "后", "tags": ["片段"]})).await;
    let video = &env.clouds.youku.videos()[0];
    assert_eq!(
        (video.title.as_str(), video.description.as_str(), video.tags.as_str()),
        ("后", "不变", "片段")
    );
    assert_eq!(told(&env).len(), 1);
    // The event that comes twice, and the sweep that finds the file again, change nothing.
    let swept = oss2youku(&env, &["sweep", "--json", "--since", "1h"]).await;
    assert_eq!(swept.lines().last().expect("a summary")["sidecars"], 0, "{swept:?}");
    assert_eq!(told(&env).len(), 1);
    let wrong = put_sidecar(&env, "film.mp4", &json!({"titel": "错"})).await;
    assert_eq!((&wrong["error"], told(&env).len()), (&json!("invalid_job"), 1), "{wrong}");

    // A person's change stays although the file is looked at again, and a refusal changes nothing.
    add_fault(
        &env.clouds.youku.control(),
        json!({"operation": "update", "times": 0, "fault": {"kind": "status", "status": 400, "code": "120010101"}}),
    );
    let refused = put_sidecar(&env, "film.mp4", &json!({"title": "不许"})).await;
    // The bucket's own event was refused, and the version is done.
    assert_eq!(
        (&refused["sidecar"], env.log().contains("the video was not changed")),
        (&json!("known"), true)
    );
    assert_eq!(env.clouds.youku.videos()[0].title, "后");
}

/// The whole way: an object that states its hour lands, is hidden, and is public after the sweep behind the hour.
#[tokio::test]
async fn an_object_is_public_after_its_hour() {
    let env = start_env(RULES, "true").await;
    let at = in_seconds(4);
    let hour = SystemTime::now() + Duration::from_secs(4);
    env.put_with("film.mp4", &sample_bytes(3, 1000), &[("youku-publish-at", &at)]).await;
    env.wait_for_delivery().await;
    assert_eq!(env.clouds.youku.videos()[0].public_type, "password");
    let listed = oss2youku(&env, &["list"]).await;
    assert!(listed.out.contains("published") && listed.out.contains("public at"), "{listed:?}");
    env.call_with_timer().await;
    assert!(SystemTime::now() > hour || env.clouds.youku.videos()[0].public_type == "password");
    // Time itself is what is waited for: no signal tells that the hour, or the pause after it, is over.
    for _ in 0..60 {
        sleep(Duration::from_millis(500)).await;
        env.call_with_timer().await;
        if env.clouds.youku.videos()[0].public_type == "all" {
            break;
        }
    }
    let changed =
        env.clouds.youku.changes().into_iter().rfind(|change| change.call == "update").expect("one");
    let at = hour.duration_since(UNIX_EPOCH).expect("after 1970");
    assert!(u128::from(changed.at_ms) >= at.as_millis(), "before its hour: {changed:?}");
    assert_eq!((env.clouds.youku.videos()[0].public_type.as_str(), told(&env).len()), ("all", 1));
}

/// Whatever Youku does with updates that is not documented: each thing is changed once, and the video is public in the end.
#[tokio::test]
async fn no_switch_of_youku_changes_a_thing_twice() {
    type Switch = fn(&mut Switches);
    let switches: [(&str, Switch); 5] = [
        ("answers 1002 though done", |switches| switches.change_answers_1002 = true),
        ("restarts review", |switches| switches.update_restarts_review = true),
        ("refuses while encoding", |switches| switches.update_refused_in = vec!["encoding".into()]),
        ("on both hosts", |switches| switches.update_host = CallHost::Both),
        ("refuses an empty field", |switches| switches.empty_field = EmptyField::Refused),
    ];
    for (name, set) in switches {
        let env = start_env(RULES, "true").await;
        let id = publish(&env, "film.mp4").await;
        let mut changed = env.clouds.youku.switches();
        set(&mut changed);
        env.clouds.youku.set_switches(changed);
        oss2youku(&env, &["video", "show", &id]).await;
        for command in [
            &["video", "update", &id, "--title", "新标题", "--description", "新的"][..],
            &["video", "hide", &id],
            &["video", "schedule", &id, "--at", "2026-01-01T20:00:00+08:00", "--public-type", "friend"],
        ] {
            let said = oss2youku(&env, command).await;
            assert_eq!(said.code, Some(0), "{name}: {said:?}");
        }
        for _ in 0..40 {
            if env.clouds.youku.videos()[0].public_type == "friend" {
                break;
            }
            oss2youku(&env, &["sweep"]).await;
            sleep(Duration::from_millis(500)).await;
        }
        let video = &env.clouds.youku.videos()[0];
        assert_eq!((video.title.as_str(), video.public_type.as_str()), ("新标题", "friend"), "{name}");
        assert_eq!(told(&env), ["description,title", "public_type,watch_password", "public_type"], "{name}");
    }
}
