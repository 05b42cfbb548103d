//! What a token may do, and whose objects a task may name.

use super::*;
use serde_json::Value;

const HASH: &str = "4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631";

fn settings_with_rights(rights: &str) -> String {
    format!("[http]\ntokens = [{{ sha256 = '{HASH}', rights = [{rights}] }}]\n")
}

/// Each route needs its right, and a missing one is answered by the function's own 403.
#[tokio::test]
async fn each_route_needs_its_right() {
    let id = format!("/uploads/{}", "0".repeat(32));
    let actions = ["retry", "cancel", "callback"].map(|action| format!("{id}/{action}"));
    let routes = [("POST", "/uploads", "submit"), ("GET", "/uploads", "read"), ("GET", id.as_str(), "read")];
    let routes = routes.into_iter().chain(actions.iter().map(|action| ("POST", action.as_str(), "manage")));
    let routes: Vec<_> = routes.collect();
    let trusted = |tokens: String| format!("{tokens}trust_gateway = true\n");
    let cases = [
        (TOKENS.to_owned(), &["submit", "read"][..]),
        (settings_with_rights("'submit'"), &["submit"]),
        (settings_with_rights("'read'"), &["read"]),
        (settings_with_rights("'manage'"), &["manage"]),
        (settings_with_rights(""), &[]),
        (settings_with_rights("'submit', 'read', 'manage'"), &["submit", "read", "manage"]),
        ("[http]\ntrust_gateway = true\n".to_owned(), &["submit", "read"]),
        (trusted(settings_with_rights("'manage'")), &["submit", "read", "manage"]),
    ];
    for (settings, allowed) in cases {
        for &(verb, at, right) in &routes {
            let mut request = post("{}");
            *request.method_mut() = verb.parse().unwrap();
            *request.uri_mut() = at.parse().unwrap();
            let (status, headers, body) =
                read_whole(build_api(&settings).oneshot(request).await.unwrap()).await;
            let case = format!("{settings} {verb} {at}");
            if allowed.contains(&right) {
                assert!(![StatusCode::FORBIDDEN, StatusCode::UNAUTHORIZED].contains(&status), "{case}");
                continue;
            }
            assert_eq!(status, StatusCode::FORBIDDEN, "{case}");
            let text = format!("the token lacks the right {right}");
            let golden = format!(
                r#"{{"code":"403","msg":"{text}","info":"{text}","error":"forbidden","data":{{"key":""}}}}"#
            );
            assert_eq!(String::from_utf8(body.to_vec()).unwrap(), golden);
            let challenge = format!(r#"Bearer error="insufficient_scope", scope="{right}""#);
            assert_eq!(headers[header::WWW_AUTHENTICATE], challenge);
        }
    }
}

/// The owner of the process needs no token, and no settings that let anybody in; a function's router does not take that from a request.
#[tokio::test]
async fn the_owner_has_every_right_without_a_token() {
    let id = format!("/uploads/{}", "0".repeat(32));
    let actions = ["retry", "cancel", "callback"].map(|action| format!("{id}/{action}"));
    let reads = ["/uploads", &id].map(|path| ("GET", path));
    let writes = [("POST", "/uploads")].into_iter().chain(actions.iter().map(|path| ("POST", path.as_str())));
    for (verb, at) in reads.into_iter().chain(writes) {
        let send = async |as_owner: bool| {
            let (app, _ledger) = build_app("");
            let api = if as_owner { owner_router(app) } else { router(app) };
            let request = Request::builder().method(verb).uri(at).header("rights", "submit, read, manage");
            api.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status()
        };
        let (owner, other) = (send(true).await, send(false).await);
        assert!(![StatusCode::FORBIDDEN, StatusCode::UNAUTHORIZED].contains(&owner), "{verb} {at}: {owner}");
        assert_eq!(other, StatusCode::UNAUTHORIZED, "{verb} {at}");
    }
}

#[tokio::test]
async fn an_unknown_token_is_401_whatever_the_others_may() {
    for settings in [settings_with_rights("'submit', 'read', 'manage'"), settings_with_rights("")] {
        let mut request = post(TASK);
        request.headers_mut().insert(header::AUTHORIZATION, "Bearer another".parse().unwrap());
        let (status, _, outcome) = send(build_api(&settings), request).await;
        assert_eq!((status, outcome.error.as_deref()), (StatusCode::UNAUTHORIZED, Some("unauthorized")));
    }
}

/// A source outside is refused with 400 that names the setting, before any request to a store or to Youku.
#[tokio::test]
async fn a_source_outside_the_permitted_places_is_400() {
    let server = start_server("/bucket/a.mp4", &[]).await;
    let settings =
        settings_over(&server).replace(TOKENS, &format!("{TOKENS}sources = ['oss://bucket/films/']\n"));
    for task in [
        TASK.to_owned(),
        r#"{"source":"oss://bucket/films-secret/a.mp4"}"#.into(),
        r#"{"source":"oss://bucket/films/../a.mp4"}"#.into(),
        r#"{"source":"s3://bucket/films/a.mp4"}"#.into(),
        r#"{"conf":{"keyname":"a"}}"#.into(),
        r#"{"conf":{"keyname":"../../films/a"}}"#.into(),
    ] {
        let (status, _, outcome) = send(build_api(&settings), post(task.clone())).await;
        assert_eq!((status, outcome.error.as_deref()), (StatusCode::BAD_REQUEST, Some("invalid_job")));
        let field = if task.contains("conf") { "conf.keyname" } else { "source" };
        assert!(outcome.msg.contains(&format!("field: {field}")), "{}", outcome.msg);
        // A key that no object has is wrong wherever it lies.
        let why =
            if task.contains("..") { "the key has a segment . or .." } else { "the setting http.sources" };
        assert!(outcome.msg.contains(why), "{}", outcome.msg);
        let key = if task.contains("conf") { "a" } else { "a.mp4" };
        assert!(outcome.data.key.ends_with(key), "{}", outcome.data.key);
    }
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
    let inside = r#"{"source":"oss://bucket/films/a.mp4"}"#;
    let (status, _, _) = send(build_api(&settings), post(inside)).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "the store was asked");
    let asked: Value = server.received_requests().await.unwrap().len().into();
    assert_ne!(asked, 0);
}
