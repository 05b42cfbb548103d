//! Jobs whose calls are refused with 401 or 403, or answered by something else than the function.

use super::*;
use std::{
    fs,
    sync::{Arc, Mutex},
};
use tempfile::NamedTempFile;

/// The function's own answers to trials that it lets in.
const NO_TASK: &str = r#"{"code":"400","msg":"lacks source","error":"invalid_job"}"#;
const NO_ID: &str = r#"{"code":"400","msg":"no id","error":"invalid_upload_id"}"#;
const TRIALS: [&str; 2] = ["POST /base/uploads", "GET /base/uploads/token-trial"];

/// A function that accepts one token at a time, and the file that the shim reads its token from.
struct Rotation {
    function: ScriptedFunction,
    accepted: Arc<Mutex<&'static str>>,
    file: NamedTempFile,
}

impl Rotation {
    /// `respond` answers the calls that are let in and are no trials.
    async fn start(respond: impl Fn(&str) -> Response<Body> + Send + Sync + 'static) -> Self {
        Self::start_with(move |path, _| respond(path)).await
    }

    /// Every path answers as `instead` says; where it says nothing, as the function does to jobs.
    async fn start_at(instead: impl Fn(&str) -> Option<Response<Body>> + Send + Sync + 'static) -> Self {
        let function = ScriptedFunction::start_with(move |parts, body| {
            let done = || if body == "{}" { plain(400, NO_TASK) } else { lines(&format!("{DONE}\n")) };
            instead(parts.uri.path()).unwrap_or_else(done)
        })
        .await;
        let rotation = Self { function, accepted: Arc::default(), file: NamedTempFile::new().unwrap() };
        rotation.write("token");
        rotation
    }

    /// `respond` may change the accepted token.
    async fn start_with(
        respond: impl Fn(&str, &Mutex<&'static str>) -> Response<Body> + Send + Sync + 'static,
    ) -> Self {
        let accepted = Arc::new(Mutex::new("token"));
        let now = accepted.clone();
        let function = ScriptedFunction::start_with(move |parts, body| {
            let let_in = parts.headers["authorization"] == format!("Bearer {}", now.lock().unwrap());
            match (let_in, parts.uri.path()) {
                (false, _) => plain(401, r#"{"code":"401","msg":"a valid bearer token is needed"}"#),
                (true, "/base/uploads/token-trial") => plain(400, NO_ID),
                (true, _) if body == "{}" => plain(400, NO_TASK),
                (true, path) => respond(path, &now),
            }
        })
        .await;
        let rotation = Self { function, accepted, file: NamedTempFile::new().unwrap() };
        rotation.write("token");
        rotation
    }

    fn write(&self, token: &str) {
        fs::write(self.file.path(), format!("{token}\n")).unwrap();
    }

    fn accept(&self, token: &'static str) {
        *self.accepted.lock().unwrap() = token;
    }

    fn forwarder(&self, budget: Duration) -> Forwarder {
        forwarder_with_token_file(&self.function.url, budget, self.file.path().into())
    }
}

/// Waits until so many jobs wait for a token.
async fn wait_for_waiting(forwarder: &Forwarder, jobs: u64) {
    let waiting = async {
        while forwarder.metrics.jobs_waiting() != jobs {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(LONG, waiting).await.expect("jobs wait");
}

/// Runs `jobs` jobs while `meanwhile` happens; returns their answers.
async fn answers_of(forwarder: &Forwarder, jobs: usize, meanwhile: impl Future<Output = ()>) -> Vec<Value> {
    let all = futures_util::future::join_all((0..jobs).map(|_| forward_job(forwarder)));
    let running = async { tokio::join!(all, meanwhile).0 };
    tokio::select! {
        answers = running => answers.into_iter().map(|(answer, _)| answer).collect(),
        never = forwarder.gate.reopen_when_accepted() => match never {},
    }
}

/// The jobs stay unanswered, the handler is not ready, and everything goes on once the file has the new token.
#[tokio::test]
async fn refused_jobs_wait_until_the_file_has_the_new_token() {
    let rotation = Rotation::start(|_| lines(&format!("{DONE}\n"))).await;
    let forwarder = rotation.forwarder(LONG);
    rotation.accept("new");
    let answers = answers_of(&forwarder, 3, async {
        wait_for_waiting(&forwarder, 3).await;
        assert!(forwarder.metrics.is_token_refused() && forwarder.gate.refusal().is_some());
        timeout(Duration::from_millis(100), forwarder.wait_until_ready()).await.expect_err("not ready");
        rotation.write("");
        sleep(Duration::from_millis(100)).await;
        assert!(forwarder.gate.refusal().is_some(), "a file that is just being written");
        rotation.write("new");
    })
    .await;
    assert!(answers.iter().all(|answer| answer["code"] == "200"), "{answers:?}");
    assert!(!forwarder.metrics.is_token_refused() && forwarder.metrics.jobs_waiting() == 0);
    forwarder.wait_until_ready().await;
}

/// A refused token does not keep the function busy: the pauses between its trials double.
#[tokio::test]
async fn trials_of_a_refused_token_get_rarer() {
    let rotation = Rotation::start(|_| lines(DONE)).await;
    let forwarder = rotation.forwarder(LONG);
    rotation.accept("new");
    forwarder.gate.try_once().await;
    let trying = timeout(Duration::from_millis(600), forwarder.gate.reopen_when_accepted());
    trying.await.expect_err("still refused");
    // At the start, then after 20, 40, 80, 160 ms and so on, or later.
    let trials = rotation.function.paths().len();
    assert!((2..=6).contains(&trials), "{trials} trials");
}

/// A function that is late to learn of a token is enough as well.
#[tokio::test]
async fn refused_jobs_wait_until_the_function_accepts_the_token() {
    let rotation = Rotation::start(|_| lines(&format!("{DONE}\n"))).await;
    let forwarder = rotation.forwarder(LONG);
    rotation.accept("old");
    let answers = answers_of(&forwarder, 1, async {
        wait_for_waiting(&forwarder, 1).await;
        rotation.accept("token");
    })
    .await;
    assert_eq!(answers[0]["code"], "200");
}

/// The file may be ahead of the function: the token in use goes on until it is refused, too.
#[tokio::test]
async fn the_token_in_use_stays_while_it_is_accepted() {
    let calls = Mutex::new(0);
    let rotation = Rotation::start(move |_| {
        let mut calls = calls.lock().unwrap();
        *calls += 1;
        if *calls == 1 { plain(401, "") } else { lines(&format!("{DONE}\n")) }
    })
    .await;
    rotation.write("not yet");
    let forwarder = rotation.forwarder(LONG);
    assert_eq!(forward_job(&forwarder).await.0["code"], "200");
    assert!(forwarder.gate.refusal().is_none());
    assert_eq!(forwarder.function.authorization(), "Bearer token");
}

/// Let in without the job, the token is right: the job is asked three times more, then the refusal is its reply, and other jobs are taken.
#[tokio::test]
async fn a_refusal_of_the_job_alone_is_its_reply() {
    let shim = "the function refuses this job, though it accepts the shim's token";
    let own = r#"{"code":"403","msg":"not this one","error":"forbidden"}"#;
    for (status, body, words, error) in [
        (401, "", shim, "unauthorized"),
        (401, r#"{"code":"401","msg":"a valid bearer token is needed"}"#, shim, "unauthorized"),
        (403, "<html>", shim, "unauthorized"),
        (403, own, "not this one", "forbidden"),
    ] {
        let rotation = Rotation::start(move |_| plain(status, body)).await;
        let forwarder = rotation.forwarder(LONG);
        let (answer, _) = forward_job(&forwarder).await;
        let found = [&answer["code"], &answer["msg"], &answer["error"], &answer["data"]["key"]];
        assert_eq!(found, ["500", words, error, "name"], "{body}");
        let asked = [&["POST /base/uploads"][..], &TRIALS].concat().repeat(4);
        assert_eq!(rotation.function.paths(), asked);
        assert!(forwarder.gate.refusal().is_none());
    }
}

/// The shim needs both rights: a token that may submit and not read is refused.
#[tokio::test]
async fn a_token_without_a_right_is_refused() {
    let forbidden = r#"{"code":"403","msg":"the token lacks the right read","error":"forbidden"}"#;
    for responses in [vec![plain(403, forbidden)], vec![plain(400, NO_TASK), plain(403, forbidden)]] {
        let asked = responses.len();
        let function = ScriptedFunction::start(responses).await;
        let forwarder = forwarder(&function.url, LONG);
        forwarder.gate.try_once().await;
        assert!(forwarder.gate.refusal().is_some());
        assert_eq!(function.paths(), TRIALS[..asked]);
    }
}

/// Neither says anything about the token.
#[tokio::test]
async fn a_function_that_is_down_leaves_the_gate_open() {
    let busy = ScriptedFunction::start([plain(503, "")]).await;
    for url in ["http://127.0.0.1:9", &busy.url] {
        let forwarder = forwarder(url, LONG);
        forwarder.gate.try_once().await;
        assert!(forwarder.gate.refusal().is_none());
        forwarder.wait_until_ready().await;
    }
}

/// An upload that the function has accepted is queried again under the new token, not submitted again.
#[tokio::test]
async fn an_upload_in_progress_is_queried_under_the_new_token() {
    let ended = r#"{"outcome":{"code":"200","msg":"m","info":"m","data":{"key":"x","videoid":"V"}}}"#;
    let rotation = Rotation::start_with(move |path, accepted| match path {
        "/base/uploads" => {
            *accepted.lock().unwrap() = "new";
            in_progress()
        }
        _ => plain(200, ended),
    })
    .await;
    let forwarder = rotation.forwarder(LONG);
    let answers = answers_of(&forwarder, 1, async {
        wait_for_waiting(&forwarder, 1).await;
        rotation.write("new");
    })
    .await;
    assert_eq!(answers[0]["data"]["videoid"], "V");
    let queries = rotation.function.paths().iter().filter(|path| path.ends_with("/ab12")).count();
    assert_eq!(queries, 2, "{:?}", rotation.function.paths());
}

/// Its reply then says that the token was not accepted.
#[tokio::test]
async fn a_job_waits_for_a_token_within_its_budget_alone() {
    let rotation = Rotation::start(|_| lines(DONE)).await;
    rotation.accept("new");
    let forwarder = rotation.forwarder(Duration::from_millis(300));
    let (answer, _) = forward_job(&forwarder).await;
    let found = [&answer["code"], &answer["error"], &answer["msg"]];
    let words = "no answer in the time allowed: the function does not accept the shim's token";
    assert_eq!(found, ["500", "retries_exhausted", words]);
}

/// Gearmand has requeued the job: nobody waits for it.
#[tokio::test]
async fn a_lost_connection_ends_the_wait_for_a_token() {
    let rotation = Rotation::start(|_| lines(DONE)).await;
    rotation.accept("new");
    let forwarder = rotation.forwarder(LONG);
    let (outgoing, sent) = mpsc::channel(1);
    let progress = Progress::new("H:1".into(), outgoing);
    let lost = async {
        wait_for_waiting(&forwarder, 1).await;
        drop(sent);
    };
    timeout(LONG, async { tokio::join!(forwarder.handle(job(), &progress), lost) }).await.expect("an end");
}

/// As a gateway's default page answers, or an address with one path too many.
#[tokio::test]
async fn jobs_wait_while_the_address_is_not_the_functions() {
    let own = r#"{"code":"404","msg":"there is no such path","error":"no_such_path"}"#;
    for (status, body) in
        [(404, "<html>"), (405, ""), (400, "<html>"), (200, "<html>"), (302, ""), (404, own)]
    {
        let is_there = Arc::new(Mutex::new(false));
        let now = is_there.clone();
        let rotation = Rotation::start_at(move |path| match *now.lock().unwrap() {
            false => Some(plain(status, body)),
            true if path == "/base/uploads" => None,
            true => Some(plain(400, NO_ID)),
        })
        .await;
        let forwarder = rotation.forwarder(LONG);
        let answers = answers_of(&forwarder, 2, async {
            wait_for_waiting(&forwarder, 2).await;
            let refusal = forwarder.gate.refusal();
            assert!(matches!(refusal, Some(Refusal::Address { .. })), "{status} {body}: {refusal:?}");
            assert!(forwarder.metrics.is_function_missing() && !forwarder.metrics.is_token_refused());
            *is_there.lock().unwrap() = true;
        })
        .await;
        assert!(answers.iter().all(|answer| answer["code"] == "200"), "{answers:?}");
        assert!(!forwarder.metrics.is_function_missing());
    }
}

/// The function is there: what a gateway answers to this job alone is asked for three times more, then it is the job's reply.
#[tokio::test]
async fn an_answer_of_another_to_one_job_alone_is_its_reply() {
    let (json_404, json_200) = (r#"{"code":"404","msg":"no route"}"#, r#"{"code":"200","msg":"OK"}"#);
    for (status, body) in
        [(404, "<html>"), (404, json_404), (400, ""), (500, "<html>"), (200, "<html>"), (200, json_200)]
    {
        let rotation = Rotation::start(move |_| plain(status, body)).await;
        let forwarder = rotation.forwarder(LONG);
        let (answer, _) = forward_job(&forwarder).await;
        let words = format!("the function's gateway answered {status}");
        assert_eq!((&answer["error"], &answer["msg"]), (&json!("function_failed"), &json!(words)));
        let asked = [&["POST /base/uploads"][..], &TRIALS].concat().repeat(4);
        assert_eq!(rotation.function.paths(), asked);
        assert!(forwarder.gate.refusal().is_none());
    }
}

/// The reply then says what is wrong with the address.
#[tokio::test]
async fn a_job_waits_for_the_function_within_its_budget_alone() {
    let function = ScriptedFunction::start_with(|_, _| plain(404, "<html>")).await;
    let (answer, _) = forward_job(&forwarder(&function.url, Duration::from_millis(300))).await;
    let words =
        "no answer in the time allowed: what answers at the shim's --function-url is not the function";
    assert_eq!([&answer["error"], &answer["msg"]], ["retries_exhausted", words]);
}

/// The first trial ends the wait for it whatever it finds, and a function that is down at the start is tried on.
#[tokio::test]
async fn a_function_that_is_down_at_the_start_is_tried_on() {
    let responses =
        [plain(503, ""), plain(503, ""), plain(404, "<html>"), plain(400, NO_TASK), plain(400, NO_ID)];
    let function = ScriptedFunction::start(responses).await;
    let forwarder = forwarder(&function.url, LONG);
    let meanwhile = async {
        forwarder.gate.wait_until_tried().await;
        assert_eq!(function.paths().len(), 1, "the gate is open meanwhile");
        while forwarder.gate.refusal().is_none() {
            sleep(Duration::from_millis(1)).await;
        }
        forwarder.gate.wait_until_open().await;
    };
    tokio::select! {
        () = meanwhile => {}
        never = forwarder.gate.keep_trying() => match never {},
    }
    assert_eq!(function.paths().len(), 5);
}
