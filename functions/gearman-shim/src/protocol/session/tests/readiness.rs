//! A handler that cannot run jobs for a while.

use super::*;

/// A handler that is not ready has nothing grabbed and keeps the connection; running jobs are answered, and it may be drained.
#[tokio::test(start_paused = true)]
async fn nothing_is_grabbed_while_the_handler_is_not_ready() {
    let worker = worker(2);
    let (mut gearmand, session) = open(&worker).await;
    gearmand.assign(1, "wait").await;
    put_to_sleep(&mut gearmand).await;
    worker.handler.ready.send_replace(false);
    gearmand.send(NOOP, "").await;
    worker.handler.gate.add_permits(1);
    gearmand.expect(WORK_COMPLETE, "H:1\0wait").await;
    gearmand.expect_nothing(MAX_SLEEP).await;
    gearmand.expect(ECHO_REQ, "alive").await;
    gearmand.send(ECHO_RES, "alive").await;
    worker.handler.ready.send_replace(true);
    gearmand.assign(2, "after").await;
    gearmand.expect(GRAB_JOB_UNIQ, "").await;
    gearmand.expect(WORK_COMPLETE, "H:2\0after").await;
    gearmand.send(NO_JOB, "").await;
    gearmand.expect(PRE_SLEEP, "").await;
    worker.handler.ready.send_replace(false);
    gearmand.send(NOOP, "").await;
    gearmand.expect_nothing(SHORT).await;
    drain(&worker, gearmand, session).await;
}
