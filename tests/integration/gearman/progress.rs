//! Progress of films that are larger than 32 bits can count: what clients show, and what gearmand itself answers.

use super::{Gearmand, Shim, clients, limits::Client, within};
use axum::{
    Router,
    body::Body,
    extract::State,
    http::{Response, StatusCode},
};
use bytes::Bytes;
use futures_util::stream;
use serde_json::Value;
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::Semaphore, time::sleep};

const SUBMIT_JOB_BG: u32 = 18;
const JOB_CREATED: u32 = 8;
const GET_STATUS: u32 = 15;
const STATUS_RES: u32 = 20;
/// 100 MB, a little more than what `gearman -f` can count, and 6 GiB.
const TOTALS: [u64; 3] = [100_000_000, 42_949_673, 6 << 30];
/// A job's progress, in quarters of its total. The end comes from the outcome.
const QUARTERS: [u64; 4] = [0, 1, 2, 3];

/// A function in whose place no bytes move: a job's payload is the total whose progress it sends. It waits at the half for the gate.
async fn start_function(gate: Arc<Semaphore>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let router = Router::new().fallback(respond).with_state(gate);
    tokio::spawn(axum::serve(listener, router).into_future());
    url
}

async fn respond(State(gate): State<Arc<Semaphore>>, body: Bytes) -> Response<Body> {
    let Ok(total) = str::from_utf8(&body).unwrap_or_default().parse::<u64>() else {
        // A trial of address and token, which the function refuses in its own form.
        let refusal = "{\"code\":\"400\",\"msg\":\"no task\",\"info\":\"no task\",\"error\":\"invalid_job\",\"data\":{\"key\":\"\"}}";
        return Response::builder().status(StatusCode::BAD_REQUEST).body(Body::from(refusal)).unwrap();
    };
    let lines = stream::unfold(0, move |line| {
        let gate = gate.clone();
        async move {
            sleep(Duration::from_millis(300)).await;
            let Some(quarters) = QUARTERS.get(line) else {
                let outcome = "{\"event\":\"outcome\",\"code\":\"200\",\"msg\":\"upload success\",\"data\":{\"key\":\"\",\"videoid\":\"V\"}}\n";
                return (line == QUARTERS.len()).then(|| (outcome.to_owned(), line + 1));
            };
            if *quarters == 3 {
                gate.acquire().await.unwrap().forget();
            }
            let accepted = total / 4 * quarters;
            let text = format!(
                "{{\"event\":\"progress\",\"state\":\"moving\",\"read\":{accepted},\"accepted\":{accepted},\"total\":{total}}}\n"
            );
            Some((text, line + 1))
        }
    });
    let lines = futures_util::StreamExt::map(lines, Ok::<_, Infallible>);
    Response::builder().header("content-type", "application/x-ndjson").body(Body::from_stream(lines)).unwrap()
}

/// A gearmand, and a shim before a function without bytes.
async fn start(gate: usize) -> (Gearmand, Shim, Arc<Semaphore>) {
    let gate = Arc::new(Semaphore::new(gate));
    let (function, gearmand) = (start_function(gate.clone()).await, Gearmand::start().await);
    let shim = Shim::start(&function, &[&gearmand], &[]);
    (gearmand, shim, gate)
}

/// `gearman -f` multiplies by 100 in 32 bits: with bytes it would show 7 % for the half of 100 MB.
#[tokio::test]
async fn the_command_line_client_shows_growing_percentages() {
    let (gearmand, _shim, _) = start(TOTALS.len()).await;
    for total in TOTALS {
        let (success, text) = clients::command_line_output(gearmand.port, &total.to_string()).await;
        let percentages: Vec<u64> = text
            .lines()
            .filter_map(|line| {
                line.trim().strip_suffix("% Complete")?.rsplit(|c: char| !c.is_ascii_digit()).next()
            })
            .map(|number| number.parse().unwrap())
            .collect();
        assert!(success && text.contains("\"videoid\": \"V\""), "{total}: {text}");
        assert!(percentages.is_sorted() && percentages.last() == Some(&100), "{total}: {text}");
        assert!(percentages.iter().any(|one| (49..=50).contains(one)), "{total}: {text}");
    }
}

/// PHP keeps 32 bits of each number.
#[tokio::test]
async fn php_sees_progress_that_grows_to_the_total() {
    let (gearmand, _shim, _) = start(TOTALS.len()).await;
    for total in TOTALS {
        let got = clients::php(gearmand.port, &total.to_string()).await;
        let reports: Vec<[u64; 2]> = serde_json::from_value(got["reports"].clone()).unwrap();
        let [_, denominator] = reports[0];
        assert!(denominator > 10_000 && 100 * denominator <= u32::MAX.into(), "{total}: {got}");
        assert!(reports.iter().all(|[done, of]| *of == denominator && done <= of), "{total}: {got}");
        assert!(reports.is_sorted() && reports.last() == Some(&[denominator; 2]), "{total}: {got}");
        assert!(reports.iter().any(|[done, of]| (49..=50).contains(&(100 * done / of))), "{total}: {got}");
        let answer: Value = serde_json::from_str(got["answer"].as_str().unwrap()).unwrap();
        assert_eq!(answer["data"]["videoid"], "V");
    }
}

/// Gearmand keeps 32 bits of each number of a background job, and answers 0 of 0 for larger ones.
#[tokio::test]
async fn gearmand_knows_the_progress_of_background_jobs() {
    let (gearmand, shim, gate) = start(0).await;
    for (done, total) in TOTALS.into_iter().enumerate() {
        let port = gearmand.port;
        let asking = tokio::task::spawn_blocking(move || {
            let mut client = Client::connect(port);
            client.send(SUBMIT_JOB_BG, format!("upload\0{total}\0{total}").as_bytes(), 0);
            let (kind, handle) = client.next();
            assert_eq!(kind, JOB_CREATED);
            loop {
                client.send(GET_STATUS, &handle, 0);
                let text = String::from_utf8(client.wait_for(STATUS_RES)).unwrap();
                let numbers: Vec<u64> = text.split('\0').map(|number| number.parse().unwrap()).collect();
                let &[known, _, done, of] = &numbers[..] else { panic!("{text:?}") };
                assert!(known == 1 && done <= of, "{text:?}");
                // Two quarters are reported before the gate; 0 of 0 is sent before any.
                if of > 0 && 100 * done / of >= 49 {
                    assert!(100 * done / of <= 50 && of > 10_000, "{text:?}");
                    return;
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        within("the half", asking).await.unwrap();
        gate.add_permits(1);
        shim.wait_for_log("ended", done + 1).await;
    }
}
