//! Uploads whose account Youku refuses: they wait ever longer, and not forever where no caller can come back.

use super::{
    content,
    memory::{Fault, Memory},
    request_for,
};
use crate::*;
use std::time::Duration;
use tokio::time::sleep;

/// Sweeps every ten minutes for some days while Youku refuses the token.
async fn refuse_for_days(days: u64, brought: bool) -> Memory {
    let memory = Memory::holding(content());
    let mut request = request_for(&memory, Mode::Oss).await.expect("it is there");
    request.caller_account = brought.then(|| "[\"client\",\"token\"]".into());
    memory.fault("create", 0, Fault::Deny(ErrorKind::Unauthorized));
    let error = memory.uploader().upload(&request, &RunContext::default()).await.expect_err("refused");
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

async fn read_record(memory: &Memory) -> ledger::Record {
    let request = request_for(memory, Mode::Oss).await.expect("it is there");
    let id = UploadId::new(&request.object, &request.job);
    memory.ledger().read(&id).await.expect("readable").expect("known")
}

/// An upload whose caller does not come back fails after three days, with advice on what to do.
#[tokio::test(start_paused = true)]
async fn an_upload_whose_caller_stays_away_fails_after_three_days() {
    let record = read_record(&refuse_for_days(4, true).await).await;
    let failure = record.failure.expect("it failed");
    assert_eq!(failure.code, ErrorKind::Unauthorized.code());
    assert!(failure.advice.is_some_and(|advice| advice.contains("send the task again")));
}

/// An upload of an account in the settings waits for as long as it takes, with few steps.
#[tokio::test(start_paused = true)]
async fn an_upload_of_a_settings_account_waits_without_limit() {
    let memory = refuse_for_days(4, false).await;
    let record = read_record(&memory).await;
    assert!(matches!(record.state, ledger::State::Waiting(_)), "{:?}", record.state);
    assert!(record.history.len() < 70, "{} steps", record.history.len());
}
