//! A token that function or gateway refuses, an address that is not the function's: no job is taken, none is lost, none is answered with a
//! failure.

use super::{GearmanEnv, Shim, TOKEN, wait_until};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{
        Response, StatusCode,
        header::{AUTHORIZATION, CONTENT_TYPE},
    },
};
use nix::sys::signal::Signal;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{net::TcpListener, time::sleep};

const REFUSED: &str = "the function refuses the token: no job is taken";
/// Longer than a grab takes.
const WHILE: Duration = Duration::from_secs(2);

/// A gateway before the function that lets in one token, which can be rotated.
#[derive(Clone)]
struct Gateway {
    function: String,
    accepted: Arc<Mutex<&'static str>>,
}

impl Gateway {
    async fn start(function: &str) -> (Self, String) {
        let gateway =
            Self { function: function.trim_end_matches('/').into(), accepted: Arc::new(Mutex::new(TOKEN)) };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let router = Router::new().fallback(forward).with_state(gateway.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        (gateway, url)
    }

    fn rotate(&self, token: &'static str) {
        *self.accepted.lock().unwrap() = token;
    }
}

/// Answers as gateways do, without a body of the function's; else passes the request on under the function's own token.
async fn forward(State(gateway): State<Gateway>, request: Request) -> Response<Body> {
    let shown = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    if shown != Some(&format!("Bearer {}", gateway.accepted.lock().unwrap())) {
        return Response::builder().status(StatusCode::FORBIDDEN).body(Body::from("<html>")).unwrap();
    }
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let url = format!("{}{}", gateway.function, parts.uri.path());
    let request = app::http_client().unwrap().request(parts.method, url).body(body);
    let mut headers = parts.headers;
    headers.remove("host");
    headers.insert(AUTHORIZATION, format!("Bearer {TOKEN}").parse().unwrap());
    let answer = request.headers(headers).send().await.unwrap();
    let mut response = Response::builder().status(answer.status());
    if let Some(content_type) = answer.headers().get(CONTENT_TYPE) {
        response = response.header(CONTENT_TYPE, content_type);
    }
    response.body(answer.bytes().await.unwrap().into()).unwrap()
}

/// Asserts that the shim says to operators that the token is refused.
async fn assert_reported(shim: &Shim) {
    assert_eq!(shim.health("/healthz").await, (503, "the function refuses the token\n".into()));
    assert_eq!(shim.metric("token_refused").await, 1.0);
    let logged = shim.logged();
    let refused = logged.iter().find(|line| line["message"] == REFUSED).unwrap();
    assert_eq!(refused["level"], "ERROR");
}

/// Jobs stay in gearmand's queue until the file has the right token.
#[tokio::test]
async fn a_wrong_token_at_the_start_takes_no_job() {
    let world = GearmanEnv::start().await;
    let url = &world.env.clouds.endpoints.http_trigger;
    let shim = Shim::start_with_token("wrong", url, &[&world.gearmand], &[]);
    shim.wait_for_log("registered", 1).await;
    let mut films = Vec::new();
    for n in 0..3 {
        let name = format!("film-{n}");
        let (task, bytes) = world.object(&name, 1000).await;
        world.gearmand.background(&name, &task).await;
        films.push((name, bytes));
    }
    assert_reported(&shim).await;
    sleep(WHILE).await;
    assert_eq!(world.gearmand.jobs(), [3, 0, 1], "all wait, at one worker");
    shim.write_token(TOKEN);
    world.wait_until_idle().await;
    for (name, bytes) in &films {
        world.env.assert_published(name, bytes);
    }
    assert_eq!(shim.health("/healthz").await.0, 200);
    assert_eq!(shim.metric("token_refused").await, 0.0);
    wait_until("all are counted", || {
        shim.logged().iter().filter(|line| line["message"] == "ended").count() == 3
    })
    .await;
    assert_eq!(shim.metric("jobs_total{outcome=\"success\"}").await, 3.0);
    assert_eq!(shim.metric("retries_total").await, 0.0);
}

/// What the function has accepted ends; the job that was refused waits in the shim, the others in gearmand's queue.
#[tokio::test]
async fn a_rotated_token_loses_no_job_and_fails_none() {
    let world = GearmanEnv::start().await;
    let (gateway, url) = Gateway::start(&world.env.clouds.endpoints.http_trigger).await;
    let shim = Shim::start(&url, &[&world.gearmand], &["--jobs", "2"]);
    let mut films = Vec::new();
    for n in 0..4 {
        let name = format!("film-{n}");
        let (task, bytes) = world.object(&name, 1000).await;
        films.push((name, task, bytes));
    }
    world.hold(1, world.gearmand.background(&films[0].0, &films[0].1)).await;
    gateway.rotate("new");
    for (name, task, _) in &films[1..] {
        world.gearmand.background(name, task).await;
    }
    shim.wait_for_log("waiting until the function accepts the shim", 1).await;
    assert_reported(&shim).await;
    assert_eq!(shim.metric("jobs_waiting").await, 1.0);
    world.release();
    shim.wait_for_log("ended", 1).await;
    world.env.assert_published(&films[0].0, &films[0].2);
    sleep(WHILE).await;
    assert_eq!(world.gearmand.jobs(), [3, 1, 1], "a slot is free, and no job is taken");
    shim.write_token("new");
    world.wait_until_idle().await;
    shim.wait_for_log("ended", 4).await;
    for (name, _, bytes) in &films {
        world.env.assert_published(name, bytes);
    }
    let codes: Vec<_> = shim.logged().into_iter().filter_map(|line| line.get("code").cloned()).collect();
    assert_eq!(codes, ["200"; 4]);
    assert_eq!(shim.metric("jobs_total{outcome=\"failed\"}").await, 0.0);
    assert_eq!((shim.metric("token_refused").await, shim.metric("jobs_waiting").await), (0.0, 0.0));
    let log = shim.log.lock().unwrap().join("\n");
    assert!(!log.contains(TOKEN) && !log.contains("Bearer"), "{log}");
}

/// A foreground client gets its answer once the gateway lets the shim in again; the same token is enough.
#[tokio::test]
async fn a_client_waits_until_the_token_is_accepted_again() {
    let world = GearmanEnv::start().await;
    let (gateway, url) = Gateway::start(&world.env.clouds.endpoints.http_trigger).await;
    let shim = Shim::start(&url, &[&world.gearmand], &[]);
    shim.wait_for_log("registered", 1).await;
    gateway.rotate("another");
    let (task, bytes) = world.object("film", 1000).await;
    let (answer, ()) = tokio::join!(world.gearmand.foreground(&task), async {
        shim.wait_for_log("waiting until the function accepts the shim", 1).await;
        gateway.rotate(TOKEN);
    });
    assert_eq!(answer.unwrap()["data"]["videoid"], world.env.assert_published("film", &bytes).id.as_str());
}

/// A drain does not wait for a token: refused jobs go back to gearmand at once.
#[tokio::test]
async fn sigterm_returns_refused_jobs_to_gearmand() {
    let world = GearmanEnv::start().await;
    let (gateway, url) = Gateway::start(&world.env.clouds.endpoints.http_trigger).await;
    let mut shim = Shim::start(&url, &[&world.gearmand], &["--drain", "3600"]);
    shim.wait_for_log("registered", 1).await;
    gateway.rotate("new");
    let (task, bytes) = world.object("film", 1000).await;
    world.gearmand.background("film", &task).await;
    shim.wait_for_log("waiting until the function accepts the shim", 1).await;
    shim.signal(Signal::SIGTERM);
    assert_eq!(shim.wait_for_exit().await, Some(1));
    wait_until("it waits again", || world.gearmand.jobs() == [1, 0, 0]).await;
    let _next = Shim::start_with_token("new", &url, &[&world.gearmand], &[]);
    world.wait_until_idle().await;
    world.env.assert_published("film", &bytes);
}

/// One path too many in the address: the queue keeps its jobs, and the shim with the right address finishes them.
#[tokio::test]
async fn a_wrong_address_takes_no_job() {
    let world = GearmanEnv::start().await;
    let url = &world.env.clouds.endpoints.http_trigger;
    let wrong = format!("{}/elsewhere", url.trim_end_matches('/'));
    let shim = Shim::start(&wrong, &[&world.gearmand], &[]);
    shim.wait_for_log("registered", 1).await;
    let (task, bytes) = world.object("film", 1000).await;
    world.gearmand.background("film", &task).await;
    sleep(WHILE).await;
    assert_eq!(world.gearmand.jobs(), [1, 0, 1], "it waits");
    let words = "what answers at --function-url is not the function";
    assert_eq!(shim.health("/healthz").await, (503, format!("{words}\n")));
    assert_eq!((shim.metric("function_missing").await, shim.metric("token_refused").await), (1.0, 0.0));
    let logged = shim.logged();
    let refused = logged.iter().find(|line| line["message"] == format!("{words}: no job is taken"));
    assert_eq!(refused.map(|line| (&line["level"], &line["status"])), Some((&"ERROR".into(), &404.into())));
    drop(shim);
    let _next = Shim::start(url, &[&world.gearmand], &[]);
    world.wait_until_idle().await;
    world.env.assert_published("film", &bytes);
}

/// An address where nobody answers holds up the registration for seconds only: the shim says so, and takes jobs, which wait.
#[tokio::test]
async fn a_silent_address_does_not_hold_up_the_start() {
    let world = GearmanEnv::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("http://{}/", listener.local_addr().unwrap());
    let begun = std::time::Instant::now();
    let shim = Shim::start(&silent, &[&world.gearmand], &[]);
    shim.wait_for_log("registered", 1).await;
    // A trial alone may take 15 seconds.
    assert!(begun.elapsed() < Duration::from_secs(13), "{:?}", begun.elapsed());
    shim.wait_for_log("the function has not answered yet: jobs are taken meanwhile", 1).await;
}
