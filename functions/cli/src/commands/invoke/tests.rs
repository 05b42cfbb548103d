//! What `invoke` makes of servers that answer too much, too little or nothing.

use super::*;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// Answers one request with this response; returns the server's URL.
async fn serve(response: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await;
        let _ = stream.write_all(&response).await;
        // The client decides when it has read enough.
        while stream.read(&mut request).await.is_ok_and(|read| read > 0) {}
    });
    url
}

fn text_of(result: Result<ExitCode, CliError>) -> String {
    format!("{:?}", result.expect_err("too long"))
}

#[tokio::test]
async fn a_response_to_an_event_has_a_limit() {
    let length = MAX_RESPONSE + 1;
    let url = serve(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n").into_bytes()).await;
    let error = text_of(send_event(&url, Path::new("Cargo.toml"), true, PATIENCE).await);
    assert!(error.contains("more than 33554432 bytes"), "{error}");
}

fn task_for(url: &str) -> InvokeArgs {
    InvokeArgs {
        source: Some("oss://b/a.mp4".into()),
        event: None,
        function_url: url.into(),
        token_file: None,
        account: None,
        json: true,
    }
}

/// The server at a mistyped URL has begun nothing that a sweep would resume.
#[tokio::test]
async fn an_answer_of_another_server_is_named_with_its_status() {
    for body in ["<html>not here</html>\n", "{\"Code\":\"NotFound\",\"Message\":\"no\"}", ""] {
        let length = body.len();
        let url =
            serve(format!("HTTP/1.1 404 Not Found\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes())
                .await;
        let error = text_of(send_task(&url, &task_for(&url), PATIENCE).await);
        assert!(error.contains("HTTP 404") && !error.contains("resumes"), "{error}");
    }
}

/// A function that began and went silent leaves the rest to its sweep.
#[tokio::test]
async fn a_response_that_breaks_off_is_left_to_the_sweep() {
    let line = "{\"event\":\"heartbeat\"}\n";
    let response = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{line}", line.len());
    let url = serve(response.into_bytes()).await;
    let error = text_of(send_task(&url, &task_for(&url), PATIENCE).await);
    assert!(error.contains("its sweep resumes"), "{error}");
}

#[tokio::test]
async fn a_line_of_the_response_to_a_task_has_a_limit() {
    let mut response = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\n\r\n".to_vec();
    response.resize(response.len() + MAX_LINE + 1, b' ');
    let url = serve(response).await;
    let error = text_of(send_task(&url, &task_for(&url), PATIENCE).await);
    assert!(error.contains("more than 1048576 bytes"), "{error}");
}

const SHORT: Duration = Duration::from_millis(100);
/// No test waits so long.
const LONG: Duration = Duration::from_secs(60);

/// Sends a task, which must end in time.
async fn ask(url: &str, patience: Patience) -> Result<ExitCode, CliError> {
    timeout(LONG, send_task(url, &task_for(url), patience)).await.expect("it ends")
}

/// A connection that is taken, and on which nothing comes.
#[tokio::test]
async fn a_function_that_never_answers_is_named() {
    let url = serve(Vec::new()).await;
    let patience = Patience { first: SHORT, next: LONG, event: LONG };
    let error = text_of(ask(&url, patience).await);
    assert!(error.contains("did not answer within") && error.contains("127.0.0.1"), "{error}");

    let url = serve(Vec::new()).await;
    let patience = Patience { first: LONG, next: LONG, event: SHORT };
    let asking = send_event(&url, Path::new("Cargo.toml"), true, patience);
    let error = text_of(timeout(LONG, asking).await.expect("it ends"));
    assert!(error.contains("did not answer within"), "{error}");
}

/// A response of which this line has come, and whose end does not.
async fn serve_line(line: &str) -> String {
    serve(format!("HTTP/1.1 200 OK\r\ncontent-length: 10000\r\n\r\n{line}\n").into_bytes()).await
}

/// A function that was frozen or lost its network after it began.
#[tokio::test]
async fn a_function_that_falls_silent_is_left_to_its_sweep() {
    let url = serve_line(r#"{"event":"heartbeat"}"#).await;
    let patience = Patience { first: LONG, next: SHORT, event: LONG };
    let error = text_of(ask(&url, patience).await);
    assert!(error.contains("has sent nothing for") && error.contains("its sweep resumes"), "{error}");
}

/// The outcome ends it, whatever keeps the response open.
#[tokio::test]
async fn nothing_is_read_after_the_outcome() {
    let url = serve_line(r#"{"event":"outcome","code":"502","msg":"no","error":"youku_unauthorized"}"#).await;
    let code = ask(&url, PATIENCE).await.expect("an outcome");
    assert_eq!(code, ExitCode::from(exit_code::DENIED));
}
