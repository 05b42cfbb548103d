use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use reqsign_core::StaticEnv;
use wiremock::matchers::{header as has, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{Act, RawServer, failure, header, http, ok, oss_config};
use crate::{
    CredentialError, CredentialSource, Credentials, ErrorKind, PutOptions, Store, StoreConfig, StsPair,
    Verdict,
};

const STS: &str = r#"{"Code":"Success","AccessKeyId":"STS.1","AccessKeySecret":"s","SecurityToken":"tok","Expiration":"2999-01-01T00:00:00Z"}"#;

fn env(pairs: &[(&str, &str)]) -> StaticEnv {
    let envs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    StaticEnv { home_dir: None, envs }
}

/// Who signed the request that `config` makes in the environment `env`, and with which token.
async fn signer(config: impl FnOnce(&str) -> StoreConfig, env: StaticEnv) -> (String, Option<String>) {
    let server = RawServer::start(vec![Act::Send(ok("ETag: \"E\"\r\n", ""))]).await;
    let store = Store::with_env(config(&server.url), http(), env).unwrap();
    store.put("a", "x", &PutOptions::default()).await.unwrap();
    let request = &server.requests()[0];
    let authorization = header(request, "authorization").unwrap();
    let id = authorization.split_once("Credential=").unwrap().1.split('/').next().unwrap().to_owned();
    (id, header(request, "x-oss-security-token").or_else(|| header(request, "x-amz-security-token")))
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
    assert_eq!((error.kind(), error.verdict()), (ErrorKind::CredentialUnavailable, Verdict::Permanent));
}

/// Hands out pairs STS.1, STS.2, ..., each with the same life; none after `limit`.
struct Numbered {
    fetched: AtomicU32,
    life: Duration,
    limit: u32,
}

#[async_trait]
impl CredentialSource for Numbered {
    async fn fetch(&self) -> Result<StsPair, CredentialError> {
        let number = self.fetched.fetch_add(1, Ordering::Relaxed) + 1;
        if number > self.limit {
            return Err(CredentialError { permanent: true, source: "the session is over".into() });
        }
        Ok(StsPair {
            access_key_id: format!("STS.{number}"),
            access_key_secret: "s".into(),
            security_token: Some("tok".into()),
            expires: Some(SystemTime::now() + self.life),
        })
    }
}

fn refreshed(url: &str, life: Duration, limit: u32) -> Store {
    let source = Arc::new(Numbered { fetched: AtomicU32::new(0), life, limit });
    Store::new(oss_config(url).credentials(Credentials::Refreshed(source)), http()).unwrap()
}

fn ids(server: &RawServer) -> Vec<String> {
    let id = |request: &String| header(request, "authorization").unwrap()[28..33].to_owned();
    server.requests().iter().map(id).collect()
}

#[tokio::test]
async fn a_fetched_pair_is_kept_until_it_is_invalidated_or_refused() {
    let expired = failure("403 Forbidden", "SecurityTokenExpired", "");
    let good = || Act::Send(ok("ETag: \"E\"\r\n", ""));
    let server = RawServer::start(vec![good(), good(), Act::Send(expired), good(), good(), good()]).await;
    let store = refreshed(&server.url, Duration::from_secs(3600), 9);
    let options = PutOptions::default();
    store.put("a", "x", &options).await.unwrap();
    store.put("a", "x", &options).await.unwrap();
    store.put("a", "x", &options).await.unwrap();
    store.put("a", "x", &options).await.unwrap();
    store.invalidate_credentials().await;
    store.put("a", "x", &options).await.unwrap();
    assert_eq!(ids(&server), ["STS.1", "STS.1", "STS.1", "STS.2", "STS.2", "STS.3"]);
}

#[tokio::test]
async fn a_pair_past_its_life_is_replaced_before_use_and_a_dead_source_is_final() {
    let server = RawServer::start(vec![Act::Send(ok("ETag: \"E\"\r\n", ""))]).await;
    let store = refreshed(&server.url, Duration::ZERO, 2);
    let options = PutOptions::default();
    store.put("a", "x", &options).await.unwrap();
    store.put("a", "x", &options).await.unwrap();
    assert_eq!(ids(&server), ["STS.1", "STS.2"]);
    let error = store.put("a", "x", &options).await.unwrap_err();
    assert_eq!((error.kind(), error.verdict()), (ErrorKind::CredentialUnavailable, Verdict::Permanent));
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the session is over");
}

#[tokio::test]
async fn fixed_keys_that_expired_stay_expired() {
    let server =
        RawServer::start(vec![Act::Send(failure("403 Forbidden", "SecurityTokenExpired", ""))]).await;
    let error = super::oss(&server.url).put("a", "x", &PutOptions::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.verdict()), (ErrorKind::CredentialExpired, Verdict::Permanent));
}

#[tokio::test]
async fn a_renewed_pair_that_is_refused_as_well_is_final() {
    for code in ["SecurityTokenExpired", "InvalidSecurityToken", "ExpiredToken", "InvalidAccessKeyId"] {
        let server = RawServer::start(vec![Act::Send(failure("403 Forbidden", code, ""))]).await;
        let store = refreshed(&server.url, Duration::from_secs(3600), 9);
        let error = store.put("a", "x", &PutOptions::default()).await.unwrap_err();
        assert_eq!((error.kind(), error.verdict()), (ErrorKind::CredentialExpired, Verdict::Permanent));
        assert_eq!(ids(&server), ["STS.1", "STS.2"], "{code}");
    }
}

#[tokio::test]
async fn a_streamed_body_meets_the_renewed_pair_at_the_next_try() {
    let expired = Act::Send(failure("403 Forbidden", "SecurityTokenExpired", ""));
    let server = RawServer::start(vec![expired, Act::Send(ok("ETag: \"E\"\r\n", ""))]).await;
    let store = refreshed(&server.url, Duration::from_secs(3600), 9);
    let id = crate::MultipartId::from("U");
    let part = || store.upload_part("a", &id, 1, super::writing::chunks(vec![Ok("x")]), 1);
    let error = part().await.unwrap_err();
    let retry = Verdict::Retry { not_before: None };
    assert_eq!((error.kind(), error.verdict()), (ErrorKind::CredentialExpired, retry));
    part().await.unwrap();
    assert_eq!(ids(&server), ["STS.1", "STS.2"]);
}

#[tokio::test]
async fn a_token_of_the_environment_that_is_over_is_told_at_once_by_name() {
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
        let server = RawServer::start(vec![Act::Send(failure("403 Forbidden", code, ""))]).await;
        let config = match s3 {
            true => StoreConfig::s3("films").endpoint(&server.url).region(Some("eu-west-1".into())),
            false => oss_config(&server.url).credentials(Credentials::Environment),
        };
        let store = Store::with_env(config, http(), variables.clone()).unwrap();
        let error = store.list("", None, 1).await.unwrap_err();
        assert_eq!((error.kind(), error.verdict()), (ErrorKind::CredentialExpired, Verdict::Permanent));
        assert!(error.to_string().contains(name), "{error}");
        assert_eq!(server.requests().len(), 1, "keys that come back unchanged are not new");
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

#[tokio::test]
async fn blank_keys_that_are_handed_over_are_none() {
    let given = |id: &str, secret: &str, token: &str| Credentials::Static {
        access_key_id: id.into(),
        access_key_secret: secret.into(),
        security_token: Some(token.into()),
    };
    let config = |url: &str| oss_config(url).credentials(given("A1", "s", " "));
    assert_eq!(signer(config, env(&[])).await, ("A1".to_owned(), None));
    for (id, secret) in [("", "s"), ("A1", " ")] {
        let config = oss_config("http://127.0.0.1:1").credentials(given(id, secret, "t"));
        let error = Store::new(config, http()).unwrap().head("a").await.unwrap_err();
        assert_eq!((error.kind(), error.verdict()), (ErrorKind::CredentialUnavailable, Verdict::Permanent));
    }
}

#[tokio::test]
async fn keys_end_by_the_stores_clock_and_not_by_this_machines() {
    let (now, ahead) = (SystemTime::now(), Duration::from_secs(7200));
    let date = jiff::Timestamp::try_from(now - ahead).unwrap().strftime("%a, %d %b %Y %T GMT").to_string();
    let skewed = failure("403 Forbidden", "RequestTimeTooSkewed", "");
    let skewed = skewed.replacen("\r\n", &format!("\r\nDate: {date}\r\n"), 1);
    let server = RawServer::start(vec![Act::Send(skewed), Act::Send(ok("ETag: \"E\"\r\n", ""))]).await;
    // By the store's clock the pair lives for an hour; this machine, two hours ahead, takes it for an old one.
    let source = Arc::new(Until(AtomicU32::new(0), now - ahead + Duration::from_secs(3600)));
    let config = oss_config(&server.url).credentials(Credentials::Refreshed(source.clone()));
    let store = Store::new(config, http()).unwrap();
    for _ in 0..3 {
        store.put("a", "x", &PutOptions::default()).await.unwrap();
    }
    assert!(source.0.load(Ordering::Relaxed) <= 2, "fetched {:?} times", source.0);
}

/// The same pair each time, until then.
struct Until(AtomicU32, SystemTime);

#[async_trait]
impl CredentialSource for Until {
    async fn fetch(&self) -> Result<StsPair, CredentialError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(StsPair {
            access_key_id: "STS.1".into(),
            access_key_secret: "s".into(),
            security_token: Some("tok".into()),
            expires: Some(self.1),
        })
    }
}

#[test]
fn no_secret_shows_in_debug_output() {
    let config = oss_config("http://127.0.0.1:1");
    let store = Store::new(config.clone(), http()).unwrap();
    assert!(!format!("{config:?} {store:?}").contains(super::SECRET));
}
