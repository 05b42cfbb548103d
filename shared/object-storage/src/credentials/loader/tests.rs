//! Keys of environments that the test makes up. The other tests of credentials are in the crate's `tests/`.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::{HttpClient, PutOptions, Store};
use reqsign_core::StaticEnv;
use wiremock::matchers::{header as has, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

const STS: &str = r#"{"Code":"Success","AccessKeyId":"STS.1","AccessKeySecret":"s","SecurityToken":"tok","Expiration":"2999-01-01T00:00:00Z"}"#;

/// It trusts nobody's certificate, and meets none.
fn http() -> HttpClient {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let roots = rustls::RootCertStore::empty();
    HttpClient::new(tls.unwrap().with_root_certificates(roots).with_no_client_auth())
}

fn oss_config(endpoint: &str) -> StoreConfig {
    StoreConfig::oss("films").endpoint(endpoint).region(Some("cn-hangzhou".into()))
}

fn env(pairs: &[(&str, &str)]) -> StaticEnv {
    let envs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    StaticEnv { home_dir: None, envs }
}

/// Who signed the request that `config` makes in the environment `env`, and with which token.
async fn signer(config: impl FnOnce(&str) -> StoreConfig, env: StaticEnv) -> (String, Option<String>) {
    let server = MockServer::start().await;
    let written = ResponseTemplate::new(200).insert_header("etag", "\"E\"");
    Mock::given(method("PUT")).respond_with(written).mount(&server).await;
    let store = Store::with_env(config(&server.uri()), http(), env).unwrap();
    store.put("a", "x", &PutOptions::default()).await.unwrap();
    let request = server.received_requests().await.unwrap().remove(0);
    let header = |name: &str| request.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let authorization = header("authorization").unwrap();
    let id = authorization.split_once("Credential=").unwrap().1.split('/').next().unwrap().to_owned();
    (id, header("x-oss-security-token").or_else(|| header("x-amz-security-token")))
}

#[tokio::test]
async fn keys_come_from_the_environment_of_each_cloud() {
    let variables = env(&[
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", "A1"),
        ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s"),
        ("ALIBABA_CLOUD_SECURITY_TOKEN", "t1"),
        ("AWS_ACCESS_KEY_ID", "B1"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
        ("AWS_SESSION_TOKEN", "t2"),
    ]);
    let oss = |url: &str| oss_config(url).credentials(Credentials::Environment);
    assert_eq!(signer(oss, variables.clone()).await, ("A1".to_owned(), Some("t1".to_owned())));
    let s3 = |url: &str| StoreConfig::s3("films").endpoint(url).region(Some("eu-west-1".into()));
    assert_eq!(signer(s3, variables).await, ("B1".to_owned(), Some("t2".to_owned())));
}

#[tokio::test]
async fn the_role_of_a_machine_comes_from_its_metadata_service() {
    let metadata = MockServer::start().await;
    let role = "/latest/meta-data/ram/security-credentials/";
    Mock::given(method("PUT"))
        .and(path("/latest/api/token"))
        .respond_with(ResponseTemplate::new(200).set_body_string("T"))
        .mount(&metadata)
        .await;
    Mock::given(path(role))
        .respond_with(ResponseTemplate::new(200).set_body_string("uploader"))
        .mount(&metadata)
        .await;
    Mock::given(path(format!("{role}uploader")))
        .and(has("X-aliyun-ecs-metadata-token", "T"))
        .respond_with(ResponseTemplate::new(200).set_body_string(STS))
        .mount(&metadata)
        .await;
    let endpoint = [("ALIBABA_CLOUD_ECS_METADATA_SERVICE_ENDPOINT", metadata.uri())];
    let config = |url: &str| oss_config(url).credentials(Credentials::EcsRole(None));
    assert_eq!(
        signer(config, env(&[(endpoint[0].0, &endpoint[0].1)])).await,
        ("STS.1".to_owned(), Some("tok".to_owned()))
    );
}

#[tokio::test]
async fn a_role_is_assumed_with_an_oidc_token() {
    let sts = MockServer::start().await;
    Mock::given(query_param("Action", "AssumeRoleWithOIDC"))
        .and(query_param("OIDCToken", "the-token"))
        .and(query_param("RoleArn", "acs:ram::1:role/r"))
        .respond_with(ResponseTemplate::new(200).set_body_string(format!("{{\"Credentials\":{STS}}}")))
        .mount(&sts)
        .await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "the-token\n").unwrap();
    let credentials = Credentials::Oidc {
        role_arn: "acs:ram::1:role/r".into(),
        provider_arn: "acs:ram::1:oidc-provider/p".into(),
        token_file: file.path().to_str().unwrap().into(),
        session_name: None,
        sts_endpoint: Some(sts.uri()),
    };
    let config = |url: &str| oss_config(url).credentials(credentials);
    assert_eq!(signer(config, env(&[])).await, ("STS.1".to_owned(), Some("tok".to_owned())));
}

#[tokio::test]
async fn what_a_provider_was_answered_never_shows() {
    let metadata = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(403).set_body_string("SECRET"))
        .mount(&metadata)
        .await;
    let uri = metadata.uri();
    let env = env(&[("ALIBABA_CLOUD_ECS_METADATA_SERVICE_ENDPOINT", &uri)]);
    let config = oss_config("http://127.0.0.1:1").credentials(Credentials::EcsRole(Some("r".into())));
    let error = Store::with_env(config, http(), env).unwrap().head("a").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CredentialUnavailable);
    assert!(!format!("{error} {error:?}").contains("SECRET"));
}

#[tokio::test]
async fn an_environment_without_keys_is_a_permanent_error() {
    let config = oss_config("http://127.0.0.1:1").credentials(Credentials::Environment);
    let env = env(&[("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")]);
    let error = Store::with_env(config, http(), env).unwrap().head("a").await.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (ErrorKind::CredentialUnavailable, RetryAdvice::Permanent));
}

/// Keys that come back unchanged are not new, so nothing is sent twice.
#[tokio::test]
async fn an_expired_token_of_the_environment_is_named_at_once() {
    let variables = env(&[
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", "A1"),
        ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s"),
        ("ALIBABA_CLOUD_SECURITY_TOKEN", "t1"),
        ("AWS_ACCESS_KEY_ID", "B1"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
        ("AWS_SESSION_TOKEN", "t2"),
    ]);
    for (code, s3, name) in [
        ("InvalidSecurityToken", false, "ALIBABA_CLOUD_SECURITY_TOKEN"),
        ("InvalidAccessKeyId", false, "ALIBABA_CLOUD_SECURITY_TOKEN"),
        ("ExpiredToken", true, "AWS_SESSION_TOKEN"),
    ] {
        let server = MockServer::start().await;
        let body = format!("<Error><Code>{code}</Code></Error>");
        let refused = ResponseTemplate::new(403).set_body_string(body);
        Mock::given(method("GET")).respond_with(refused).mount(&server).await;
        let config = match s3 {
            true => StoreConfig::s3("films").endpoint(&server.uri()).region(Some("eu-west-1".into())),
            false => oss_config(&server.uri()).credentials(Credentials::Environment),
        };
        let store = Store::with_env(config, http(), variables.clone()).unwrap();
        let error = store.list("", None, 1).await.unwrap_err();
        assert_eq!((error.kind(), error.advice()), (ErrorKind::CredentialExpired, RetryAdvice::Permanent));
        assert!(error.to_string().contains(name), "{error}");
        assert_eq!(
            server.received_requests().await.unwrap().len(),
            1,
            "keys that come back unchanged are not new"
        );
    }
}

#[tokio::test]
async fn a_blank_variable_is_not_set() {
    for blank in ["", " \t"] {
        let variables = |id, secret| {
            env(&[
                ("ALIBABA_CLOUD_ACCESS_KEY_ID", id),
                ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", secret),
                ("ALIBABA_CLOUD_SECURITY_TOKEN", blank),
                ("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true"),
                ("OSS_ACCESS_KEY_ID", "O1"),
                ("OSS_ACCESS_KEY_SECRET", "s"),
                ("OSS_SESSION_TOKEN", blank),
                ("AWS_ACCESS_KEY_ID", "B1"),
                ("AWS_SECRET_ACCESS_KEY", "s"),
                ("AWS_SESSION_TOKEN", blank),
            ])
        };
        let oss = |url: &str| oss_config(url).credentials(Credentials::Environment);
        assert_eq!(signer(oss, variables("A1", "s")).await, ("A1".to_owned(), None));
        assert_eq!(signer(oss, variables(blank, "s")).await, ("O1".to_owned(), None));
        assert_eq!(signer(oss, variables("A1", blank)).await, ("O1".to_owned(), None));
        let s3 = |url: &str| StoreConfig::s3("films").endpoint(url).region(Some("eu-west-1".into()));
        assert_eq!(signer(s3, variables("A1", "s")).await, ("B1".to_owned(), None));
    }
}
