//! Tokens, create, show, limits, switches of the API.

use std::time::{Duration, SystemTime};

use axum::body::Body;
use http::{Request, header};

use super::*;
use crate::youku::{CancelAfterCommit, ErrorForm, SecondCommit};

#[tokio::test]
async fn create_answers_get_and_post_in_each_mode_with_what_the_page_names() {
    let rig = Rig::new(|_| ()).await;
    let (status, slice) = rig.create(b"bytes", &[]).await;
    assert_eq!(status, 201);
    assert_eq!(slice["upload_server_uri"], rig.server.api().replace("http://", ""));
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
    let (status, oss) = rig.api("GET", "/uploads/create.json", &query).await;
    assert_eq!(status, 201);
    for field in
        ["upload_token", "video_id", "security_token", "oss_object", "temp_access_id", "temp_access_secret"]
    {
        assert!(oss[field].is_string(), "{field}");
    }
    assert_eq!(
        (&oss["endpoint"], &oss["oss_bucket"]),
        (&rig.server.bucket().into(), &"yk-source-upload".into())
    );
    assert_eq!(oss["expire_time"].as_str().unwrap().len(), "2019-01-07T13:03:04Z".len());
    assert!(oss["upload_server_uri"].is_null());
}

#[tokio::test]
async fn create_without_an_md5_or_with_a_bad_token_is_refused_in_youkus_shape() {
    let rig = Rig::new(|config| config.accounts[0].access_expires = Some(SystemTime::UNIX_EPOCH)).await;
    let expired = rig.create(b"bytes", &[]).await;
    assert_eq!((expired.0, code(&expired)), (400, 1009));
    assert_eq!(expired.1["error"]["type"], "SystemException");
    let invalid = rig.create(b"bytes", &[("access_token", "other")]).await;
    assert_eq!(code(&invalid), 1008);
    assert_eq!(code(&rig.create(b"bytes", &[("client_id", "other")]).await), 1005);

    let rig = Rig::new(|_| ()).await;
    let no_md5 = rig.create(b"bytes", &[("file_md5", "")]).await;
    assert!(no_md5.1["error"]["description"].as_str().unwrap().contains("file_md5"));
    assert_eq!(rig.create(b"bytes", &[("file_md5", ""), ("isweb", "1")]).await.0, 201);
    assert!(rig.server.videos().is_empty());
}

#[tokio::test]
async fn a_refresh_gives_a_new_pair_once_and_survives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let first = Rig::with(YoukuConfig::new(dir.path())).await;
    let (client, token) = (first.account.client_id.clone(), first.account.refresh_token.clone());
    let form = [("client_id", client.as_str()), ("grant_type", "refresh_token"), ("refresh_token", &token)];
    let form = serde_urlencoded::to_string(form).unwrap().into_bytes();
    let (status, pair) = first.send("POST", "/oauth2/token.json", &[], form.clone()).await;
    assert_eq!(
        (status, &pair["token_type"], &pair["expires_in"]),
        (200, &"bearer".into(), &2_592_000.into())
    );
    assert_ne!(first.send("POST", "/oauth2/token.json", &[], form.clone()).await.0, 200);

    let mut second = Rig::with(YoukuConfig::new(dir.path())).await;
    assert_ne!(second.send("POST", "/oauth2/token.json", &[], form).await.0, 200);
    second.account.access_token = pair["access_token"].as_str().unwrap().to_owned();
    assert_eq!(second.create(b"bytes", &[]).await.0, 201);
    assert_eq!(second.server.tokens(&client).unwrap().refresh_token, pair["refresh_token"]);
}

#[tokio::test]
async fn expiring_a_token_is_felt_by_the_next_call() {
    let rig = Rig::new(|_| ()).await;
    let (parts, ()) = Request::post("/uploads/create.json").body(()).unwrap().into_parts();
    rig.youku().expire(&parts);
    assert_eq!(code(&rig.create(b"bytes", &[]).await), 1009);

    let rig = Rig::new(|_| ()).await;
    let body = br#"{"what":"access_token","client_id":"local-client"}"#.to_vec();
    assert_eq!(rig.send("POST", "/_sandbox/expire", &[], body).await.0, 200);
    assert_eq!(code(&rig.create(b"bytes", &[]).await), 1009);

    let rig = Rig::new(|_| ()).await;
    let token = rig.begin(b"bytes").await;
    let (parts, ()) = Request::get("/gupload/check").body(()).unwrap().into_parts();
    rig.youku().expire(&parts);
    assert_eq!(code(&rig.check(&token).await), EXPIRED_UPLOAD_TOKEN);
}

#[tokio::test]
async fn upload_tokens_end_with_their_life() {
    let rig = Rig::new(|config| config.upload_token_life = Duration::ZERO).await;
    let token = rig.create(b"bytes", &[]).await.1["upload_token"].as_str().unwrap().to_owned();
    assert_eq!(code(&rig.commit(&token).await), EXPIRED_UPLOAD_TOKEN);
    assert_eq!(serde_json::json!(rig.server.sessions()[0].state), "expired");
}

#[tokio::test]
async fn the_hourly_limit_covers_the_api_and_not_the_slices() {
    let rig = Rig::new(|config| config.rate_limit_per_hour = Some(2)).await;
    let bytes = movie(3000);
    let token = rig.begin(&bytes).await;
    rig.deliver(&token, &bytes).await;
    assert_eq!(rig.commit(&token).await.0, 200);
    let refused = rig.commit(&token).await;
    assert_eq!((refused.0, code(&refused)), (403, 1017));
}

#[tokio::test]
async fn show_goes_from_encoding_to_the_final_state() {
    let rig = Rig::switched(|switches| switches.encoding_shows = 2).await;
    let (_, id) = rig.publish(b"bytes").await;
    let mut states = Vec::new();
    for _ in 0..3 {
        states.push(rig.show(&id).await.1["state"].clone());
    }
    assert_eq!(states, ["encoding", "encoding", "normal"]);
    let (status, video) = rig.show(&id).await;
    assert_eq!((status, &video["title"]), (200, &"海边的一天".into()));
    assert_eq!(video["link"], format!("https://v.youku.com/v_show/id_{id}.html"));

    let timed = Switches {
        encoding_shows: 9,
        encoding_ms: Some(0),
        final_state: "limited".into(),
        ..Switches::default()
    };
    rig.server.set_switches(timed);
    assert_eq!(rig.show(&id).await.1["state"], "limited");
}

#[tokio::test]
async fn show_knows_an_uncommitted_id_only_where_switched_so() {
    for (switch, expected) in [(None, 404), (Some("encoding".to_owned()), 200)] {
        let rig = Rig::switched(|switches| switches.uncommitted_state = switch).await;
        let id = rig.create(b"bytes", &[]).await.1["video_id"].as_str().unwrap().to_owned();
        assert_eq!(rig.show(&id).await.0, expected);
        assert_eq!(rig.show("Xunknown").await.0, 404);
    }
}

#[tokio::test]
async fn a_second_commit_is_kind_refusing_or_expired_and_never_makes_a_second_video() {
    let rig = Rig::new(|_| ()).await;
    let (token, id) = rig.publish(b"bytes").await;
    assert_eq!(rig.commit(&token).await, (200, serde_json::json!({"video_id": id})));

    rig.server.set_switches(Switches { second_commit: SecondCommit::Refuse, ..Switches::default() });
    assert_eq!(rig.commit(&token).await.0, 400);

    rig.server.set_switches(Switches { committed_token_expired: true, ..Switches::default() });
    assert_eq!(code(&rig.commit(&token).await), EXPIRED_UPLOAD_TOKEN);
    assert_eq!(code(&rig.check(&token).await), EXPIRED_UPLOAD_TOKEN);

    let videos = rig.server.videos();
    assert_eq!((videos.len(), videos[0].commits, videos[0].commit_calls), (1, 1, 4));
}

#[tokio::test]
async fn two_commits_at_once_make_one_video() {
    let rig = Rig::new(|_| ()).await;
    let bytes = movie(5000);
    let token = rig.begin(&bytes).await;
    rig.deliver(&token, &bytes).await;
    let (one, two) = tokio::join!(rig.commit(&token), rig.commit(&token));
    assert_eq!((one.0, &one), (200, &two));
    let videos = rig.server.videos();
    assert_eq!((videos.len(), videos[0].commits, videos[0].commit_calls), (1, 1, 2));
}

#[tokio::test]
async fn cancel_ends_a_session_and_after_a_commit_does_as_switched() {
    let rig = Rig::new(|_| ()).await;
    let token = rig.begin(b"bytes").await;
    let cancel = |token: String| {
        let rig = &rig;
        async move { rig.api("GET", "/uploads/cancel.json", &[("upload_token", &token)]).await }
    };
    assert_eq!(cancel(token.clone()).await, (200, serde_json::json!({"upload_token": token})));
    assert_eq!(code(&rig.commit(&token).await), EXPIRED_UPLOAD_TOKEN);
    assert_eq!(serde_json::json!(rig.server.sessions()[0].state), "cancelled");

    let (token, _) = rig.publish(b"bytes").await;
    assert_eq!(cancel(token.clone()).await.0, 400);
    rig.server.set_switches(Switches { cancel_after_commit: CancelAfterCommit::Ok, ..Switches::default() });
    assert_eq!(cancel(token).await.0, 200);
    assert_eq!(rig.server.videos().len(), 1);
}

#[tokio::test]
async fn errors_come_in_each_form() {
    let rig = Rig::new(|_| ()).await;
    let error = async || {
        let request =
            Request::get("/videos/show.json?client_id=nobody&video_id=X").body(Body::empty()).unwrap();
        let response = rig.youku().handle(request).await;
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let content_type = parts.headers[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        (parts.status.as_u16(), content_type, String::from_utf8(body.to_vec()).unwrap())
    };
    let json = r#"{"error":{"code":1005,"description":"Client id invalid","type":"SystemException"}}"#;
    assert_eq!(error().await, (400, "application/json; charset=utf-8".into(), json.into()));
    rig.server.set_switches(Switches {
        error_form: ErrorForm::Text,
        errors_answer_200: true,
        ..Switches::default()
    });
    assert_eq!(error().await, (200, "text/plain; charset=utf-8".into(), json.into()));
    rig.server.set_switches(Switches { error_form: ErrorForm::Form, ..Switches::default() });
    assert_eq!(error().await.2, "code=1005&type=SystemException&description=Client+id+invalid");
}

#[tokio::test]
async fn switches_change_from_outside_one_by_one_and_unknown_ones_are_refused() {
    let rig = Rig::new(|_| ()).await;
    let post = async |body: &str| rig.send("POST", "/_sandbox/switches", &[], body.as_bytes().to_vec()).await;
    assert_eq!(post(r#"{"second_commit":"refuse"}"#).await.0, 200);
    assert_eq!(post(r#"{"encoding_shows":5}"#).await.1["second_commit"], "refuse");
    assert_eq!(post(r#"{"second_comit":"kind"}"#).await.0, 400);
    let expected = Switches { second_commit: SecondCommit::Refuse, encoding_shows: 5, ..Switches::default() };
    assert_eq!(rig.server.switches(), expected);
}
