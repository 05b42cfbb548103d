//! Tokens, create, show, limits, switches of the API.

use std::time::{Duration, SystemTime};

use axum::body::Body;
use http::{Request, header};

use local_clouds::control::{Fault, Rule};
use local_clouds::youku::{CancelAfterCommit, ErrorForm, SecondCommit, Switches, YoukuConfig};

use super::env::*;
use crate::http_client;

/// Create takes GET and POST, and returns the fields that Youku's page names for slice mode and OSS mode.
#[tokio::test]
async fn create_answers_the_documented_fields_in_each_mode() {
    let env = YoukuEnv::new(|_| ()).await;
    let (status, slice) = env.create(b"bytes", &[]).await;
    assert_eq!(status, 201);
    assert_eq!(slice["upload_server_uri"], env.server.api().replace("http://", ""));
    assert!(slice["video_id"].is_string() && slice["instant_upload_ok"].is_null());
    let md5 = md5_hex(b"x");
    let query = [
        ("title", "t"),
        ("tags", "tag"),
        ("file_name", "a.mp4"),
        ("file_size", "1"),
        ("file_md5", &md5),
        ("isnew", "1"),
    ];
    let (status, oss) = env.api("GET", "/uploads/create.json", &query).await;
    assert_eq!(status, 201);
    for field in
        ["upload_token", "video_id", "security_token", "oss_object", "temp_access_id", "temp_access_secret"]
    {
        assert!(oss[field].is_string(), "{field}");
    }
    assert_eq!(
        (&oss["endpoint"], &oss["oss_bucket"]),
        (&env.server.bucket().into(), &"yk-source-upload".into())
    );
    assert_eq!(oss["expire_time"].as_str().unwrap().len(), "2019-01-07T13:03:04Z".len());
    assert!(oss["upload_server_uri"].is_null());
}

/// Where the switch says so, create takes POST alone, as its page has it.
#[tokio::test]
async fn create_takes_a_get_only_where_its_switch_says_so() {
    for takes in [true, false] {
        let env = YoukuEnv::switched(|switches| switches.create_takes_get = takes).await;
        let md5 = md5_hex(b"x");
        let file = [("file_name", "a.mp4"), ("file_size", "1"), ("file_md5", &md5)];
        let fields = [&[("title", "t"), ("tags", "tag")], &file[..]].concat();
        let (by_get, _) = env.api("GET", "/uploads/create.json", &fields).await;
        let (by_post, _) = env.api("POST", "/uploads/create.json", &fields).await;
        assert_eq!((by_get, by_post), (if takes { 201 } else { 404 }, 201));
        assert_eq!(env.server.sessions().len(), 1 + usize::from(takes));
    }
}

/// Expired and invalid tokens, an unknown client and a missing MD5 are refused in Youku's error format; a
/// web upload may omit the MD5.
#[tokio::test]
async fn create_refuses_a_bad_token_and_a_missing_md5() {
    let env = YoukuEnv::new(|config| config.accounts[0].access_expires = Some(SystemTime::UNIX_EPOCH)).await;
    let expired = env.create(b"bytes", &[]).await;
    assert_eq!((expired.0, code(&expired)), (400, 1009));
    assert_eq!(expired.1["error"]["type"], "SystemException");
    let invalid = env.create(b"bytes", &[("access_token", "other")]).await;
    assert_eq!(code(&invalid), 1008);
    assert_eq!(code(&env.create(b"bytes", &[("client_id", "other")]).await), 1005);

    let env = YoukuEnv::new(|_| ()).await;
    let no_md5 = env.create(b"bytes", &[("file_md5", "")]).await;
    assert!(no_md5.1["error"]["description"].as_str().unwrap().contains("file_md5"));
    assert_eq!(env.create(b"bytes", &[("file_md5", ""), ("isweb", "1")]).await.0, 201);
    assert!(env.server.videos().is_empty());
}

#[tokio::test]
async fn a_refresh_gives_a_new_pair_once_and_survives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let first = YoukuEnv::with(YoukuConfig::new(dir.path())).await;
    let (client, token) = (first.account.client_id.clone(), first.account.refresh_token.clone());
    let form = [("client_id", client.as_str()), ("grant_type", "refresh_token"), ("refresh_token", &token)];
    let form = serde_urlencoded::to_string(form).unwrap().into_bytes();
    let (status, pair) = first.send("POST", "/oauth2/token.json", &[], form.clone()).await;
    assert_eq!(
        (status, &pair["token_type"], &pair["expires_in"]),
        (200, &"bearer".into(), &2_592_000.into())
    );
    assert_ne!(first.send("POST", "/oauth2/token.json", &[], form.clone()).await.0, 200);

    let mut second = YoukuEnv::with(YoukuConfig::new(dir.path())).await;
    assert_ne!(second.send("POST", "/oauth2/token.json", &[], form).await.0, 200);
    second.account.access_token = pair["access_token"].as_str().unwrap().to_owned();
    assert_eq!(second.create(b"bytes", &[]).await.0, 201);
    assert_eq!(second.server.tokens(&client).unwrap().refresh_token, pair["refresh_token"]);
}

#[tokio::test]
async fn expiring_a_token_is_felt_by_the_next_call() {
    let env = YoukuEnv::new(|_| ()).await;
    env.server.control().faults.add(Rule::new("create", Fault::Expire));
    assert_eq!(code(&env.create(b"bytes", &[]).await), 1009);

    let env = YoukuEnv::new(|_| ()).await;
    let body = br#"{"what":"access_token","client_id":"local-client"}"#.to_vec();
    assert_eq!(env.send("POST", "/_sandbox/expire", &[], body).await.0, 200);
    assert_eq!(code(&env.create(b"bytes", &[]).await), 1009);

    let env = YoukuEnv::new(|_| ()).await;
    let token = env.begin(b"bytes").await;
    env.server.control().faults.add(Rule::new("check", Fault::Expire));
    assert_eq!(code(&env.check(&token).await), EXPIRED_UPLOAD_TOKEN);
}

#[tokio::test]
async fn upload_tokens_end_with_their_life() {
    let env = YoukuEnv::new(|config| config.upload_token_life = Duration::ZERO).await;
    let token = env.create(b"bytes", &[]).await.1["upload_token"].as_str().unwrap().to_owned();
    assert_eq!(code(&env.commit(&token).await), EXPIRED_UPLOAD_TOKEN);
    assert_eq!(serde_json::json!(env.server.sessions()[0].state), "expired");
}

#[tokio::test]
async fn the_hourly_limit_covers_the_api_and_not_the_slices() {
    let env = YoukuEnv::new(|config| config.rate_limit_per_hour = Some(2)).await;
    let bytes = movie(3000);
    let token = env.begin(&bytes).await;
    env.deliver(&token, &bytes).await;
    assert_eq!(env.commit(&token).await.0, 200);
    let refused = env.commit(&token).await;
    assert_eq!((refused.0, code(&refused)), (403, 1017));
}

#[tokio::test]
async fn show_goes_from_encoding_to_the_final_state() {
    let env = YoukuEnv::switched(|switches| switches.encoding_shows = 2).await;
    let (_, id) = env.publish(b"bytes").await;
    let mut states = Vec::new();
    for _ in 0..3 {
        states.push(env.show(&id).await.1["state"].clone());
    }
    assert_eq!(states, ["encoding", "encoding", "normal"]);
    let (status, video) = env.show(&id).await;
    assert_eq!((status, &video["title"]), (200, &"海边的一天".into()));
    assert_eq!(video["link"], format!("https://v.youku.com/v_show/id_{id}.html"));

    let timed = Switches {
        encoding_shows: 9,
        encoding_ms: Some(0),
        final_state: "limited".into(),
        ..Switches::default()
    };
    env.server.set_switches(timed);
    assert_eq!(env.show(&id).await.1["state"], "limited");
}

#[tokio::test]
async fn show_knows_an_uncommitted_id_only_where_switched_so() {
    for (switch, expected) in [(None, 404), (Some("encoding".to_owned()), 200)] {
        let env = YoukuEnv::switched(|switches| switches.uncommitted_state = switch).await;
        let id = env.create(b"bytes", &[]).await.1["video_id"].as_str().unwrap().to_owned();
        assert_eq!(env.show(&id).await.0, expected);
        assert_eq!(env.show("Xunknown").await.0, 404);
    }
}

/// By its switches a second commit answers the same id, an error, or an expired token; there is one video
/// in each case.
#[tokio::test]
async fn a_second_commit_never_makes_a_second_video() {
    let env = YoukuEnv::new(|_| ()).await;
    let (token, id) = env.publish(b"bytes").await;
    assert_eq!(env.commit(&token).await, (200, serde_json::json!({"video_id": id})));

    env.server.set_switches(Switches { second_commit: SecondCommit::Refuse, ..Switches::default() });
    assert_eq!(env.commit(&token).await.0, 400);

    env.server.set_switches(Switches { committed_token_expired: true, ..Switches::default() });
    assert_eq!(code(&env.commit(&token).await), EXPIRED_UPLOAD_TOKEN);
    assert_eq!(code(&env.check(&token).await), EXPIRED_UPLOAD_TOKEN);

    let videos = env.server.videos();
    assert_eq!((videos.len(), videos[0].commits, videos[0].commit_calls), (1, 1, 4));
}

#[tokio::test]
async fn two_commits_at_once_make_one_video() {
    let env = YoukuEnv::new(|_| ()).await;
    let bytes = movie(5000);
    let token = env.begin(&bytes).await;
    env.deliver(&token, &bytes).await;
    let (one, two) = tokio::join!(env.commit(&token), env.commit(&token));
    assert_eq!((one.0, &one), (200, &two));
    let videos = env.server.videos();
    assert_eq!((videos.len(), videos[0].commits, videos[0].commit_calls), (1, 1, 2));
}

#[tokio::test]
async fn cancel_ends_a_session_and_after_a_commit_does_as_switched() {
    let env = YoukuEnv::new(|_| ()).await;
    let token = env.begin(b"bytes").await;
    let cancel = |token: String| {
        let env = &env;
        async move { env.api("GET", "/uploads/cancel.json", &[("upload_token", &token)]).await }
    };
    assert_eq!(cancel(token.clone()).await, (200, serde_json::json!({"upload_token": token})));
    assert_eq!(code(&env.commit(&token).await), EXPIRED_UPLOAD_TOKEN);
    assert_eq!(serde_json::json!(env.server.sessions()[0].state), "cancelled");

    let (token, _) = env.publish(b"bytes").await;
    assert_eq!(cancel(token.clone()).await.0, 400);
    env.server.set_switches(Switches { cancel_after_commit: CancelAfterCommit::Ok, ..Switches::default() });
    assert_eq!(cancel(token).await.0, 200);
    assert_eq!(env.server.videos().len(), 1);
}

#[tokio::test]
async fn errors_come_in_each_form() {
    let env = YoukuEnv::new(|_| ()).await;
    let error = async || {
        let request =
            Request::get("/videos/show.json?client_id=nobody&video_id=X").body(Body::empty()).unwrap();
        let (status, headers, body) = http_client::send(&env.server.api(), request).await;
        let content_type = headers[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        (status.as_u16(), content_type, String::from_utf8(body.to_vec()).unwrap())
    };
    let json = r#"{"error":{"code":1005,"description":"Client id invalid","type":"SystemException"}}"#;
    assert_eq!(error().await, (400, "application/json; charset=utf-8".into(), json.into()));
    env.server.set_switches(Switches {
        error_form: ErrorForm::Text,
        errors_answer_200: true,
        ..Switches::default()
    });
    assert_eq!(error().await, (200, "text/plain; charset=utf-8".into(), json.into()));
    env.server.set_switches(Switches { error_form: ErrorForm::Form, ..Switches::default() });
    assert_eq!(error().await.2, "code=1005&type=SystemException&description=Client+id+invalid");
}

/// A POST changes only the switches it names; an unknown one is refused.
#[tokio::test]
async fn switches_change_one_by_one_over_http() {
    let env = YoukuEnv::new(|_| ()).await;
    let post = async |body: &str| env.send("POST", "/_sandbox/switches", &[], body.as_bytes().to_vec()).await;
    assert_eq!(post(r#"{"second_commit":"refuse"}"#).await.0, 200);
    assert_eq!(post(r#"{"encoding_shows":5}"#).await.1["second_commit"], "refuse");
    assert_eq!(post(r#"{"second_comit":"kind"}"#).await.0, 400);
    let expected = Switches { second_commit: SecondCommit::Refuse, encoding_shows: 5, ..Switches::default() };
    assert_eq!(env.server.switches(), expected);
}
