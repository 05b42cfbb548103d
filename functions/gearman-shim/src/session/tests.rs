#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
use super::*;
use crate::{
    codec::{ECHO_RES, ERROR, JOB_ASSIGN, JOB_ASSIGN_ALL, JOB_ASSIGN_UNIQ, NO_JOB, NOOP, WORK_STATUS},
    testing::{Echo, GRAB, Gearmand, ended, worker, worker_with},
};
use std::{
    pin::Pin,
    sync::Mutex,
    task::{Context, Poll},
};
use tokio::task::JoinHandle;

const SHORT: Duration = Duration::from_secs(5);

/// A session of that worker with a gearmand that has greeted it.
async fn open(shared: &Arc<Shared<Echo>>) -> (Gearmand, JoinHandle<io::Result<()>>) {
    let (mut gearmand, line) = Gearmand::new();
    let shared = shared.clone();
    let session = tokio::spawn(async move { run(&shared, "test", line).await });
    gearmand.greet().await;
    (gearmand, session)
}

/// Drains; everything must then end in order.
async fn drained(shared: &Shared<Echo>, mut gearmand: Gearmand, session: JoinHandle<io::Result<()>>) {
    shared.drain.begin();
    assert_eq!(gearmand.next().await, None, "closed");
    ended(session).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn registered_is_who_was_answered() {
    let worker = worker(1);
    let (mut gearmand, line) = Gearmand::new();
    let shared = worker.clone();
    let session = tokio::spawn(async move { run(&shared, "test", line).await });
    for _ in 0..3 {
        gearmand.next().await.unwrap();
    }
    // Nor does who is silent keep a slot from the others.
    gearmand.quiet(SHORT).await;
    assert!(!worker.metrics.is_ready() && worker.slots.available_permits() == 1);
    gearmand.say(ECHO_RES, "registered").await;
    gearmand.expect(GRAB, "").await;
    gearmand.say(NO_JOB, "").await;
    gearmand.expect(PRE_SLEEP, "").await;
    assert!(worker.metrics.is_ready());
    drop(gearmand);
    assert_eq!(ended(session).await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    assert!(!worker.metrics.is_ready());
}

#[tokio::test(start_paused = true)]
async fn jobs_of_one_line_run_at_once_and_no_more_of_them_than_there_are_slots() {
    let worker = worker(2);
    let (mut gearmand, session) = open(&worker).await;
    gearmand.assign(1, "wait").await;
    gearmand.assign(2, "wait").await;
    gearmand.quiet(SHORT).await;
    assert_eq!(worker.metrics.in_flight(), 2);
    worker.handler.gate.add_permits(1);
    gearmand.expect(WORK_COMPLETE, "H:1\0wait").await;
    gearmand.assign(3, "third").await;
    gearmand.expect(WORK_COMPLETE, "H:3\0third").await;
    gearmand.expect(GRAB, "").await;
    gearmand.say(NO_JOB, "").await;
    gearmand.expect(PRE_SLEEP, "").await;
    worker.handler.gate.add_permits(1);
    gearmand.expect(WORK_COMPLETE, "H:2\0wait").await;
    drained(&worker, gearmand, session).await;
    assert_eq!(worker.metrics.jobs(Outcome::Success), 3);
}

#[tokio::test(start_paused = true)]
async fn two_lines_share_one_slot_and_a_sleeping_one_holds_none() {
    let worker = worker(1);
    let (mut first, one) = open(&worker).await;
    first.expect(GRAB, "").await;
    let (mut second, two) = open(&worker).await;
    second.quiet(SHORT).await;
    first.say(NO_JOB, "").await;
    first.expect(PRE_SLEEP, "").await;
    second.assign(1, "wait").await;
    first.say(NOOP, "").await;
    first.quiet(SHORT).await;
    worker.handler.gate.add_permits(1);
    second.expect(WORK_COMPLETE, "H:1\0wait").await;
    first.assign(1, "mine").await;
    first.expect(WORK_COMPLETE, "H:1\0mine").await;
    worker.drain.begin();
    first.say(NO_JOB, "").await;
    second.say(NO_JOB, "").await;
    for session in [one, two] {
        ended(session).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_is_never_the_answer_to_a_grab() {
    let worker = worker(4);
    let (mut gearmand, session) = open(&worker).await;
    gearmand.expect(GRAB, "").await;
    for _ in 0..3 {
        gearmand.say(ERROR, "JOB_NOT_FOUND\0Job given in work result not found").await;
        gearmand.say(NOOP, "").await;
    }
    gearmand.quiet(SHORT).await;
    gearmand.say(JOB_ASSIGN_UNIQ, "H:1\0upload\0\0here").await;
    let mut found = [gearmand.next().await.unwrap(), gearmand.next().await.unwrap()];
    found.sort();
    assert_eq!(found, [(WORK_COMPLETE, "H:1\0here".into()), (GRAB, Bytes::new())]);
    assert!(worker.metrics.text().contains("errors_total 3"));
    gearmand.say(NO_JOB, "").await;
    gearmand.expect(PRE_SLEEP, "").await;
    drained(&worker, gearmand, session).await;
}

#[tokio::test(start_paused = true)]
async fn every_form_of_assignment_is_taken_with_its_very_bytes() {
    let worker = worker(1);
    let (mut gearmand, session) = open(&worker).await;
    for (kind, head) in [
        (JOB_ASSIGN, &b"H:1\0upload\0"[..]),
        (JOB_ASSIGN_UNIQ, b"H:1\0upload\0\xff\xfe\0"),
        (JOB_ASSIGN_ALL, b"H:1\0upload\0u\0\0"),
    ] {
        let payload = b"\0pay\0load\xff\0";
        gearmand.expect(GRAB, "").await;
        gearmand.say(kind, [head, payload].concat()).await;
        let expected = Bytes::from([b"H:1\0", &payload[..]].concat());
        assert_eq!(gearmand.next().await, Some((WORK_COMPLETE, expected)));
    }
    gearmand.expect(GRAB, "").await;
    gearmand.say(NO_JOB, "").await;
    gearmand.expect(PRE_SLEEP, "").await;
    drained(&worker, gearmand, session).await;
}

#[tokio::test(start_paused = true)]
async fn a_sleeper_wakes_when_called_and_asks_by_itself_now_and_then() {
    let worker = worker(1);
    let (mut gearmand, session) = open(&worker).await;
    gearmand.expect(GRAB, "").await;
    gearmand.say(NO_JOB, "").await;
    gearmand.expect(PRE_SLEEP, "").await;
    gearmand.say(NOOP, "").await;
    gearmand.expect(GRAB, "").await;
    gearmand.say(NO_JOB, "").await;
    gearmand.expect(PRE_SLEEP, "").await;
    let asleep = Instant::now();
    gearmand.assign(1, "due").await;
    let slept = asleep.elapsed();
    assert!(slept >= ASK_AGAIN && slept <= ASK_AGAIN + 2 * TICK, "{slept:?}");
    gearmand.expect(WORK_COMPLETE, "H:1\0due").await;
    gearmand.expect(GRAB, "").await;
    drop(gearmand);
    ended(session).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn a_silent_gearmand_is_asked_for_a_sign_of_life_and_left_if_it_gives_none() {
    let worker = worker(1);
    let (mut gearmand, session) = open(&worker).await;
    gearmand.assign(1, "wait").await;
    // Over a minute of silence: signs of life keep the line, during a drain as well.
    for _ in 0..4 {
        gearmand.expect(ECHO_REQ, "alive").await;
        gearmand.say(ECHO_RES, "alive").await;
        worker.drain.begin();
    }
    gearmand.expect(ECHO_REQ, "alive").await;
    assert_eq!(gearmand.next().await, None, "given up");
    assert_eq!(ended(session).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
}

#[tokio::test(start_paused = true)]
async fn a_panic_fails_the_job_and_keeps_the_slot_and_nothing_follows_a_jobs_end() {
    let worker = worker(1);
    let (mut gearmand, session) = open(&worker).await;
    gearmand.assign(1, "panic").await;
    gearmand.expect(WORK_FAIL, "H:1").await;
    gearmand.assign(2, "fail").await;
    gearmand.expect(WORK_FAIL, "H:2").await;
    gearmand.assign(3, "status").await;
    gearmand.expect(WORK_STATUS, "H:3\x001\x002").await;
    gearmand.expect(WORK_COMPLETE, "H:3\0status").await;
    gearmand.expect(GRAB, "").await;
    gearmand.say(JOB_ASSIGN, "H:4\0another function\0x").await;
    gearmand.expect(WORK_FAIL, "H:4").await;
    gearmand.expect(GRAB, "").await;
    gearmand.quiet(SHORT).await;
    let count = |outcome| worker.metrics.jobs(outcome);
    assert_eq!([Outcome::Panicked, Outcome::Failed, Outcome::Success, Outcome::Refused].map(count), [1; 4]);
    drop(gearmand);
    ended(session).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn a_payload_that_is_too_large_is_answered_and_the_line_kept() {
    let worker = worker(1);
    let (mut gearmand, session) = open(&worker).await;
    for size in [1001, 200_000] {
        gearmand.assign(1, &"x".repeat(size)).await;
        gearmand.expect(WORK_COMPLETE, format!("H:1\0{size} is too large")).await;
    }
    let whole = "x".repeat(1000);
    gearmand.assign(2, &whole).await;
    gearmand.expect(WORK_COMPLETE, format!("H:2\0{whole}")).await;
    gearmand.expect(GRAB, "").await;
    drop(gearmand);
    ended(session).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn a_lost_line_is_told_to_its_jobs_which_go_on_and_whose_answers_go_nowhere() {
    let worker = worker(1);
    let (mut first, session) = open(&worker).await;
    first.assign(1, "wait").await;
    first.quiet(SHORT).await;
    drop(first);
    ended(session).await.unwrap_err();
    worker.handler.told.acquire().await.unwrap().forget();
    // The job comes again over a new line; the first run still has the slot.
    let (mut second, session) = open(&worker).await;
    second.quiet(SHORT).await;
    worker.handler.gate.add_permits(1);
    second.assign(1, "again").await;
    second.expect(WORK_COMPLETE, "H:1\0again").await;
    second.expect(GRAB, "").await;
    assert_eq!((worker.metrics.jobs(Outcome::Lost), worker.metrics.jobs(Outcome::Success)), (1, 1));
    drop(second);
    ended(session).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn draining_takes_what_is_assigned_already_and_answers_everything_before_it_closes() {
    let worker = worker(2);
    let (mut gearmand, session) = open(&worker).await;
    gearmand.assign(1, "wait").await;
    gearmand.expect(GRAB, "").await;
    worker.drain.begin();
    gearmand.quiet(SHORT).await;
    gearmand.say(JOB_ASSIGN_UNIQ, "H:2\0upload\0\0wait").await;
    gearmand.quiet(SHORT).await;
    worker.handler.gate.add_permits(2);
    gearmand.expect(WORK_COMPLETE, "H:1\0wait").await;
    gearmand.expect(WORK_COMPLETE, "H:2\0wait").await;
    drained(&worker, gearmand, session).await;
}

#[tokio::test(start_paused = true)]
async fn a_gearmand_that_closes_a_line_which_has_ended_is_no_loss() {
    for _ in 0..20 {
        let worker = worker(1);
        let (mut gearmand, session) = open(&worker).await;
        gearmand.expect(GRAB, "").await;
        gearmand.say(NO_JOB, "").await;
        gearmand.expect(PRE_SLEEP, "").await;
        // It closes its side before the session has a turn again.
        let closing = tokio::spawn(async move { gearmand.next().await });
        tokio::task::yield_now().await;
        worker.drain.begin();
        assert_eq!(ended(closing).await, None);
        ended(session).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn once_takes_one_job_of_all_lines() {
    let worker = worker_with(1, true);
    let (mut first, one) = open(&worker).await;
    first.expect(GRAB, "").await;
    let (second, two) = open(&worker).await;
    first.say(JOB_ASSIGN_UNIQ, "H:1\0upload\0\0only").await;
    first.expect(WORK_COMPLETE, "H:1\0only").await;
    drained(&worker, first, one).await;
    drained(&worker, second, two).await;
}

#[tokio::test(start_paused = true)]
async fn malformed_packets_and_jobs_that_nobody_asked_for_end_the_line() {
    for bytes in [
        &b"ERR UNKNOWN_COMMAND\r\n"[..],
        b"\0REQ\0\0\0\x06\0\0\0\0",
        b"\0RES\0\0\0\xff\0\0\0\0",
        b"\0RES\0\0\0\x1f\0\0\0\0",
        b"\0RES\0\0\0\x0b\0\0\0\x0cH:1\0upload\0x\0RES\0\0\0\x0b\0\0\0\x0cH:2\0upload\0x",
    ] {
        let (mut gearmand, session) = open(&worker(1)).await;
        gearmand.expect(GRAB, "").await;
        gearmand.raw(bytes).await;
        assert_eq!(ended(session).await.unwrap_err().kind(), io::ErrorKind::InvalidData, "{bytes:?}");
    }
}

/// Keeps what each write brought.
#[derive(Clone, Default)]
struct Writes(Arc<Mutex<Vec<Vec<u8>>>>);

impl AsyncWrite for Writes {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.lock().unwrap().push(bytes.to_vec());
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn packets_that_wait_are_written_together_and_only_so_many_wait() {
    let (sender, queue) = mpsc::channel(QUEUE);
    let progress = Progress::new("H:1".into(), sender);
    for n in 0..10_000 {
        progress.status(n, 10_000);
    }
    drop(progress);
    let writes = Writes::default();
    write(queue, writes.clone()).await.unwrap();
    let writes = writes.0.lock().unwrap();
    let packets = writes.concat().windows(4).filter(|bytes| bytes == b"\0REQ").count();
    assert_eq!((writes.len(), packets), (1, QUEUE));
}
