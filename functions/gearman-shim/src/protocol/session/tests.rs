#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]
use super::*;
use crate::protocol::{
    packet::packet_type::{
        ECHO_REQ, ECHO_RES, ERROR, GRAB_JOB_UNIQ, JOB_ASSIGN, JOB_ASSIGN_ALL, JOB_ASSIGN_UNIQ, NO_JOB, NOOP,
        PRE_SLEEP, WORK_COMPLETE, WORK_FAIL, WORK_STATUS,
    },
    testing::{Echo, Gearmand, join, response, worker, worker_once},
};
use bytes::Bytes;
use tokio::{task::JoinHandle, time::sleep};

mod readiness;

const SHORT: Duration = Duration::from_secs(5);

type SessionTask = JoinHandle<Result<(), SessionError>>;

fn start(context: &Arc<WorkerContext<Echo>>) -> (Gearmand, SessionTask) {
    let (gearmand, connection) = Gearmand::new();
    let context = context.clone();
    (gearmand, tokio::spawn(async move { run(&context, "test", connection).await }))
}

/// A session of that worker whose registration gearmand has confirmed.
async fn open(context: &Arc<WorkerContext<Echo>>) -> (Gearmand, SessionTask) {
    let (mut gearmand, session) = start(context);
    gearmand.accept_registration().await;
    (gearmand, session)
}

/// Answers a grab with no job and lets the worker sleep.
async fn put_to_sleep(gearmand: &mut Gearmand) {
    gearmand.expect(GRAB_JOB_UNIQ, "").await;
    gearmand.send(NO_JOB, "").await;
    gearmand.expect(PRE_SLEEP, "").await;
}

/// Drains the worker; its session must then close the connection without an error.
async fn drain(context: &WorkerContext<Echo>, mut gearmand: Gearmand, session: SessionTask) {
    context.drain.cancel();
    assert_eq!(gearmand.next().await, None, "closed");
    join(session).await.unwrap();
}

/// Ready is a worker whose registration was confirmed. Until then its connection takes no slot from the others.
#[tokio::test(start_paused = true)]
async fn a_worker_registers_before_it_grabs() {
    let worker = worker(1);
    let (mut gearmand, session) = start(&worker);
    for _ in 0..3 {
        gearmand.next().await.unwrap();
    }
    // A connection without a confirmation keeps no slot from the others.
    gearmand.expect_nothing(SHORT).await;
    assert!(!worker.metrics.is_ready() && worker.slots.available_permits() == 1);
    gearmand.send(ECHO_RES, "registered").await;
    put_to_sleep(&mut gearmand).await;
    assert!(worker.metrics.is_ready());
    drop(gearmand);
    assert!(matches!(join(session).await, Err(SessionError::Closed)));
    assert!(!worker.metrics.is_ready());
}

/// Two jobs run at once over one connection; the third is grabbed only when a slot is free again.
#[tokio::test(start_paused = true)]
async fn jobs_of_one_connection_run_at_once_within_the_slots() {
    let worker = worker(2);
    let (mut gearmand, session) = open(&worker).await;
    gearmand.assign(1, "wait").await;
    gearmand.assign(2, "wait").await;
    gearmand.expect_nothing(SHORT).await;
    assert_eq!(worker.metrics.in_flight(), 2);
    worker.handler.gate.add_permits(1);
    gearmand.expect(WORK_COMPLETE, "H:1\0wait").await;
    gearmand.assign(3, "third").await;
    gearmand.expect(WORK_COMPLETE, "H:3\0third").await;
    put_to_sleep(&mut gearmand).await;
    worker.handler.gate.add_permits(1);
    gearmand.expect(WORK_COMPLETE, "H:2\0wait").await;
    drain(&worker, gearmand, session).await;
    assert_eq!(worker.metrics.job_count(Outcome::Success), 3);
}

/// Two connections share one slot: it goes to the second while the first sleeps, and back.
#[tokio::test(start_paused = true)]
async fn connections_share_slots_and_a_sleeping_one_holds_none() {
    let worker = worker(1);
    let (mut first, one) = open(&worker).await;
    first.expect(GRAB_JOB_UNIQ, "").await;
    let (mut second, two) = open(&worker).await;
    second.expect_nothing(SHORT).await;
    first.send(NO_JOB, "").await;
    first.expect(PRE_SLEEP, "").await;
    second.assign(1, "wait").await;
    first.send(NOOP, "").await;
    first.expect_nothing(SHORT).await;
    worker.handler.gate.add_permits(1);
    second.expect(WORK_COMPLETE, "H:1\0wait").await;
    first.assign(1, "mine").await;
    first.expect(WORK_COMPLETE, "H:1\0mine").await;
    worker.drain.cancel();
    first.send(NO_JOB, "").await;
    second.send(NO_JOB, "").await;
    for session in [one, two] {
        join(session).await.unwrap();
    }
}

/// ERROR packets concern earlier packets: the pending grab is still answered by a job.
#[tokio::test(start_paused = true)]
async fn an_error_is_never_the_answer_to_a_grab() {
    let worker = worker(4);
    let (mut gearmand, session) = open(&worker).await;
    gearmand.expect(GRAB_JOB_UNIQ, "").await;
    for _ in 0..3 {
        gearmand.send(ERROR, "JOB_NOT_FOUND\0Job given in work result not found").await;
        gearmand.send(NOOP, "").await;
    }
    gearmand.expect_nothing(SHORT).await;
    gearmand.send(JOB_ASSIGN_UNIQ, "H:1\0upload\0\0here").await;
    let mut found = [gearmand.next().await.unwrap(), gearmand.next().await.unwrap()];
    found.sort();
    assert_eq!(found, [(WORK_COMPLETE, "H:1\0here".into()), (GRAB_JOB_UNIQ, Bytes::new())]);
    assert!(worker.metrics.render().contains("errors_total 3"));
    gearmand.send(NO_JOB, "").await;
    gearmand.expect(PRE_SLEEP, "").await;
    drain(&worker, gearmand, session).await;
}

/// Payloads with NUL bytes and unique ids that are not UTF-8 included.
#[tokio::test(start_paused = true)]
async fn every_form_of_assignment_is_taken_byte_for_byte() {
    let worker = worker(1);
    let (mut gearmand, session) = open(&worker).await;
    for (kind, head) in [
        (JOB_ASSIGN, &b"H:1\0upload\0"[..]),
        (JOB_ASSIGN_UNIQ, b"H:1\0upload\0\xff\xfe\0"),
        (JOB_ASSIGN_ALL, b"H:1\0upload\0u\0\0"),
    ] {
        let payload = b"\0pay\0load\xff\0";
        gearmand.expect(GRAB_JOB_UNIQ, "").await;
        gearmand.send(kind, [head, payload].concat()).await;
        let expected = Bytes::from([b"H:1\0", &payload[..]].concat());
        assert_eq!(gearmand.next().await, Some((WORK_COMPLETE, expected)));
    }
    put_to_sleep(&mut gearmand).await;
    drain(&worker, gearmand, session).await;
}

/// It grabs after a NOOP, and within fifteen seconds unasked, for jobs whose scheduled time has come.
#[tokio::test(start_paused = true)]
async fn a_sleeper_wakes_by_noop_and_by_itself() {
    let worker = worker(1);
    let (mut gearmand, session) = open(&worker).await;
    put_to_sleep(&mut gearmand).await;
    gearmand.send(NOOP, "").await;
    put_to_sleep(&mut gearmand).await;
    let asleep = Instant::now();
    gearmand.assign(1, "due").await;
    let slept = asleep.elapsed();
    assert!(slept >= MAX_SLEEP && slept <= Duration::from_secs(15), "{slept:?}");
    gearmand.expect(WORK_COMPLETE, "H:1\0due").await;
    gearmand.expect(GRAB_JOB_UNIQ, "").await;
    drop(gearmand);
    join(session).await.unwrap_err();
}

/// Echoes keep a connection over more than a minute of silence, during a drain as well; an echo that is not answered ends the session.
#[tokio::test(start_paused = true)]
async fn a_silent_gearmand_is_asked_for_an_echo_then_left() {
    let worker = worker(1);
    let (mut gearmand, session) = open(&worker).await;
    gearmand.assign(1, "wait").await;
    // More than a minute of silence: echoes keep the connection, during a drain as well.
    for _ in 0..4 {
        gearmand.expect(ECHO_REQ, "alive").await;
        gearmand.send(ECHO_RES, "alive").await;
        worker.drain.cancel();
    }
    gearmand.expect(ECHO_REQ, "alive").await;
    assert_eq!(gearmand.next().await, None, "given up");
    assert!(matches!(join(session).await, Err(SessionError::Silent)));
}

/// The slot is free again, and nothing follows a job's last packet. A job of another function fails, too.
#[tokio::test(start_paused = true)]
async fn a_panic_fails_its_job_alone() {
    let worker = worker(1);
    let (mut gearmand, session) = open(&worker).await;
    gearmand.assign(1, "panic").await;
    gearmand.expect(WORK_FAIL, "H:1").await;
    gearmand.assign(2, "fail").await;
    gearmand.expect(WORK_FAIL, "H:2").await;
    gearmand.assign(3, "status").await;
    gearmand.expect(WORK_STATUS, "H:3\x001\x002").await;
    gearmand.expect(WORK_COMPLETE, "H:3\0status").await;
    gearmand.expect(GRAB_JOB_UNIQ, "").await;
    gearmand.send(JOB_ASSIGN, "H:4\0another function\0x").await;
    gearmand.expect(WORK_FAIL, "H:4").await;
    gearmand.expect(GRAB_JOB_UNIQ, "").await;
    gearmand.expect_nothing(SHORT).await;
    let count = |outcome| worker.metrics.job_count(outcome);
    assert_eq!([Outcome::Panicked, Outcome::Failed, Outcome::Success, Outcome::Refused].map(count), [1; 4]);
    drop(gearmand);
    join(session).await.unwrap_err();
}

/// The handler answers it, and the next job comes over the same connection.
#[tokio::test(start_paused = true)]
async fn a_payload_that_is_too_large_keeps_the_connection() {
    let worker = worker(1);
    let (mut gearmand, session) = open(&worker).await;
    for size in [1001, 200_000] {
        gearmand.assign(1, &"x".repeat(size)).await;
        gearmand.expect(WORK_COMPLETE, format!("H:1\0{size} is too large")).await;
    }
    let whole = "x".repeat(1000);
    gearmand.assign(2, &whole).await;
    gearmand.expect(WORK_COMPLETE, format!("H:2\0{whole}")).await;
    gearmand.expect(GRAB_JOB_UNIQ, "").await;
    drop(gearmand);
    join(session).await.unwrap_err();
}

/// They notice the loss and keep their slot; their replies are dropped.
#[tokio::test(start_paused = true)]
async fn jobs_of_a_lost_connection_run_on_without_a_client() {
    let worker = worker(1);
    let (mut first, session) = open(&worker).await;
    first.assign(1, "wait").await;
    first.expect_nothing(SHORT).await;
    drop(first);
    join(session).await.unwrap_err();
    worker.handler.losses.acquire().await.unwrap().forget();
    // The job comes again over a new connection; the first run still has the slot.
    let (mut second, session) = open(&worker).await;
    second.expect_nothing(SHORT).await;
    worker.handler.gate.add_permits(1);
    second.assign(1, "again").await;
    second.expect(WORK_COMPLETE, "H:1\0again").await;
    second.expect(GRAB_JOB_UNIQ, "").await;
    assert_eq!((worker.metrics.job_count(Outcome::Lost), worker.metrics.job_count(Outcome::Success)), (1, 1));
    drop(second);
    join(session).await.unwrap_err();
}

/// A job that answers a grab sent before the drain is run; everything is answered before the connection is closed.
#[tokio::test(start_paused = true)]
async fn a_drain_runs_assigned_jobs_and_answers_them_all() {
    let worker = worker(2);
    let (mut gearmand, session) = open(&worker).await;
    gearmand.assign(1, "wait").await;
    gearmand.expect(GRAB_JOB_UNIQ, "").await;
    worker.drain.cancel();
    gearmand.expect_nothing(SHORT).await;
    gearmand.send(JOB_ASSIGN_UNIQ, "H:2\0upload\0\0wait").await;
    gearmand.expect_nothing(SHORT).await;
    worker.handler.gate.add_permits(2);
    gearmand.expect(WORK_COMPLETE, "H:1\0wait").await;
    gearmand.expect(WORK_COMPLETE, "H:2\0wait").await;
    drain(&worker, gearmand, session).await;
}

/// Gearmand closes its side before the session has a turn again: the session still ends without an error.
#[tokio::test(start_paused = true)]
async fn a_close_that_follows_our_own_is_no_loss() {
    for _ in 0..20 {
        let worker = worker(1);
        let (mut gearmand, session) = open(&worker).await;
        put_to_sleep(&mut gearmand).await;
        // It closes its side before the session has a turn again.
        let closing = tokio::spawn(async move { gearmand.next().await });
        tokio::task::yield_now().await;
        worker.drain.cancel();
        assert_eq!(join(closing).await, None);
        join(session).await.unwrap();
    }
}

/// A second connection takes none.
#[tokio::test(start_paused = true)]
async fn once_takes_one_job_of_all_connections() {
    let worker = worker_once();
    let (mut first, one) = open(&worker).await;
    first.expect(GRAB_JOB_UNIQ, "").await;
    let (second, two) = open(&worker).await;
    first.send(JOB_ASSIGN_UNIQ, "H:1\0upload\0\0only").await;
    first.expect(WORK_COMPLETE, "H:1\0only").await;
    drain(&worker, first, one).await;
    drain(&worker, second, two).await;
}

/// Two jobs in one read answer one grab: nobody requested the second, even where a slot is free.
#[tokio::test(start_paused = true)]
async fn malformed_packets_and_unrequested_jobs_end_a_session() {
    let two_jobs =
        [response(JOB_ASSIGN, b"H:1\0upload\0x"), response(JOB_ASSIGN, b"H:2\0upload\0x")].concat();
    for (bytes, unrequested) in [
        (&b"ERR UNKNOWN_COMMAND\r\n"[..], false),
        (b"\0REQ\0\0\0\x06\0\0\0\0", false),
        (b"\0RES\0\0\0\xff\0\0\0\0", false),
        (b"\0RES\0\0\0\x1f\0\0\0\0", false),
        (&two_jobs, true),
    ] {
        let (mut gearmand, session) = open(&worker(4)).await;
        gearmand.expect(GRAB_JOB_UNIQ, "").await;
        gearmand.send_bytes(bytes).await;
        match join(session).await {
            Err(SessionError::UnrequestedJob) => assert!(unrequested, "{bytes:?}"),
            Err(SessionError::Codec(_)) => assert!(!unrequested, "{bytes:?}"),
            ended => panic!("{bytes:?}: {ended:?}"),
        }
    }
}

/// A payload that takes minutes to arrive, in pieces that complete no packet, is a sign of life.
#[tokio::test(start_paused = true)]
async fn a_payload_that_arrives_slowly_keeps_the_connection() {
    let worker = worker(1);
    let (mut gearmand, session) = open(&worker).await;
    gearmand.expect(GRAB_JOB_UNIQ, "").await;
    let packet = response(JOB_ASSIGN_UNIQ, format!("H:1\0upload\0\0{}", "x".repeat(200_000)).as_bytes());
    for piece in packet.chunks(packet.len() / 20) {
        sleep(SILENCE / 2).await;
        gearmand.send_bytes(piece).await;
    }
    gearmand.expect(WORK_COMPLETE, "H:1\x00200000 is too large").await;
    put_to_sleep(&mut gearmand).await;
    drain(&worker, gearmand, session).await;
}
