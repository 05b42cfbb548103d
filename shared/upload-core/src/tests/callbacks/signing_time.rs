//! With which time messages are signed: receivers refuse what is minutes away from their own.

use super::{
    env::{BOTH, MINUTE, read_record, run_sweep, small_memory, upload, uploader_with},
    receiver::{Receiver, URL, unavailable},
};
use crate::{tests::clock::on_a_machine, *};
use std::time::Duration;
use tokio::time::sleep;

/// An outcome in three attempts and again from a sweep, the video's event, a repetition that a person asks for, and a refusal.
#[tokio::test(start_paused = true)]
async fn a_wrong_machine_clock_signs_no_message() {
    for ahead in [-7200, 7200] {
        let (memory, receiver) = (small_memory(), Receiver::answering(&[unavailable()]));
        memory.world().states.push_back(VideoState::Normal);
        let mut differences = Vec::new();
        let note = |differences: &mut Vec<Duration>| {
            let now = memory.ledger.now();
            let messages = std::mem::take(&mut receiver.inner().messages);
            differences.extend(messages.iter().map(|message| {
                let sent = now - message.at.elapsed();
                sent.duration_since(message.signed).unwrap_or_else(|later| later.duration())
            }));
        };
        Box::pin(on_a_machine(ahead, async {
            upload(&memory, &receiver, BOTH).await.expect("published");
            note(&mut differences);
            assert_eq!(differences.len(), 3, "three attempts of the upload");
            receiver.inner().answers.clear();
            for _ in 0..2 {
                sleep(MINUTE * 5).await;
                run_sweep(&memory, &receiver).await;
                note(&mut differences);
            }
            assert_eq!(differences.len(), 5, "the outcome, and the video's event");
            let (ledger, run, id) = (memory.ledger(), RunContext::default(), read_record(&memory).await.id);
            replay(&ledger, &receiver, &id, &run).await.expect("sent again");
            let refused = Err(Error::new(ErrorKind::InvalidJob, "task", "no such account"));
            let callback = Callback::new(URL.into());
            let uploader = uploader_with(&memory, &receiver);
            uploader.report_refusal(Some(&callback), "film 7", &refused, &run).await;
            note(&mut differences);
        }))
        .await;
        assert_eq!(differences.len(), 7);
        assert!(differences.iter().all(|one| *one < Duration::from_secs(2)), "{ahead}: {differences:?}");
    }
}
