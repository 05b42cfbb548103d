//! `GET /probe`: off by default, for tokens with the right `manage` alone, and without a value.

use super::*;
use serde_json::Value;

const HASH: &str = "4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631";

/// What the request carries and no answer may have.
const SECRETS: [(&str, &str); 5] = [
    ("x-fc-access-key-id", "STS.canary-id"),
    ("x-fc-access-key-secret", "canary-secret"),
    ("x-fc-security-token", "canary-token"),
    ("cookie", "session=canary-cookie"),
    ("x-forwarded-for", "203.0.113.77"),
];

async fn ask(rights: &str, probe: bool, query: &str) -> (StatusCode, String) {
    let settings =
        format!("[http]\nprobe = {probe}\ntokens = [{{ sha256 = '{HASH}', rights = [{rights}] }}]\n");
    let request =
        Request::get(format!("/probe{query}")).header(header::AUTHORIZATION, format!("Bearer {TOKEN}"));
    let request = SECRETS.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    let mut request = request.header("x-fc-function-timeout", "60").body(Body::empty()).unwrap();
    let context = RequestContext {
        deadline: Some(Instant::now() + Duration::from_secs(50)),
        ..RequestContext::default()
    };
    request.extensions_mut().insert(context);
    let (parts, body) = build_api(&settings).oneshot(request).await.unwrap().into_parts();
    let body = axum::body::to_bytes(body, 8 << 20).await.unwrap();
    (parts.status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_probe_needs_the_setting_and_the_right() {
    for (rights, probe, status) in [
        ("'manage'", true, StatusCode::OK),
        ("'submit', 'read'", true, StatusCode::FORBIDDEN),
        ("'submit', 'read', 'manage'", false, StatusCode::NOT_FOUND),
    ] {
        assert_eq!(ask(rights, probe, "").await.0, status, "{rights} {probe}");
    }
    for query in ["?kib=4097", "?kib=-1", "?kib=x", "?size=1"] {
        let (status, body) = ask("'manage'", true, query).await;
        assert!(status == StatusCode::BAD_REQUEST && body.contains("invalid_query"), "{query} {body}");
    }
}

#[tokio::test]
async fn a_probe_names_what_arrives_and_no_value() {
    let (_, body) = ask("'manage'", true, "?kib=3").await;
    let probe: Value = serde_json::from_str(&body).unwrap();
    let headers: Vec<_> =
        probe["headers"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    for (name, value) in SECRETS {
        assert!(headers.contains(&name), "{headers:?}");
        assert!(!body.contains(value), "{value} in {body}");
    }
    assert!(headers.contains(&"authorization") && !body.contains(TOKEN), "{body}");
    let whole = serde_json::json!({"key_id": true, "secret": true, "token": true});
    assert_eq!((&probe["header_credentials"], &probe["timeout_seconds"]), (&whole, &60.into()), "{probe}");
    let left = probe["left_ms"].as_u64().unwrap();
    assert!((40_000..=50_000).contains(&left), "{left}");
    assert_eq!(probe["filler"], "x".repeat(3 * 1024));
    // The same process answers again.
    let (_, body) = ask("'manage'", true, "").await;
    let again: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(again["instance"], probe["instance"]);
    assert!(again["since_last"]["wall_ms"].as_u64().is_some(), "{again}");
}
