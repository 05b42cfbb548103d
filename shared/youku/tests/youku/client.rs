//! Every call to the API host, as it goes out and as its answer is read.

use std::time::{Duration, SystemTime};

use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{
    ACCESS_TOKEN, UPLOAD_TOKEN, a_video, a_video_with, an_md5, client, form_of, http, json, only_request,
    pairs, query_of,
};
use secrecy::ExposeSecret as _;
use youku::{
    Client, Config, CopyrightType, ErrorKind, PublicType, RetryAdvice, UploadTarget, VideoMetadata,
    VideoState,
};

const OSS_SESSION: &str = r#"{"upload_token":"upload-token-of-the-test","video_id":"XNDg2","endpoint":"oss-cn-shanghai.aliyuncs.com",
    "security_token":"sts-token","oss_bucket":"yk-source-upload","oss_object":"a/b.mp4","temp_access_id":"STS.id",
    "temp_access_secret":"sts-secret","expire_time":"2019-01-07T13:03:04Z","something_new":{"a":1}}"#;

fn target(object: &str) -> UploadTarget {
    UploadTarget {
        endpoint: "oss-cn-shanghai.aliyuncs.com".into(),
        bucket: "yk-source-upload".into(),
        object: object.into(),
    }
}

async fn serving(verb: &str, at: &str, answer: ResponseTemplate) -> (MockServer, Client) {
    let server = MockServer::start().await;
    Mock::given(method(verb)).and(path(at)).respond_with(answer).mount(&server).await;
    let client = client(&format!("{}/", server.uri()));
    (server, client)
}

#[tokio::test]
async fn creating_in_oss_mode_posts_a_form_and_reads_the_grant() {
    let (server, client) = serving("POST", "/uploads/create.json", json(201, OSS_SESSION)).await;
    let session = client.create_for_oss(&a_video(), Some(an_md5())).await.unwrap();

    let request = only_request(&server).await;
    assert_eq!(request.url.query(), None);
    let form = pairs(&[
        ("client_id", "client-id"),
        ("access_token", ACCESS_TOKEN),
        ("file_name", "holiday.mp4"),
        ("file_size", "1048576"),
        ("file_md5", "9e107d9d372bb6826bd81d3542a419d6"),
        ("title", "A holiday"),
        ("tags", "travel,海边"),
        ("isnew", "1"),
    ]);
    assert_eq!(form_of(&request), form);

    assert_eq!(session.upload_token.expose_secret(), UPLOAD_TOKEN);
    assert_eq!(session.video_id.as_deref(), Some("XNDg2"));
    let grant = session.credentials;
    assert_eq!(grant.target, target("a/b.mp4"));
    assert_eq!(grant.access_key_id, "STS.id");
    assert_eq!(grant.access_key_secret.expose_secret(), "sts-secret");
    assert_eq!(grant.security_token.expose_secret(), "sts-token");
    assert_eq!(grant.expires, SystemTime::UNIX_EPOCH + Duration::from_secs(1_546_866_184));
}

#[tokio::test]
async fn creating_in_slice_mode_sends_every_optional_field() {
    let answer =
        r#"{"upload_token":"t","upload_server_uri":"g01.upload.youku.com","instant_upload_ok":"no"}"#;
    let (server, client) = serving("POST", "/uploads/create.json", json(201, answer)).await;
    let video = a_video_with(|stated| {
        let optional = VideoMetadata {
            category: Some("Travel".to_owned()),
            description: Some("a & b = c".to_owned()),
            copyright_type: Some(CopyrightType::Reproduced),
            public_type: Some(PublicType::Password),
            watch_password: Some("open sesame".into()),
            thumbnail: Some("3".to_owned()),
            latitude: Some(31.25),
            longitude: Some(-121.5),
            shoot_time: Some("2026-11-01 10:00:00".to_owned()),
            deshake: Some(true),
            ..VideoMetadata::default()
        };
        *stated = VideoMetadata::merge(optional, stated.clone());
    });
    let session = client.create_for_slices(&video, an_md5()).await.unwrap();
    assert_eq!(session.upload_server_uri, "g01.upload.youku.com");
    assert_eq!((session.video_id, session.already_stored), (None, false));

    let form = form_of(&only_request(&server).await);
    let optional = pairs(&[
        ("category", "Travel"),
        ("description", "a & b = c"),
        ("copyright_type", "reproduced"),
        ("public_type", "password"),
        ("watch_password", "open sesame"),
        ("thumbnail", "3"),
        ("latitude", "31.25"),
        ("longitude", "-121.5"),
        ("shoot_time", "2026-11-01 10:00:00"),
        ("deshake", "1"),
    ]);
    assert_eq!(form[7..], optional);
}

#[tokio::test]
async fn a_slice_session_may_say_that_the_bytes_are_there_already() {
    let answer = r#"{"upload_token":"t","upload_server_uri":"g01","video_id":"X","instant_upload_ok":"yes"}"#;
    let (server, client) = serving("POST", "/uploads/create.json", json(201, answer)).await;
    let video = a_video_with(|stated| stated.public_type = Some(PublicType::Friend));
    assert!(client.create_for_slices(&video, an_md5()).await.unwrap().already_stored);
    let form = form_of(&only_request(&server).await);
    assert_eq!(form.last().unwrap(), &("public_type".to_owned(), "friend".to_owned()));
}

#[tokio::test]
async fn an_oss_session_without_a_grant_names_the_missing_field() {
    let answer = json(201, r#"{"upload_token":"very-secret","video_id":"X"}"#);
    let (_server, client) = serving("POST", "/uploads/create.json", answer).await;
    let error = client.create_for_oss(&a_video(), Some(an_md5())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert_eq!(error.context(), [("field", "oss_bucket".to_owned())]);
}

#[tokio::test]
async fn refreshing_reads_a_life_written_as_a_string() {
    let answer = r#"{"access_token":"new-access","expires_in":"2592000","refresh_token":"new-refresh","token_type":"bearer"}"#;
    let (server, client) = serving("POST", "/oauth2/token.json", json(200, answer)).await;
    let pair = client.refresh(&"old-refresh".into()).await.unwrap();
    assert_eq!(pair.access_token.expose_secret(), "new-access");
    assert_eq!(pair.refresh_token.expose_secret(), "new-refresh");
    assert_eq!(pair.expires_in, Duration::from_secs(2_592_000));
    let request = only_request(&server).await;
    assert_eq!(request.url.query(), None);
    let form =
        [("client_id", "client-id"), ("grant_type", "refresh_token"), ("refresh_token", "old-refresh")];
    assert_eq!(form_of(&request), pairs(&form));
}

/// The refresh token is spent: whatever is said of the lifetime, the new pair is kept.
#[tokio::test]
async fn refreshing_keeps_the_new_pair_whatever_its_life_is() {
    let stated = [
        (r#","expires_in":2592000"#, 2_592_000),
        (r#","expires_in":2592000.0"#, 2_592_000),
        (r#","expires_in":"2592000.9""#, 2_592_000),
        (r#","expires_in":2.592e6"#, 2_592_000),
        (r#","expires_in":0.5"#, 0),
        (r#","expires_in":0"#, 0),
        (r#","expires_in":-1"#, 0),
        (r#","expires_in":"-0.5""#, 0),
        (r#","expires_in":1e300"#, 0),
        (r#","expires_in":"NaN""#, 0),
        (r#","expires_in":"a month""#, 0),
        (r#","expires_in":"""#, 0),
        (r#","expires_in":null"#, 0),
        (r#","expires_in":[60]"#, 0),
        ("", 0),
    ];
    for (life, seconds) in stated {
        let answer = format!(r#"{{"access_token":"a","refresh_token":"r"{life}}}"#);
        let (_server, client) = serving("POST", "/oauth2/token.json", json(200, &answer)).await;
        let pair = client.refresh(&"old-refresh".into()).await.unwrap();
        assert_eq!((pair.access_token.expose_secret(), pair.refresh_token.expose_secret()), ("a", "r"));
        assert_eq!(pair.expires_in, Duration::from_secs(seconds), "{answer}");
    }
}

#[tokio::test]
async fn refreshing_sends_the_client_secret_when_there_is_one() {
    let answer = r#"{"access_token":"a","expires_in":60,"refresh_token":"r"}"#;
    let (server, _) = serving("POST", "/oauth2/token.json", json(200, answer)).await;
    let mut config = Config::new("client-id", ACCESS_TOKEN.into());
    config.api = server.uri();
    config.client_secret = Some("client-secret".into());
    let pair = Client::new(config, http()).refresh(&"r".into()).await.unwrap();
    assert_eq!(pair.expires_in, Duration::from_secs(60));
    let form = form_of(&only_request(&server).await);
    assert_eq!(form.last().unwrap(), &("client_secret".to_owned(), "client-secret".to_owned()));
}

#[tokio::test]
async fn fresh_credentials_are_for_the_same_place() {
    let answer = r#"{"endpoint":"oss-cn-shanghai.aliyuncs.com","security_token":"s2","temp_access_id":"STS.2",
        "temp_access_secret":"k2","expire_time":"2019-01-07T14:03:04Z"}"#;
    let (server, client) = serving("GET", "/uploads/get_sts_inf.json", json(200, answer)).await;
    let grant = client.sts(&UPLOAD_TOKEN.into(), &target("a/b c.mp4")).await.unwrap();
    assert_eq!(grant.target, target("a/b c.mp4"));
    assert_eq!(grant.access_key_id, "STS.2");
    let query = [
        ("client_id", "client-id"),
        ("access_token", ACCESS_TOKEN),
        ("upload_token", UPLOAD_TOKEN),
        ("oss_bucket", "yk-source-upload"),
        ("oss_object", "a/b c.mp4"),
    ];
    assert_eq!(query_of(&only_request(&server).await), pairs(&query));
}

#[tokio::test]
async fn an_expiry_that_is_no_time_is_named() {
    let answer = r#"{"endpoint":"e","security_token":"s","temp_access_id":"i","temp_access_secret":"k","expire_time":"soon"}"#;
    let (_server, client) = serving("GET", "/uploads/get_sts_inf.json", json(200, answer)).await;
    let error = client.sts(&UPLOAD_TOKEN.into(), &target("o")).await.unwrap_err();
    assert_eq!(error.to_string(), "Youku sts: the answer is not understood (field expire_time)");
}

#[tokio::test]
async fn committing_answers_the_video_id_if_there_is_one() {
    let (server, client) =
        serving("POST", "/uploads/commit.json", json(200, r#"{"video_id":"XNDg2Mzg2NDA0"}"#)).await;
    let id = client.commit(&UPLOAD_TOKEN.into(), Some("10.30.88.156")).await.unwrap();
    assert_eq!(id.as_deref(), Some("XNDg2Mzg2NDA0"));
    let request = only_request(&server).await;
    assert_eq!(request.url.query(), None);
    let form = [
        ("client_id", "client-id"),
        ("access_token", ACCESS_TOKEN),
        ("upload_token", UPLOAD_TOKEN),
        ("upload_server_ip", "10.30.88.156"),
    ];
    assert_eq!(form_of(&request), pairs(&form));

    for answer in ["{}", r#"{"video_id":""}"#, r#"{"video_id":null}"#, r#"{"result":0}"#] {
        let (server, client) = serving("POST", "/uploads/commit.json", json(200, answer)).await;
        assert_eq!(client.commit(&UPLOAD_TOKEN.into(), None).await.unwrap(), None, "{answer}");
        assert_eq!(form_of(&only_request(&server).await), pairs(&form[..3]));
    }
}

#[tokio::test]
async fn cancelling_names_the_upload_of_another_account() {
    let answer = json(200, r#"{"upload_token":"t"}"#);
    let (server, client) = serving("GET", "/uploads/cancel.json", answer).await;
    client.with_token("another-token".into()).cancel(&UPLOAD_TOKEN.into(), None).await.unwrap();
    let query =
        [("client_id", "client-id"), ("access_token", "another-token"), ("upload_token", UPLOAD_TOKEN)];
    assert_eq!(query_of(&only_request(&server).await), pairs(&query));
}

#[tokio::test]
async fn showing_a_video_needs_no_token() {
    let answer = r#"{"id":"XNDg2","title":"片","link":"https://v.youku.com/v_show/id_XNDg2.html","state":"in_review","duration":"1.5"}"#;
    let (server, client) = serving("GET", "/videos/show.json", json(200, answer)).await;
    let video = client.show("XNDg2").await.unwrap().unwrap();
    assert_eq!((video.id.as_str(), video.title.as_deref()), ("XNDg2", Some("片")));
    assert_eq!(video.link, "https://v.youku.com/v_show/id_XNDg2.html");
    assert_eq!(video.state, VideoState::InReview);
    let query = [("client_id", "client-id"), ("video_id", "XNDg2")];
    assert_eq!(query_of(&only_request(&server).await), pairs(&query));
}

#[tokio::test]
async fn each_video_state_is_read_and_a_missing_link_is_made() {
    let states = [
        ("normal", VideoState::Normal),
        ("encoding", VideoState::Encoding),
        ("fail", VideoState::Failed),
        ("limited", VideoState::Limited),
        ("blocked", VideoState::Blocked),
        ("none", VideoState::Absent),
        ("archived", VideoState::Other),
        ("<b>", VideoState::Other),
    ];
    for (word, state) in states {
        let answer = format!(r#"{{"id":"X1","state":"{word}"}}"#);
        let (_server, client) = serving("GET", "/videos/show.json", json(200, &answer)).await;
        let video = client.show("X1").await.unwrap().unwrap();
        assert_eq!((video.state, video.title), (state, None));
        assert_eq!(video.unlisted_state.as_deref(), (word == "archived").then_some(word));
        assert_eq!(video.link, "https://v.youku.com/v_show/id_X1.html");
    }
}

#[tokio::test]
async fn an_unknown_video_is_none_and_an_unknown_path_is_an_error() {
    let unknown =
        r#"{"error":{"code":120020001,"type":"VideosException","description":"Video does not exist"}}"#;
    for (status, body) in [(404, unknown), (400, unknown), (200, "{}")] {
        let (_server, client) = serving("GET", "/videos/show.json", json(status, body)).await;
        assert_eq!(client.show("X1").await.unwrap(), None);
    }
    let method = r#"{"error":{"code":1002,"type":"SystemException","description":"Method not found"}}"#;
    for body in [method, "<html>no such page</html>", "{}"] {
        let (_server, client) = serving("GET", "/videos/show.json", json(404, body)).await;
        assert_eq!(client.show("X1").await.unwrap_err().kind(), ErrorKind::Refused);
    }
}

#[tokio::test]
async fn nothing_a_person_may_see_holds_a_secret() {
    let (_server, here) = serving("POST", "/uploads/create.json", json(201, OSS_SESSION)).await;
    let video = a_video_with(|stated| {
        stated.public_type = Some(PublicType::Password);
        stated.watch_password = Some("open sesame".into());
    });
    let session = here.create_for_oss(&video, Some(an_md5())).await.unwrap();
    let pair = youku::TokenPair {
        access_token: ACCESS_TOKEN.into(),
        refresh_token: UPLOAD_TOKEN.into(),
        expires_in: Duration::ZERO,
    };
    let nowhere = client("http://127.0.0.1:1");
    let lost = nowhere.sts(&UPLOAD_TOKEN.into(), &target("o")).await.unwrap_err();
    assert_eq!(lost.kind(), ErrorKind::Connection);
    let seen = format!("{here:?} {video:?} {session:?} {pair:?} {lost:?} {lost:#?} {lost}");
    for secret in [ACCESS_TOKEN, UPLOAD_TOKEN, "open sesame", "sts-secret", "sts-token"] {
        assert!(!seen.contains(secret), "{secret} in {seen}");
    }
    let mut cause = std::error::Error::source(&lost);
    while let Some(error) = cause {
        assert!(!error.to_string().contains("token"), "{error}");
        cause = error.source();
    }
}

#[tokio::test]
async fn a_base_url_that_is_none_is_a_matter_of_settings() {
    let error = client("no url").show("X1").await.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (ErrorKind::Config, RetryAdvice::Permanent));
}
