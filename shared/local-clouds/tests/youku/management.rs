//! What is done with a video after its upload: batches, own videos, updates, removal.

use local_clouds::youku::{CallHost, EmptyField};
use serde_json::{Value, json};

use super::env::*;

const UPDATE: &str = "/v2/videos/update.json";
const BATCH: &str = "/v2/videos/show_batch.json";
const BY_ME: &str = "/videos/by_me.json";
const DESTROY: &str = "/v2/videos/destroy.json";

async fn update(env: &YoukuEnv, id: &str, fields: &[(&str, &str)]) -> (u16, Value) {
    env.api("POST", UPDATE, &[&[("video_id", id)], fields].concat()).await
}

fn states(answer: &(u16, Value)) -> Vec<(String, String)> {
    let videos = answer.1["videos"].as_array().expect("videos");
    let text = |video: &Value, name: &str| video[name].as_str().expect("text").to_owned();
    videos.iter().map(|video| (text(video, "id"), text(video, "state"))).collect()
}

/// Each call lives where its switch says; the other host answers a page without an error of Youku's own.
#[tokio::test]
async fn each_call_lives_on_the_hosts_of_its_switch() {
    for (hosts, on_new, on_old) in [
        (CallHost::New, true, false),
        (CallHost::Old, false, true),
        (CallHost::Both, true, true),
        (CallHost::Neither, false, false),
    ] {
        let env = YoukuEnv::switched(|switches| {
            switches.show_host = hosts;
            switches.show_batch_host = hosts;
            switches.by_me_host = hosts;
            switches.update_host = hosts;
            switches.destroy_host = hosts;
        })
        .await;
        let (_, id) = env.publish(b"bytes").await;
        for (method, call, name) in [
            ("GET", "show", "video_id"),
            ("GET", "show_batch", "video_ids"),
            ("GET", "by_me", "page_of"),
            ("POST", "update", "video_id"),
            ("POST", "destroy", "video_id"),
        ] {
            let mut removed = false;
            for (prefix, lives) in [("", on_new), ("/v2", on_old)] {
                let path = format!("{prefix}/videos/{call}.json");
                let answer = env.api(method, &path, &[(name, &id), ("title", "新标题")]).await;
                match (lives, removed) {
                    (true, false) => assert_eq!(answer.0, 200, "{hosts:?} {path} {}", answer.1),
                    (true, true) => assert_eq!((answer.0, code(&answer)), (404, 120_020_001)),
                    (false, _) => assert_eq!(answer, (404, Value::Null), "{hosts:?} {path}"),
                }
                removed |= call == "destroy" && lives;
            }
        }
    }
}

/// By default both hosts show and list, and only the old one does the rest; it has no upload calls here.
#[tokio::test]
async fn by_default_the_old_host_alone_changes_videos() {
    let env = YoukuEnv::new(|_| ()).await;
    let (_, id) = env.publish(b"bytes").await;
    let params = [("video_id", id.as_str()), ("video_ids", id.as_str())];
    for (method, path, expected) in [
        ("GET", "/videos/show.json", 200),
        ("GET", "/v2/videos/show.json", 200),
        ("GET", "/videos/by_me.json", 200),
        ("GET", "/v2/videos/by_me.json", 200),
        ("GET", "/videos/show_batch.json", 404),
        ("GET", "/v2/videos/show_batch.json", 200),
        ("POST", "/videos/update.json", 404),
        ("POST", "/v2/videos/update.json", 200),
        ("GET", "/v2/videos/update.json", 404),
        ("POST", "/v2/uploads/create.json", 404),
        ("POST", "/users/myinfo.json", 404),
        ("POST", "/v2/users/myinfo.json", 200),
        ("GET", "/videos/destroy.json", 404),
        ("GET", "/v2/videos/destroy.json", 200),
    ] {
        let (status, answer) = env.api(method, path, &params).await;
        assert_eq!(status, expected, "{method} {path} {answer}");
    }
}

#[tokio::test]
async fn a_batch_shows_known_videos_up_to_the_switched_number() {
    let env = YoukuEnv::switched(|switches| {
        switches.max_batch_ids = Some(3);
        switches.uncommitted_state = Some("none".to_owned());
        switches.encoding_shows = 1;
    })
    .await;
    let ((_, one), (_, two)) = (env.publish(b"one").await, env.publish(b"two").await);
    let open = env.create(b"open", &[]).await.1["video_id"].as_str().unwrap().to_owned();
    let batch = async |ids: &[&str]| env.api("GET", BATCH, &[("video_ids", &ids.join(","))]).await;
    let first = batch(&[&one, &open, "Xunknown"]).await;
    assert_eq!((first.0, &first.1["total"]), (200, &json!(2)));
    assert_eq!(states(&first), [(one.clone(), "encoding".into()), (open.clone(), "none".into())]);
    // A batch counts as a show of each of its videos.
    assert_eq!(states(&batch(&[&one]).await), [(one.clone(), "normal".into())]);
    env.server.set_video_state(&two, Some("gone")).unwrap();
    assert_eq!(states(&batch(&[&two]).await), []);
    assert_eq!(batch(&[&one, &two, &open, "X4"]).await.0, 400);
    assert_eq!(env.api("GET", BATCH, &[("video_ids", "")]).await.0, 400);
}

/// Pages from 1 on with `total`, `page` and `count`, the newest video first; a page beyond the end has a code of its own.
#[tokio::test]
async fn own_videos_come_in_pages_until_the_end() {
    let env = YoukuEnv::switched(|switches| switches.max_page_size = 2).await;
    let mut ids = Vec::new();
    for bytes in [b"one", b"two", b"3rd"] {
        ids.insert(0, env.publish(bytes).await.1);
    }
    let page =
        async |page: &str, count: &str| env.api("GET", BY_ME, &[("page", page), ("count", count)]).await;
    let first = page("1", "50").await;
    assert_eq!(first.1["count"], 2, "no page is larger");
    assert_eq!((&first.1["total"], &first.1["page"]), (&json!(3), &json!(1)));
    let listed = |answer: &(u16, Value)| states(answer).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    assert_eq!(listed(&first), ids[..2]);
    assert_eq!(listed(&page("2", "50").await), ids[2..]);
    let beyond = page("3", "50").await;
    assert_eq!((beyond.0, code(&beyond)), (400, 120_040_101));
    for bad in [("page", "0"), ("count", "x"), ("orderby", "age")] {
        assert_eq!(env.api("GET", BY_ME, &[bad]).await.0, 400, "{bad:?}");
    }
    let other = env.api("GET", BY_ME, &[("access_token", "other")]).await;
    assert_eq!(code(&other), 1008);
}

#[tokio::test]
async fn own_videos_include_uncommitted_ones_and_texts_as_switched() {
    let env = YoukuEnv::new(|_| ()).await;
    let open = env.create(b"open", &[]).await.1["video_id"].as_str().unwrap().to_owned();
    let empty = env.api("GET", BY_ME, &[]).await;
    assert_eq!((&empty.1["total"], states(&empty).len()), (&json!(0), 0));
    let mut switches = env.server.switches();
    (switches.by_me_lists_uncommitted, switches.numbers_are_strings) = (true, true);
    env.server.set_switches(switches);
    let listed = env.api("GET", BY_ME, &[]).await;
    assert_eq!(states(&listed), [(open, "none".into())]);
    assert_eq!((&listed.1["total"], &listed.1["page"]), (&json!("1"), &json!("1")));
    assert_eq!(listed.1["videos"][0]["view_count"], "0");
}

#[tokio::test]
async fn a_video_that_show_hides_is_listed_all_the_same() {
    let env = YoukuEnv::switched(|switches| switches.show_hides_videos = true).await;
    let (_, id) = env.publish(b"bytes").await;
    assert_eq!(env.show(&id).await.0, 404);
    assert_eq!(states(&env.api("GET", BATCH, &[("video_ids", &id)]).await), []);
    let listed = states(&env.api("GET", BY_ME, &[]).await);
    assert_eq!(listed, [(id, "encoding".into())]);
}

/// An update changes what it states and nothing else; `show` tells it, and every change is listed with its time, also after a restart.
#[tokio::test]
async fn an_update_changes_what_it_states_and_is_remembered() {
    let dir = tempfile::tempdir().unwrap();
    let config = local_clouds::youku::YoukuConfig::new(dir.path());
    let env = YoukuEnv::with(config.clone()).await;
    let (_, id) = env.publish(b"bytes").await;
    let before = env.show(&id).await.1;
    let fields = [("title", "新标题"), ("public_type", "password"), ("watch_password", "开门")];
    assert_eq!(update(&env, &id, &fields).await, (200, json!({"id": id})));
    let after = env.show(&id).await.1;
    assert_eq!((&after["title"], &after["public_type"]), (&json!("新标题"), &json!("password")));
    assert_eq!((&after["tags"], &after["category"]), (&before["tags"], &before["category"]));
    assert!(after["watch_password"].is_null(), "nobody is shown the password");

    for (name, value) in [
        ("title", "长".repeat(61).as_str()),
        ("tags", "x"),
        ("category", "Cats"),
        ("public_type", "private"),
        ("copyright_type", "stolen"),
        ("thumbnail_seq", "one"),
    ] {
        let refused = update(&env, &id, &[("description", "变"), (name, value)]).await;
        assert!(refused.1["error"]["description"].as_str().unwrap().contains(name), "{}", refused.1);
    }
    assert_eq!(env.show(&id).await.1["description"], "", "a refused update changes nothing");
    assert_eq!(code(&update(&env, "Xunknown", &[("title", "新")]).await), 120_020_001);

    env.server.shutdown().await;
    let env = YoukuEnv::with(config).await;
    assert_eq!(env.show(&id).await.1["title"], "新标题");
    let (status, changes) = env.send("GET", "/_sandbox/changes", &[], Vec::new()).await;
    assert_eq!((status, &changes), (200, &json!(env.server.changes())));
    let calls: Vec<_> = changes.as_array().unwrap().iter().map(|change| &change["call"]).collect();
    assert_eq!(calls, ["commit", "update"]);
    assert_eq!(changes[0]["fields"]["public_type"], "all");
    let stated = json!({"title": "新标题", "public_type": "password", "watch_password": "开门"});
    assert_eq!(changes[1]["fields"], stated);
    assert!(changes[0]["at_ms"].as_u64() <= changes[1]["at_ms"].as_u64());
}

#[tokio::test]
async fn a_password_video_needs_a_password_in_create_or_update() {
    let env = YoukuEnv::new(|_| ()).await;
    let (_, id) = env.publish(b"bytes").await;
    let refused = update(&env, &id, &[("public_type", "password")]).await;
    assert!(refused.1["error"]["description"].as_str().unwrap().contains("watch_password"));
    assert_eq!(update(&env, &id, &[("public_type", "password"), ("watch_password", "x")]).await.0, 200);
    assert_eq!(update(&env, &id, &[("public_type", "all")]).await.0, 200);
    assert_eq!(update(&env, &id, &[("public_type", "password")]).await.0, 200, "the password is still known");
}

#[tokio::test]
async fn an_empty_field_does_as_its_switch_says() {
    for (switch, status, title) in [
        (EmptyField::Clears, 200, ""),
        (EmptyField::Refused, 400, "海边的一天"),
        (EmptyField::Ignored, 200, "海边的一天"),
    ] {
        let env = YoukuEnv::switched(|switches| switches.empty_field = switch).await;
        let (_, id) = env.publish(b"bytes").await;
        assert_eq!(update(&env, &id, &[("title", "")]).await.0, status, "{switch:?}");
        assert_eq!(env.show(&id).await.1["title"], title, "{switch:?}");
    }
}

#[tokio::test]
async fn an_update_is_refused_or_reviewed_again_as_switched() {
    let env = YoukuEnv::switched(|switches| {
        switches.update_refused_in = vec!["encoding".into(), "in_review".into()];
        switches.update_restarts_review = true;
    })
    .await;
    let (_, id) = env.publish(b"bytes").await;
    let early = update(&env, &id, &[("title", "早")]).await;
    assert_eq!((early.0, code(&early)), (400, 120_020_002));
    let mut states = vec![env.show(&id).await.1["state"].clone(), env.show(&id).await.1["state"].clone()];
    assert_eq!(update(&env, &id, &[("title", "晚")]).await.0, 200);
    assert_eq!(update(&env, &id, &[("title", "再")]).await.0, 400, "it is in review now");
    states.extend([env.show(&id).await.1["state"].clone(), env.show(&id).await.1["state"].clone()]);
    assert_eq!(states, ["encoding", "normal", "in_review", "normal"]);
}

/// A removed video is unknown to every call; with its switch the removal and an update happen and answer 1002.
#[tokio::test]
async fn a_change_may_happen_and_answer_a_system_error() {
    let env = YoukuEnv::switched(|switches| switches.change_answers_1002 = true).await;
    let (_, id) = env.publish(b"bytes").await;
    let answer = update(&env, &id, &[("title", "新标题")]).await;
    assert_eq!((answer.0, code(&answer)), (500, 1002));
    assert_eq!(env.show(&id).await.1["title"], "新标题");
    let removed = env.api("POST", DESTROY, &[("video_id", &id)]).await;
    assert_eq!(code(&removed), 1002);
    assert_eq!(env.show(&id).await.0, 404);
    assert_eq!(code(&env.api("POST", DESTROY, &[("video_id", &id)]).await), 120_020_001);
    assert_eq!(code(&update(&env, &id, &[("title", "新")]).await), 120_020_001);
    let calls: Vec<_> = env.server.changes().into_iter().map(|change| change.call).collect();
    assert_eq!(calls, ["commit", "update", "destroy"]);
}

#[tokio::test]
async fn the_hourly_limit_counts_calls_of_both_hosts() {
    let env = YoukuEnv::new(|config| config.rate_limit_per_hour = Some(6)).await;
    let (_, id) = env.publish(b"bytes").await;
    for (method, path) in [("GET", BATCH), ("GET", BY_ME), ("POST", UPDATE), ("GET", "/videos/show.json")] {
        let (status, answer) = env.api(method, path, &[("video_ids", &id), ("video_id", &id)]).await;
        assert_eq!(status, 200, "{path} {answer}");
    }
    let refused = env.api("GET", BATCH, &[("video_ids", &id)]).await;
    assert_eq!((refused.0, code(&refused)), (403, 1017));
}
