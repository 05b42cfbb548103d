//! How long a client's calls are refused: longer for each refusal in a row, and anew once others were accepted.

use super::*;
use crate::RetryAdvice;
use tokio::time::sleep;

const CLIENT: &str = "client";

/// Youku refuses a call for a minute. Returns how long no further one is made.
async fn refuse_call(store: &MemoryStore, ledger: &Ledger) -> Duration {
    let until = store.now() + Duration::from_secs(60);
    ledger.limit_calls(CLIENT, until.into()).await.expect("written");
    let error = ledger.ensure_calls_allowed(CLIENT).await.expect_err("limited");
    let RetryAdvice::Retry { retry_after: Some(rest) } = error.advice() else { panic!("{error:?}") };
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    rest
}

#[tokio::test(start_paused = true)]
async fn refusals_in_a_row_pause_calls_for_twice_as_long() {
    let store = MemoryStore::new();
    let ledger = ledger(&store);
    // Seconds since the end of the limit before, and the new one's.
    for (since, expected) in [(0, 60), (0, 120), (360, 240), (361, 60), (0, 120)] {
        sleep(Duration::from_secs(since)).await;
        let rest = refuse_call(&store, &ledger).await;
        assert_eq!(rest.as_secs(), expected, "{since} s after the last limit");
        sleep(rest).await;
        ledger.ensure_calls_allowed(CLIENT).await.expect("at its end it is over");
    }
}
