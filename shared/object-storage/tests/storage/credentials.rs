use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use crate::support::{Act, RawServer, failure, header, http, ok, oss_config};
use object_storage::{
    CredentialError, CredentialSource, Credentials, ErrorKind, PutOptions, RetryAdvice, Store, StoreConfig,
    StsPair,
};

/// Who signed the request that `config` makes, and with which token.
async fn signer(config: impl FnOnce(&str) -> StoreConfig) -> (String, Option<String>) {
    let server = RawServer::start(vec![Act::Send(ok("ETag: \"E\"\r\n", ""))]).await;
    let store = Store::new(config(&server.url), http()).unwrap();
    store.put("a", "x", &PutOptions::default()).await.unwrap();
    let request = &server.requests()[0];
    let authorization = header(request, "authorization").unwrap();
    let id = authorization.split_once("Credential=").unwrap().1.split('/').next().unwrap().to_owned();
    (id, header(request, "x-oss-security-token"))
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

/// A source that has none any more is final.
#[tokio::test]
async fn a_pair_past_its_life_is_replaced_before_use() {
    let server = RawServer::start(vec![Act::Send(ok("ETag: \"E\"\r\n", ""))]).await;
    let store = refreshed(&server.url, Duration::ZERO, 2);
    let options = PutOptions::default();
    store.put("a", "x", &options).await.unwrap();
    store.put("a", "x", &options).await.unwrap();
    assert_eq!(ids(&server), ["STS.1", "STS.2"]);
    let error = store.put("a", "x", &options).await.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (ErrorKind::CredentialUnavailable, RetryAdvice::Permanent));
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the session is over");
}

#[tokio::test]
async fn fixed_keys_that_expired_stay_expired() {
    let server =
        RawServer::start(vec![Act::Send(failure("403 Forbidden", "SecurityTokenExpired", ""))]).await;
    let error = crate::support::oss(&server.url).put("a", "x", &PutOptions::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (ErrorKind::CredentialExpired, RetryAdvice::Permanent));
}

#[tokio::test]
async fn a_renewed_pair_that_is_refused_as_well_is_final() {
    for code in ["SecurityTokenExpired", "InvalidSecurityToken", "ExpiredToken", "InvalidAccessKeyId"] {
        let server = RawServer::start(vec![Act::Send(failure("403 Forbidden", code, ""))]).await;
        let store = refreshed(&server.url, Duration::from_secs(3600), 9);
        let error = store.put("a", "x", &PutOptions::default()).await.unwrap_err();
        assert_eq!((error.kind(), error.advice()), (ErrorKind::CredentialExpired, RetryAdvice::Permanent));
        assert_eq!(ids(&server), ["STS.1", "STS.2"], "{code}");
    }
}

#[tokio::test]
async fn a_streamed_body_meets_the_renewed_pair_at_the_next_try() {
    let expired = Act::Send(failure("403 Forbidden", "SecurityTokenExpired", ""));
    let server = RawServer::start(vec![expired, Act::Send(ok("ETag: \"E\"\r\n", ""))]).await;
    let store = refreshed(&server.url, Duration::from_secs(3600), 9);
    let id = object_storage::MultipartId::from("U");
    let part = || store.upload_part("a", &id, 1, crate::support::chunks(vec![Ok("x")]), 1);
    let error = part().await.unwrap_err();
    let retry = RetryAdvice::RETRY;
    assert_eq!((error.kind(), error.advice()), (ErrorKind::CredentialExpired, retry));
    part().await.unwrap();
    assert_eq!(ids(&server), ["STS.1", "STS.2"]);
}

#[tokio::test]
async fn blank_keys_that_are_handed_over_are_none() {
    let given = |id: &str, secret: &str, token: &str| Credentials::Static {
        access_key_id: id.into(),
        access_key_secret: secret.into(),
        security_token: Some(token.into()),
    };
    let config = |url: &str| oss_config(url).credentials(given("A1", "s", " "));
    assert_eq!(signer(config).await, ("A1".to_owned(), None));
    for (id, secret) in [("", "s"), ("A1", " ")] {
        let config = oss_config("http://127.0.0.1:1").credentials(given(id, secret, "t"));
        let error = Store::new(config, http()).unwrap().head("a").await.unwrap_err();
        assert_eq!(
            (error.kind(), error.advice()),
            (ErrorKind::CredentialUnavailable, RetryAdvice::Permanent)
        );
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
    assert!(!format!("{config:?} {store:?}").contains(crate::support::SECRET));
}
