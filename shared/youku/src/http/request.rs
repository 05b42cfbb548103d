//! One HTTP call: sent once, bounded in time and in the size of its answer.

use super::{operation::Operation, response::Response, transport::Transport};
use crate::error::{self, Error, ErrorKind};
use ::error::{ReadError, read_body, retry_after};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request,
    header::{CONTENT_TYPE, DATE, USER_AGENT},
    response::Parts,
};
use std::time::{Duration, Instant, SystemTime};

/// Time for one ordinary call, from connecting to the answer's last byte.
pub(crate) const CALL_TIME: Duration = Duration::from_secs(30);

/// Youku's answers have a few hundred bytes; what is longer than this is not one.
const MAX_ANSWER: usize = 1024 * 1024;

/// Youku counts calls afresh each hour: a longer wait makes no sense.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

const AGENT: &str = concat!("oss2youku/", env!("CARGO_PKG_VERSION"));

/// Names and values of a form or a query.
pub(crate) type Fields<'a> = [(&'static str, &'a str)];

/// Encodes a form or a query.
pub(crate) fn encode_fields(operation: Operation, fields: &Fields<'_>) -> Result<String, Error> {
    serde_urlencoded::to_string(fields)
        .map_err(|why| error::from_kind(ErrorKind::Config, operation).with_source(why))
}

pub(crate) async fn post_form(
    http: &dyn Transport,
    operation: Operation,
    url: &str,
    fields: &Fields<'_>,
) -> Result<Response, Error> {
    let form = encode_fields(operation, fields)?.into();
    let mut request = new_request(operation, Method::POST, url, form)?;
    let content_type = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(CONTENT_TYPE, content_type);
    send(http, operation, request, CALL_TIME).await
}

pub(crate) async fn get(
    http: &dyn Transport,
    operation: Operation,
    url: &str,
    fields: &Fields<'_>,
) -> Result<Response, Error> {
    let query = encode_fields(operation, fields)?;
    let request = new_request(operation, Method::GET, &format!("{url}?{query}"), Bytes::new())?;
    send(http, operation, request, CALL_TIME).await
}

/// A request to this URL.
///
/// # Errors
/// `Config` where the URL, whose host the settings or Youku name, is none, or holds a name and password.
pub(crate) fn new_request(
    operation: Operation,
    method: Method,
    url: &str,
    body: Bytes,
) -> Result<Request<Bytes>, Error> {
    // The cause would repeat the URL.
    let request = Request::builder().method(method).uri(url).header(USER_AGENT, AGENT).body(body);
    // A name and password in it would be in every error, and no server of Youku's asks for them.
    let is_plain = |request: &Request<Bytes>| {
        request.uri().authority().is_some_and(|authority| !authority.as_str().contains('@'))
    };
    let absolute = request.ok().filter(is_plain);
    absolute.ok_or_else(|| error::from_kind(ErrorKind::Config, operation))
}

pub(crate) async fn send(
    http: &dyn Transport,
    operation: Operation,
    request: Request<Bytes>,
    time: Duration,
) -> Result<Response, Error> {
    let host = request.uri().authority().map(|host| host.as_str().to_owned());
    let sent = Box::pin(send_to(http, operation, request, time, host.as_deref())).await;
    sent.map_err(|mut failed| {
        failed.details_mut().host = host;
        failed
    })
}

async fn send_to(
    http: &dyn Transport,
    operation: Operation,
    request: Request<Bytes>,
    time: Duration,
    host: Option<&str>,
) -> Result<Response, Error> {
    let started = Instant::now();
    let exchange = tokio::time::timeout(time, exchange(http, operation, request)).await;
    let late = |_| Err(error::from_kind(ErrorKind::TimedOut, operation));
    let (head, body) = exchange.unwrap_or_else(late).map_err(|failed| match host {
        // Of the URL only the host is kept: a query may hold a token.
        Some(host) => failed.with_context("host", host),
        None => failed,
    })?;
    let (wait, date) = (retry_after(&head.headers, LONGEST_WAIT), date(&head.headers));
    let status = head.status;
    let body = body.ok_or_else(|| {
        error::from_kind(ErrorKind::Protocol, operation).with_context("answer", "longer than 1 MiB")
    })?;
    tracing::debug!(
        operation = operation.as_str(),
        status = status.as_u16(),
        elapsed_ms = started.elapsed().as_millis(),
        "Youku answered"
    );
    Ok(Response::parse(operation, status, wait, &body)?.with_date(date))
}

/// Sends a request and reads the answer; `None` for a body that is too long.
async fn exchange(
    http: &dyn Transport,
    operation: Operation,
    request: Request<Bytes>,
) -> Result<(Parts, Option<Bytes>), Error> {
    let answer = http.send(request).await.map_err(|why| error::from_transport(operation, why))?;
    let (head, body) = answer.into_parts();
    match read_body(body, MAX_ANSWER).await {
        Ok(body) => Ok((head, Some(body))),
        Err(ReadError::TooLong { .. }) => Ok((head, None)),
        Err(ReadError::Broken(why)) => {
            Err(error::from_kind(ErrorKind::Connection, operation).with_source(why))
        }
    }
}

/// Youku's clock.
fn date(headers: &HeaderMap) -> Option<SystemTime> {
    let text = headers.get(DATE)?.to_str().ok()?;
    Some(jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?.into())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use wiremock::matchers::any;
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::*;
    use crate::http::decode::upload_credentials;
    use crate::testing::{http, only_request};
    use ::error::RetryAdvice;

    async fn answered(answer: ResponseTemplate) -> (MockServer, Result<Response, Error>) {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(answer).mount(&server).await;
        let outcome = get(&*http(), Operation::Show, &server.uri(), &[("a", "b")]).await;
        (server, outcome)
    }

    #[tokio::test]
    async fn the_content_type_of_an_answer_does_not_matter() {
        let body = r#"{"id":"X1"}"#.as_bytes().to_vec();
        let (server, outcome) = answered(ResponseTemplate::new(200).set_body_raw(body, "text/plain")).await;
        assert_eq!(outcome.unwrap().text("id").unwrap(), "X1");
        let request = only_request(&server).await;
        assert_eq!(request.headers.get("user-agent").unwrap(), AGENT);
    }

    #[tokio::test]
    async fn a_named_wait_is_read_and_held_to_an_hour() {
        for (named, wait) in [("7", Some(7)), ("86400", Some(3600)), ("tomorrow", None)] {
            let answer = ResponseTemplate::new(503).insert_header("retry-after", named);
            let (_server, outcome) = answered(answer).await;
            let retry_after = wait.map(Duration::from_secs);
            assert_eq!(outcome.unwrap_err().advice(), RetryAdvice::Retry { retry_after });
        }
    }

    #[tokio::test]
    async fn credentials_end_by_a_wrong_local_clock_too() {
        let two_hours = Duration::from_secs(7200);
        for ahead in [true, false] {
            let now = SystemTime::now();
            // Youku's clock, two hours from ours; its credentials live for an hour.
            let theirs = if ahead { now - two_hours } else { now + two_hours };
            let time = |at: SystemTime| jiff::Timestamp::try_from(at).unwrap();
            let date = time(theirs).strftime("%a, %d %b %Y %T GMT").to_string();
            let end = time(theirs + Duration::from_secs(3600)).to_string();
            let body = format!(
                r#"{{"endpoint":"e","temp_access_id":"i","temp_access_secret":"s","security_token":"t","expire_time":"{end}"}}"#
            );
            let (_server, outcome) =
                answered(ResponseTemplate::new(200).insert_header("date", date).set_body_string(body)).await;
            let grant = upload_credentials(&outcome.unwrap(), "b".into(), "o".into()).unwrap();
            let left = grant.expires.duration_since(now).unwrap().as_secs();
            assert!((3590..3610).contains(&left), "{left}");
        }
    }

    #[tokio::test]
    async fn an_answer_without_end_is_not_read_to_its_end() {
        let answer = ResponseTemplate::new(200).set_body_bytes(vec![b' '; MAX_ANSWER + 1]);
        let (_server, outcome) = answered(answer).await;
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Protocol);
    }

    #[tokio::test]
    async fn a_call_ends_when_its_time_is_over() {
        let server = MockServer::start().await;
        let late = ResponseTemplate::new(200).set_delay(Duration::from_secs(60));
        Mock::given(any()).respond_with(late).mount(&server).await;
        let request = new_request(Operation::Show, Method::GET, &server.uri(), Bytes::new()).unwrap();
        let sent = send(&*http(), Operation::Show, request, Duration::from_millis(50)).await;
        let error = sent.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert_eq!(error.advice(), RetryAdvice::RETRY);
    }
}
