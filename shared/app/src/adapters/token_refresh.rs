//! How an account's access token is refreshed.

use super::error_mapping::api_error;
use async_trait::async_trait;
use http::StatusCode;
use secrecy::SecretString;
use std::error::Error as _;
use upload_core::{
    access_token::{AccessTokens, FreshTokens, RefreshError, Refresher},
    ledger::Ledger,
};
use youku::{Client, Details, ErrorKind as Youku, SendError};

/// Said instead of Youku's refusal where Youku said nothing.
const NOT_YOUKU: &str = "something in between answered instead of Youku";

/// How an account's access token is refreshed during one call, which reaches the ledger with its own credentials.
pub(crate) struct TokenRefresh {
    pub(crate) tokens: AccessTokens,
    pub(crate) ledger: Ledger,
}

/// Refreshes tokens by Youku's API.
pub(crate) struct ClientRefresher(pub(crate) Client);

#[async_trait]
impl Refresher for ClientRefresher {
    async fn refresh(&self, refresh_token: &SecretString) -> Result<FreshTokens, RefreshError> {
        let fresh = self.0.refresh(refresh_token).await.map_err(map_refresh_error)?;
        Ok(FreshTokens {
            access_token: fresh.access_token,
            refresh_token: fresh.refresh_token,
            life: fresh.expires_in,
        })
    }
}

/// States what is certain about a refresh token after a failed refresh. A response 5xx may come from a gateway, after Youku has dealt
/// with the call. One of 4xx that is not Youku's comes from a proxy, a firewall or a portal that kept the call to itself.
fn map_refresh_error(error: youku::Error) -> RefreshError {
    match error.kind() {
        Youku::Config | Youku::RateLimited | Youku::ClientRefused => {
            RefreshError::NotProcessed(api_error(error))
        }
        Youku::Connection | Youku::TimedOut if never_connected(&error) => {
            RefreshError::NotProcessed(api_error(error))
        }
        Youku::Refused | Youku::NotFound if !is_from_youku(&error) && is_client_error(&error) => {
            // An upload waits for the way to Youku to be free again, rather than fail.
            RefreshError::NotProcessed(api_error(error.with_message(NOT_YOUKU).retryable()))
        }
        Youku::Refused | Youku::AccessTokenRefused | Youku::NotFound if is_from_youku(&error) => {
            RefreshError::Refused(api_error(error))
        }
        _ => RefreshError::Unknown(api_error(error)),
    }
}

/// Whether a refusal is Youku's own: it has a code or a type. What stands in between has neither, or repeats its status.
fn is_from_youku(error: &youku::Error) -> bool {
    let Details { code, error_type, status, .. } = error.details();
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let number = status.map(|status| i64::from(status.as_u16()));
    let reason = status.and_then(|status| status.canonical_reason());
    (code.is_some() && *code != number) || (error_type.is_some() && error_type.as_deref() != reason)
}

fn is_client_error(error: &youku::Error) -> bool {
    error.details().status.is_some_and(|status| (400..500).contains(&status))
}

/// Whether the call ended before a byte of it could be sent.
fn never_connected(error: &youku::Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<SendError>());
    cause.is_some_and(SendError::never_sent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::http_clients::Clients;
    use std::{
        io::{Read, Write},
        net::TcpListener,
        sync::Arc,
        thread,
    };
    use youku::Config;

    /// What becomes of a refresh that is answered so.
    async fn answer(status: u16, body: &str) -> Result<FreshTokens, RefreshError> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let api = format!("http://{}", listener.local_addr().expect("bound"));
        let head = format!("HTTP/1.1 {status} Words\r\nContent-Length: {}\r\nConnection: close", body.len());
        let answer = format!("{head}\r\n\r\n{body}");
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            let (mut request, mut block) = (Vec::new(), [0; 4096]);
            // What is left unread when the stream is closed would reset it.
            while !request.ends_with(b"refresh_token=the-refresh-token") {
                let length = stream.read(&mut block).expect("a request");
                assert_ne!(length, 0, "it broke off");
                request.extend_from_slice(&block[..length]);
            }
            let _the_caller_may_be_gone = stream.write_all(answer.as_bytes());
        });
        let transport = Arc::new(Clients::new(Some(&api)).expect("a client").youku);
        let mut config = Config::new("client", "access".into());
        config.api = api;
        ClientRefresher(Client::new(config, transport)).refresh(&"the-refresh-token".into()).await
    }

    const PAGE: &str = "<html><body>Please sign in</body></html>";

    /// What stands between here and Youku spends no refresh token, and the upload that needs it is tried again.
    #[tokio::test]
    async fn a_page_of_something_in_between_spends_no_refresh_token() {
        let bodies = [
            PAGE,
            "",
            "{}",
            r#"{"message":"Missing Authentication Token"}"#,
            r#"{"description":"the route does not exist"}"#,
            r#"{"error":"Forbidden","status":403}"#,
            r#"{"code":403,"message":"blocked"}"#,
        ];
        let pages = [400, 401, 403, 404, 405, 407, 413, 451].map(|status| (status, PAGE));
        for (status, body) in bodies.map(|body| (403, body)).into_iter().chain(pages) {
            let failed = answer(status, body).await;
            let said = match &failed {
                Err(RefreshError::NotProcessed(error)) if error.is_retryable() => error.to_string(),
                _ => String::new(),
            };
            let expected = format!("Youku refresh: {NOT_YOUKU} (");
            assert!(said.starts_with(&expected), "{status} {body}: {failed:?}");
        }
    }

    #[tokio::test]
    async fn a_refusal_of_youkus_own_is_one_whatever_its_status() {
        let bodies = [
            r#"{"error":{"code":130010101,"type":"OAuthException","description":"Refresh token invalid"}}"#,
            r#"{"error":{"code":1008,"type":"SystemException","description":"words"}}"#,
            r#"{"error":{"code":403,"type":"OAuthException"}}"#,
            r#"{"error":{"code":130010101,"description":"does not exist"}}"#,
            r#"{"error":"invalid_grant","error_description":"words"}"#,
            "code=130010101&type=OAuthException&description=words",
        ];
        for body in bodies {
            for status in [200, 400, 403, 404] {
                let refused = answer(status, body).await;
                assert!(matches!(refused, Err(RefreshError::Refused(_))), "{status} {body}: {refused:?}");
            }
        }
    }

    /// A server that fails, and an answer that nobody understands, may come after Youku has dealt with the call.
    #[tokio::test]
    async fn an_answer_that_proves_nothing_counts_as_lost() {
        let own = r#"{"error":{"code":130010101,"type":"OAuthException"}}"#;
        for (status, body) in
            [(502, PAGE), (504, ""), (500, own), (200, PAGE), (302, PAGE), (200, r#"{"error":{}}"#)]
        {
            let unknown = answer(status, body).await;
            assert!(matches!(unknown, Err(RefreshError::Unknown(_))), "{status} {body}: {unknown:?}");
        }
    }
}
