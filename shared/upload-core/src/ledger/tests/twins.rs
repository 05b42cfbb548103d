//! Any number of holders, in any interleaving, with a store that is slow and fails now and then: one valid ledger, one commit.

use super::*;
use crate::ErrorKind;
use proptest::prelude::*;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use secrecy::ExposeSecret;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
};
use tokio::time::{sleep, timeout};

#[derive(Default)]
struct Youku {
    sessions: Cell<u32>,
    commits: RefCell<BTreeSet<String>>,
    newest: Cell<u32>,
}

async fn run_twin(ledger: &Ledger, request: &UploadRequest, youku: &Youku, mut chance: StdRng) {
    let id = id_of(request);
    loop {
        let mut held = match ledger.claim(&id, request).await {
            Ok(Claim::Settled(_)) => return,
            Ok(Claim::Acquired(held)) => held,
            Err(error) => {
                let known = [ErrorKind::InProgress, ErrorKind::Superseded, ErrorKind::Ledger];
                assert!(known.contains(&error.kind()), "{error:?}");
                sleep(Duration::from_millis(chance.random_range(0..20_000))).await;
                continue;
            }
        };
        let lease = held.lease();
        youku.newest.set(youku.newest.get().max(lease.epoch()));
        let patience = Duration::from_millis(chance.random_range(0..60_000));
        match chance.random_range(0..4) {
            // Dies at any moment, its lease unreleased.
            0 => drop(timeout(patience, publish(&mut held, youku)).await),
            // Works on without renewing its lease, as if frozen in between.
            1 => {
                sleep(patience).await;
                drop(publish(&mut held, youku).await);
            }
            _ => {
                let result = tokio::select! {
                    error = lease.keep_renewed(UploadedParts::default) => Err(error),
                    result = publish(&mut held, youku) => result,
                };
                if result.is_ok() {
                    held.release().await;
                }
            }
        }
    }
}

async fn publish(held: &mut LeasedUpload, youku: &Youku) -> Result<(), Error> {
    loop {
        match held.record().state {
            State::Claimed => {
                check_lease(held, youku).await?;
                youku.sessions.set(youku.sessions.get() + 1);
                held.append_session(session(&youku.sessions.get().to_string())).await?;
            }
            State::Created => {
                sleep(Duration::from_secs(2)).await;
                held.append(Step::Transferred(Transferred::default())).await?;
            }
            State::Transferred => {
                check_lease(held, youku).await?;
                let session = held.session()?.expect("a session was created");
                youku.commits.borrow_mut().insert(session.upload_token.expose_secret().into());
                sleep(Duration::from_secs(1)).await;
                held.append(Step::Committed { video_id: session.video_id }).await?;
            }
            State::Committed => return Ok(()),
            other => panic!("no twin leads here: {other:?}"),
        }
    }
}

/// A check that succeeds proves that nobody held the upload after us when it began.
async fn check_lease(held: &LeasedUpload, youku: &Youku) -> Result<(), Error> {
    let newest = youku.newest.get();
    let lease = held.lease();
    lease.check().await?;
    assert!(lease.epoch() >= newest, "two holders both think that they hold");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn twins_leave_one_valid_ledger_and_commit_one_session(seed: u64, twins in 2_u64..9) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime").block_on(async {
            let store = MemoryStore::chaotic(seed);
            let (ledger, request, youku) = (ledger(&store), new_request("k", None), Youku::default());
            let all = (0..twins).map(|n| run_twin(&ledger, &request, &youku, StdRng::seed_from_u64(seed ^ n)));
            let done = timeout(Duration::from_secs(36_000), futures_util::future::join_all(all)).await;
            assert!(done.is_ok(), "it never ends");
            store.calm();
            let record = ledger.read(&id_of(&request)).await.expect("readable").expect("it is there");
            assert_eq!(record.state, State::Committed);
            let committed = record.history.iter().filter(|entry| entry.step.kind() == StepKind::Committed);
            assert_eq!(committed.count(), 1);
            let (_, session) = record.session.expect("created");
            let commits = youku.commits.take();
            assert_eq!(commits.len(), 1, "only the recorded session is committed: {commits:?}");
            assert_eq!(session.video_id, Some(format!("V{}", commits.first().expect("one"))));
        });
    }
}
