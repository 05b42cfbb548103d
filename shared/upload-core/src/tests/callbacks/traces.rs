//! The trace that asked for an upload, in its steps and in the messages to its callback.

use super::{
    env::{MINUTE, read_record, run_sweep, small_memory, sweep_for, uploader_with, with_callback},
    receiver::{Receiver, unavailable},
};
use crate::{ledger::StepKind, tests::memory::Memory, *};
use tokio::time::sleep;

fn trace(digit: char) -> TraceContext {
    let id = digit.to_string().repeat(32);
    TraceContext::parse(&format!("00-{id}-00f067aa0ba902b7-01")).expect("a traceparent")
}

async fn upload_in(memory: &Memory, receiver: &Receiver, trace: Option<TraceContext>) {
    let request = with_callback(memory, &[]).await.expect("a request");
    let run = RunContext { trace, ..RunContext::default() };
    uploader_with(memory, receiver).upload(&request, &run).await.expect("published");
}

/// The traces that the steps record, each with the number of its step; no step but a claim records one.
async fn read_traces(memory: &Memory) -> Vec<(u32, TraceContext)> {
    let history = read_record(memory).await.history;
    let traced =
        history.into_iter().filter_map(|entry| Some((entry.step.kind(), entry.sequence, entry.traceparent?)));
    let traced: Vec<_> = traced.collect();
    assert!(traced.iter().all(|(kind, ..)| *kind == StepKind::Claimed), "{traced:?}");
    traced.into_iter().map(|(_, sequence, trace)| (sequence, trace)).collect()
}

#[tokio::test(start_paused = true)]
async fn the_callback_of_a_run_belongs_to_its_trace() {
    let (memory, receiver) = (small_memory(), Receiver::default());
    upload_in(&memory, &receiver, Some(trace('a'))).await;
    assert_eq!(receiver.messages()[0].trace, Some(trace('a')));
    assert_eq!(read_traces(&memory).await, [(1, trace('a'))]);
}

/// The process that delivers it knows the trace from the ledger alone. Its own claim records nothing: it was not asked for.
#[tokio::test(start_paused = true)]
async fn a_later_sweep_delivers_in_the_same_trace() {
    let (memory, receiver) = (small_memory(), Receiver::answering(&[unavailable()]));
    upload_in(&memory, &receiver, Some(trace('a'))).await;
    let tried = receiver.messages().len();
    receiver.inner().answers.clear();
    sleep(5 * MINUTE).await;
    run_sweep(&memory, &receiver).await;
    let late = &receiver.messages()[tried..];
    assert_eq!(late.iter().map(|message| message.trace).collect::<Vec<_>>(), [Some(trace('a'))]);
    assert_eq!(read_traces(&memory).await, [(1, trace('a'))]);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_another_trace_asks_for_records_it() {
    let (memory, receiver) = (small_memory(), Receiver::answering(&[unavailable()]));
    upload_in(&memory, &receiver, Some(trace('a'))).await;
    sleep(5 * MINUTE).await;
    upload_in(&memory, &receiver, Some(trace('a'))).await;
    sleep(60 * MINUTE).await;
    upload_in(&memory, &receiver, Some(trace('b'))).await;
    let traces: Vec<_> = read_traces(&memory).await.into_iter().map(|(_, trace)| trace).collect();
    assert_eq!(traces, [trace('a'), trace('b')], "a claim of the same trace does not repeat it");
    sweep_for(400 * MINUTE, &memory, &receiver).await;
    assert_eq!(receiver.messages().last().expect("a message").trace, Some(trace('b')));
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_no_trace_asked_for_has_none() {
    let (memory, receiver) = (small_memory(), Receiver::default());
    upload_in(&memory, &receiver, None).await;
    assert_eq!(receiver.messages()[0].trace, None);
    assert_eq!(read_traces(&memory).await, []);
}
