//! Uploads whose account Youku does not let in: they wait, ever longer, and not for ever where nobody can come back.

use super::{
    content,
    memory::{Fault, Memory},
    work,
};
use crate::*;
use std::time::Duration;
use tokio::time::sleep;

/// Sweeps every ten minutes for some days while Youku refuses the token.
async fn refused_for(days: u64, brought: bool) -> Memory {
    let memory = Memory::holding(content());
    let mut work = work(&memory, Mode::Oss).await.expect("it is there");
    work.caller_account = brought.then(|| "[\"client\",\"token\"]".into());
    memory.fault("create", 0, Fault::Deny(ErrorKind::Unauthorized));
    let error = memory.uploader().upload(&work, &RunContext::default()).await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    for _ in 0..days * 144 {
        sleep(Duration::from_secs(600)).await;
        memory.fault("create", 0, Fault::Deny(ErrorKind::Unauthorized));
        let uploader_of = |_, _| async { Ok(memory.uploader()) };
        sweep(&memory.ledger(), uploader_of, None, 100, &RunContext::default())
            .await
            .expect("the ledger can be read");
    }
    memory
}

async fn record(memory: &Memory) -> ledger::Record {
    let work = work(memory, Mode::Oss).await.expect("it is there");
    let id = UploadId::new(&work.object, &work.job);
    memory.ledger().read(&id).await.expect("readable").expect("known")
}

#[tokio::test(start_paused = true)]
async fn an_upload_whose_caller_does_not_come_back_fails_after_three_days_and_says_what_to_do() {
    let record = record(&refused_for(4, true).await).await;
    let failure = record.failure.expect("it failed");
    assert_eq!(failure.code, ErrorKind::Unauthorized.code());
    assert!(failure.advice.is_some_and(|advice| advice.contains("send the task again")));
}

#[tokio::test(start_paused = true)]
async fn an_upload_of_an_account_of_the_settings_waits_for_as_long_as_it_takes_with_few_steps() {
    let memory = refused_for(4, false).await;
    let record = record(&memory).await;
    assert!(matches!(record.state, ledger::State::Waiting(_)), "{:?}", record.state);
    assert!(record.history.len() < 70, "{} steps", record.history.len());
}
