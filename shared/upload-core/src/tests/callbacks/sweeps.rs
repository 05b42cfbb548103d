//! Sweeps that deliver callbacks at once, one after the other, or not yet.

use super::{
    env::{MINUTE, run_sweep, small_memory, sweep_for, upload, uploader_with},
    receiver::{Inner, Receiver, URL, unavailable},
};
use crate::*;
use tokio::time::sleep;

#[tokio::test(start_paused = true)]
async fn two_sweeps_at_once_deliver_once() {
    let (memory, receiver) = (
        small_memory(),
        Receiver::answering(&[
            unavailable(),
            unavailable(),
            unavailable(),
            DeliveryResult::Accepted { status: 200 },
        ]),
    );
    upload(&memory, &receiver, &[]).await.expect("published");
    sleep(5 * MINUTE).await;
    let (one, two) = tokio::join!(run_sweep(&memory, &receiver), run_sweep(&memory, &receiver));
    assert_eq!(
        (receiver.messages().len(), one.callbacks_delivered + two.callbacks_delivered),
        (4, 1),
        "{one:?} {two:?}"
    );
}

/// A callback that a sweep sends and whose receiver does not accept it is not counted as one that is done.
#[tokio::test(start_paused = true)]
async fn a_sweep_counts_what_was_not_accepted() {
    let (memory, receiver) = (small_memory(), Receiver::answering(&[unavailable()]));
    upload(&memory, &receiver, &[]).await.expect("published");
    sleep(5 * MINUTE).await;
    let swept = run_sweep(&memory, &receiver).await;
    assert_eq!((swept.callbacks_delivered, swept.callbacks_undelivered), (1, 1), "{swept:?}");
    *receiver.inner() = Inner { messages: receiver.messages(), ..Inner::default() };
    sleep(60 * MINUTE).await;
    let swept = run_sweep(&memory, &receiver).await;
    assert_eq!((swept.callbacks_delivered, swept.callbacks_undelivered), (1, 0), "{swept:?}");
}

/// A sweep that read the mark before another one delivered the callback does not deliver it again at once.
#[tokio::test(start_paused = true)]
async fn a_slower_sweep_does_not_deliver_again_at_once() {
    let (memory, receiver) = (small_memory(), Receiver::answering(&[unavailable()]));
    upload(&memory, &receiver, &[]).await.expect("published");
    sleep(5 * MINUTE).await;
    let uploader_of = |_, _| async {
        // The mark has been read by now.
        run_sweep(&memory, &receiver).await;
        Ok(uploader_with(&memory, &receiver))
    };
    sweep(&memory.ledger(), uploader_of, None, 100, &RunContext::default())
        .await
        .expect("the ledger can be read");
    assert_eq!(receiver.messages().len(), 4, "three tries of the upload, one of the faster sweep");
}

/// A receiver whose circuit is open is spared the callbacks that can wait, and not those that cannot.
#[tokio::test(start_paused = true)]
async fn an_open_circuit_delays_only_what_can_wait() {
    let (memory, receiver) = (small_memory(), Receiver::default());
    receiver.inner().circuit_open_for = Some(MINUTE);
    upload(&memory, &receiver, &[]).await.expect("published");
    assert_eq!(receiver.messages().len(), 0);
    let refused = Err(Error::new(ErrorKind::InvalidJob, "task", "no such account"));
    let callback = Callback::new(URL.into());
    uploader_with(&memory, &receiver)
        .report_refusal(Some(&callback), "film 7", &refused, &RunContext::default())
        .await;
    assert_eq!(receiver.messages().len(), 1);
    receiver.inner().circuit_open_for = None;
    sweep_for(5 * MINUTE, &memory, &receiver).await;
    assert_eq!(receiver.messages().len(), 2);
}
