//! An account whose access token is refused, and corrected; accounts that share a client.

use super::{
    content, count_calls,
    memory::{Fault, Memory},
    request_for,
};
use crate::{ledger::Ledger, *};
use std::{collections::BTreeSet, time::Duration};
use tokio::time::sleep;

/// A machine with these settings.
fn with_token(memory: &Memory, token: &'static str) -> Memory {
    let mut memory = memory.clone();
    (memory.client, memory.token) = (Some("client"), Some(token));
    memory
}

async fn upload_refused(memory: &Memory) -> ledger::UploadRequest {
    let request = request_for(memory, Mode::Oss).await.expect("it is there");
    memory.fault("create", 0, Fault::Deny(ErrorKind::Unauthorized));
    let error = memory.uploader().upload(&request, &RunContext::default()).await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    request
}

/// The same command succeeds at once with another token, and waits with the same one.
#[tokio::test(start_paused = true)]
async fn a_refused_task_runs_at_once_with_another_token_only() {
    let wrong = with_token(&Memory::holding(content()), "wrong");
    let request = upload_refused(&wrong).await;
    let error = wrong.uploader().upload(&request, &RunContext::default()).await.expect_err("it waits");
    assert_eq!(
        (error.kind(), error.operation(), count_calls(&wrong, "create")),
        (ErrorKind::Unauthorized, "ledger", 1)
    );
    for (entry, _) in wrong.ledger.world().entries.values() {
        assert!(!String::from_utf8_lossy(entry).contains("wrong"), "the token is nowhere");
    }
    assert!(wrong.ledger.keys("").iter().all(|key| !key.contains("wrong")));
    let right = with_token(&wrong, "right");
    right.uploader().upload(&request, &RunContext::default()).await.expect("published at once");
    assert_eq!(right.published().len(), 1);
    assert_eq!(right.ledger.keys("open/"), Vec::<String>::new());
}

async fn run_sweep(memory: &Memory, ledger: &Ledger) -> SweepReport {
    let tokens = memory.token.and_then(|token| ledger.token_hash("client", &token.into()));
    let tokens: BTreeSet<_> = tokens.into_iter().collect();
    let uploader_of = |_, _| async { Ok(memory.uploader()) };
    sweep_with(ledger, uploader_of, &tokens, None, 100, &RunContext::default())
        .await
        .expect("the ledger is there")
}

/// A sweep with another token resumes the upload at once; one with the same token reads none of its steps.
#[tokio::test(start_paused = true)]
async fn a_sweep_with_another_token_resumes_a_refused_upload() {
    let wrong = with_token(&Memory::holding(content()), "wrong");
    upload_refused(&wrong).await;
    wrong.ledger.world().calls.clear();
    assert_eq!(run_sweep(&wrong, &wrong.ledger()).await.skipped, 1);
    assert!(
        wrong.ledger.world().calls.iter().all(|(_, key)| !key.contains("ledger/")),
        "its steps are not read"
    );
    let right = with_token(&wrong, "right");
    assert_eq!(run_sweep(&right, &right.ledger()).await.resumed.len(), 1);
    assert_eq!(right.published().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_second_token_that_is_refused_as_well_waits_in_its_turn() {
    let wrong = with_token(&Memory::holding(content()), "wrong");
    let request = upload_refused(&wrong).await;
    let other = with_token(&wrong, "other");
    other.fault("create", 0, Fault::Deny(ErrorKind::Unauthorized));
    other.uploader().upload(&request, &RunContext::default()).await.expect_err("refused as well");
    let error = other.uploader().upload(&request, &RunContext::default()).await.expect_err("it waits");
    assert_eq!((error.operation(), count_calls(&other, "create")), ("ledger", 2));
}

/// A rate limit holds back every account of the client, and no other client's.
#[tokio::test(start_paused = true)]
async fn a_rate_limit_holds_back_all_accounts_of_its_client() {
    let main = with_token(&Memory::holding(content()), "a");
    let mut limited = request_for(&main, Mode::Oss).await.expect("it is there");
    main.fault("create", 0, Fault::Refuse(ErrorKind::RateLimited));
    for _ in 0..20 {
        main.fault("create", 0, Fault::Refuse(ErrorKind::RateLimited));
    }
    main.uploader().upload(&limited, &RunContext::default()).await.expect_err("refused for now");
    main.world().limit = None;
    let asked = count_calls(&main, "create");
    limited.job.account = "other".into();
    let other = with_token(&main, "b");
    let error =
        other.uploader().upload(&limited, &RunContext::default()).await.expect_err("its client waits");
    assert_eq!((error.kind(), error.operation()), (ErrorKind::RateLimited, "ledger"));
    assert_eq!(count_calls(&main, "create"), asked, "Youku is not asked");
    let mut third = other.clone();
    third.client = Some("another");
    limited.job.account = "third".into();
    let error = third.uploader().upload(&limited, &RunContext::default()).await;
    assert!(count_calls(&main, "create") > asked, "another client's calls are its own: {error:?}");
    sleep(Duration::from_secs(1)).await;
}
