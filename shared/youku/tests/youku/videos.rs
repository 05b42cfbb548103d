//! The calls about videos that are there: what they send, and the host on which each is found.

use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{ACCESS_TOKEN, client, form_of, http, json, only_request, pairs, query_of};
use youku::{
    CallUrls, Client, Config, ErrorKind, FoundHost, HeldHost, HostedCall, RetryAdvice, VideoEdit,
    VideoMetadata, VideoState,
};

const UNKNOWN: &str =
    r#"{"error":{"code":120020001,"type":"VideosException","description":"Video does not exist"}}"#;

async fn mount(server: &MockServer, verb: &str, at: &str, answer: ResponseTemplate) {
    Mock::given(method(verb)).and(path(at)).respond_with(answer).mount(server).await;
}

/// The paths that were asked, in order.
async fn asked(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    requests.iter().map(|request| request.url.path().to_owned()).collect()
}

fn edit(json: &str) -> VideoEdit {
    VideoEdit::new(serde_json::from_str::<VideoMetadata>(json).unwrap()).unwrap()
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[tokio::test]
async fn a_batch_sends_all_ids_in_one_field() {
    let server = MockServer::start().await;
    let answer = r#"{"total":"2","videos":[{"id":"XA==","state":"normal","public_type":"password"},
        {"id":"XB==","state":"none"},{"title":"no id"},7]}"#;
    mount(&server, "GET", "/videos/show_batch.json", json(200, answer)).await;
    let client = client(&server.uri());
    let videos = client.show_batch(&ids(&["XA==", "XB==", "XC=="])).await.unwrap().unwrap();
    let request = only_request(&server).await;
    assert_eq!(query_of(&request), pairs(&[("client_id", "client-id"), ("video_ids", "XA==,XB==,XC==")]));
    assert!(request.url.query().unwrap().ends_with("video_ids=XA%3D%3D%2CXB%3D%3D%2CXC%3D%3D"));
    let states: Vec<_> = videos.iter().map(|video| (video.id.as_str(), video.state)).collect();
    assert_eq!(states, [("XA==", VideoState::Normal), ("XB==", VideoState::Absent)]);
    assert_eq!(videos[0].public_type.as_deref(), Some("password"));
}

/// The older host is asked where the newer has a 404 of no matter what gateway, and from then on alone.
#[tokio::test]
async fn a_call_is_found_on_the_older_host_and_stays_there() {
    for gateway in ["<html>404</html>", "", "{}", r#"{"message":"no route"}"#] {
        let server = MockServer::start().await;
        mount(&server, "GET", "/videos/show_batch.json", json(404, gateway)).await;
        mount(&server, "GET", "/v2/videos/show_batch.json", json(200, r#"{"videos":[]}"#)).await;
        let client = client(&server.uri());
        assert_eq!(client.found_host(HostedCall::ShowBatch), None);
        for _ in 0..2 {
            assert_eq!(client.show_batch(&ids(&["X1"])).await.unwrap(), Some(Vec::new()), "{gateway}");
        }
        let (new, old) = ("/videos/show_batch.json", "/v2/videos/show_batch.json");
        assert_eq!(asked(&server).await, [new, old, old]);
        // Another account of the application, and not another call.
        let other = client.with_token("other".into());
        assert_eq!(other.found_host(HostedCall::ShowBatch), Some(FoundHost::Old));
        assert_eq!(other.found_host(HostedCall::Update), None);
    }
}

#[tokio::test]
async fn an_error_of_youkus_own_is_an_answer_of_the_newer_host() {
    let server = MockServer::start().await;
    mount(&server, "GET", "/videos/show.json", json(404, UNKNOWN)).await;
    mount(&server, "POST", "/videos/update.json", json(404, UNKNOWN)).await;
    let client = client(&server.uri());
    assert_eq!(client.show("X1").await.unwrap(), None);
    let refused = client.update("X1", &edit(r#"{"title":"新"}"#)).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotFound);
    assert_eq!(asked(&server).await, ["/videos/show.json", "/videos/update.json"]);
    assert_eq!(client.found_host(HostedCall::Update), Some(FoundHost::New));
}

/// What was found is looked for again once it is gone from there.
#[tokio::test]
async fn a_call_that_moves_back_is_found_again() {
    let server = MockServer::start().await;
    let at_old = Mock::given(path("/v2/videos/show.json")).respond_with(json(200, r#"{"id":"X1"}"#));
    let guard = at_old.up_to_n_times(1).mount_as_scoped(&server).await;
    let client = client(&server.uri());
    assert!(client.show("X1").await.unwrap().is_some());
    drop(guard);
    mount(&server, "GET", "/videos/show.json", json(200, r#"{"id":"X1"}"#)).await;
    assert!(client.show("X1").await.unwrap().is_some());
    assert_eq!(client.found_host(HostedCall::Show), Some(FoundHost::New));
}

#[tokio::test]
async fn without_either_host_reading_says_none_and_changing_fails() {
    let server = MockServer::start().await;
    let client = client(&server.uri());
    assert_eq!(client.show_batch(&ids(&["X1"])).await.unwrap(), None);
    assert_eq!(client.own_videos(1, 20).await.unwrap(), None);
    assert_eq!(client.find_own("X1").await.unwrap(), None);
    let error = client.update("X1", &edit(r#"{"title":"新"}"#)).await.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (ErrorKind::Refused, RetryAdvice::Permanent));
    assert!(error.to_string().contains("no host of Youku's has this call"), "{error}");
    assert_eq!(client.found_host(HostedCall::Update), None);
}

/// A host that fails or cannot be reached proves nothing about the call.
#[tokio::test]
async fn a_host_that_fails_is_not_remembered() {
    let server = MockServer::start().await;
    mount(&server, "GET", "/videos/show_batch.json", json(503, "")).await;
    let client = client(&server.uri());
    let failed = client.show_batch(&ids(&["X1"])).await.unwrap_err();
    assert_eq!((failed.kind(), client.found_host(HostedCall::ShowBatch)), (ErrorKind::Unavailable, None));

    let server = MockServer::start().await;
    let mut config = Config::new("client-id", ACCESS_TOKEN.into());
    (config.api, config.old_api) = (server.uri(), "http://127.0.0.1:1".into());
    let client = Client::new(config, http());
    let failed = client.show_batch(&ids(&["X1"])).await.unwrap_err();
    assert_eq!((failed.kind(), client.found_host(HostedCall::ShowBatch)), (ErrorKind::Connection, None));
}

#[tokio::test]
async fn a_stated_base_url_is_asked_alone() {
    let server = MockServer::start().await;
    let mut config = Config::new("client-id", ACCESS_TOKEN.into());
    config.api = server.uri();
    let urls = CallUrls { show_batch: Some(format!("{}/v3/", server.uri())), ..CallUrls::default() };
    config.call_urls = urls;
    let client = Client::new(config, http());
    assert_eq!(client.show_batch(&ids(&["X1"])).await.unwrap(), None);
    assert_eq!(asked(&server).await, ["/v3/videos/show_batch.json"]);
    assert_eq!(client.found_host(HostedCall::ShowBatch), Some(FoundHost::Stated));
}

#[tokio::test]
async fn an_update_posts_what_it_states_and_nothing_empty() {
    let server = MockServer::start().await;
    mount(&server, "POST", "/videos/update.json", json(200, r#"{"id":"X1"}"#)).await;
    let stated =
        edit(r#"{"title":"新","tags":["海边","sea"],"public_type":"password","watch_password":"开门"}"#);
    client(&server.uri()).update("X1", &stated).await.unwrap();
    let request = only_request(&server).await;
    assert_eq!(request.url.query(), None);
    let form = [
        ("client_id", "client-id"),
        ("access_token", ACCESS_TOKEN),
        ("video_id", "X1"),
        ("title", "新"),
        ("tags", "海边,sea"),
        ("public_type", "password"),
        ("watch_password", "开门"),
    ];
    assert_eq!(form_of(&request), pairs(&form));
}

#[tokio::test]
async fn an_update_needs_the_id_in_its_answer() {
    for (answer, kind) in [
        (json(200, "{}"), ErrorKind::Protocol),
        (
            json(500, r#"{"error":{"code":1002,"type":"SystemException","description":"System error"}}"#),
            ErrorKind::Unavailable,
        ),
        (
            json(200, r#"{"error":{"code":1008,"type":"SystemException","description":"x"}}"#),
            ErrorKind::AccessTokenRefused,
        ),
    ] {
        let server = MockServer::start().await;
        mount(&server, "POST", "/videos/update.json", answer).await;
        let error = client(&server.uri()).update("X1", &edit(r#"{"title":"新"}"#)).await.unwrap_err();
        assert_eq!(error.kind(), kind);
    }
}

/// Pages end by the numbers that Youku answers, as texts too, by a page that is not full, and by the code for what is beyond.
#[tokio::test]
async fn own_videos_are_read_page_by_page_to_the_end() {
    let beyond = r#"{"error":{"code":120040101,"type":"SystemException","description":"x"}}"#;
    for (answer, total, is_last) in [
        (
            json(200, r#"{"total":"5","page":"1","count":"2","videos":[{"id":"X1"},{"id":"X2"}]}"#),
            Some(5),
            false,
        ),
        (json(200, r#"{"total":2,"page":1,"count":2,"videos":[{"id":"X1"},{"id":"X2"}]}"#), Some(2), true),
        (json(200, r#"{"total":9,"page":1,"count":2,"videos":[]}"#), Some(9), true),
        (json(200, r#"{"videos":[{"id":"X1"},{"id":"X2"}]}"#), None, false),
        (json(200, r#"{"videos":[{"id":"X1"}]}"#), None, true),
        (json(400, beyond), None, true),
    ] {
        let server = MockServer::start().await;
        mount(&server, "GET", "/videos/by_me.json", answer).await;
        let page = client(&server.uri()).own_videos(1, 2).await.unwrap().unwrap();
        assert_eq!((page.total, page.is_last), (total, is_last));
        let query = [
            ("client_id", "client-id"),
            ("access_token", ACCESS_TOKEN),
            ("orderby", "published"),
            ("page", "1"),
            ("count", "2"),
        ];
        assert_eq!(query_of(&only_request(&server).await), pairs(&query));
    }
}

/// A video is looked for by its id alone, and not on more than four pages.
#[tokio::test]
async fn a_video_is_looked_for_on_a_few_pages() {
    let server = MockServer::start().await;
    let page = |id: &str| {
        json(200, &format!(r#"{{"total":1000,"count":50,"videos":[{{"id":"{id}","state":"limited"}}]}}"#))
    };
    for (number, id) in [("1", "X1"), ("2", "X2"), ("3", "X3"), ("4", "X4"), ("5", "X5")] {
        let mock = Mock::given(path("/videos/by_me.json")).and(query_param("page", number));
        mock.respond_with(page(id)).mount(&server).await;
    }
    // The answers state no page: the number that was asked for counts.
    let client = client(&server.uri());
    assert_eq!(client.find_own("X2").await.unwrap().unwrap().state, VideoState::Limited);
    assert_eq!(asked(&server).await.len(), 2);
    assert_eq!(client.find_own("X5").await.unwrap(), None);
    assert_eq!(asked(&server).await.len(), 6);
}

/// A removal names the video in a form, on the host that has the call; a client that is held to one host asks no other.
#[tokio::test]
async fn a_video_is_removed_on_the_host_that_has_the_call() {
    let server = MockServer::start().await;
    mount(&server, "POST", "/videos/destroy.json", json(404, "<html>404</html>")).await;
    mount(&server, "POST", "/v2/videos/destroy.json", json(200, r#"{"id":"XA=="}"#)).await;
    let client = client(&server.uri());
    client.destroy("XA==").await.unwrap();
    assert_eq!(client.found_host(HostedCall::Destroy), Some(FoundHost::Old));
    let requests = server.received_requests().await.unwrap();
    let expected = pairs(&[("client_id", "client-id"), ("access_token", ACCESS_TOKEN), ("video_id", "XA==")]);
    assert!(requests[1].url.query().is_none() && form_of(&requests[1]) == expected);
    let refused = client.held_to(HeldHost::New).destroy("XA==").await.unwrap_err();
    assert_eq!((refused.kind(), refused.details().code), (ErrorKind::Refused, None));
    client.held_to(HeldHost::Old).destroy("XA==").await.unwrap();
    let (new, old) = ("/videos/destroy.json", "/v2/videos/destroy.json");
    assert_eq!(asked(&server).await, [new, old, new, old]);
}
