//! An error as a crate defines and reads it.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use error::{Details, Error, ErrorKind, Fact, Form, RetryAdvice};
use std::{error::Error as _, io, time::Duration};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Busy,
    Gone,
}

impl ErrorKind for Call {
    const FORM: Form = Form::Call { service: Some("Archive") };

    fn code(self) -> &'static str {
        if self == Self::Busy { "busy" } else { "gone" }
    }

    fn sentence(self) -> &'static str {
        if self == Self::Busy { "it is busy" } else { "it is gone" }
    }

    fn advice(self) -> RetryAdvice {
        if self == Self::Busy { RetryAdvice::RETRY } else { RetryAdvice::Permanent }
    }
}

#[derive(Debug, Default)]
struct Status(u16);

impl Details for Status {
    fn facts(&self) -> Vec<Fact<'_>> {
        vec![("status", self.0.to_string().into())]
    }

    fn log_facts(&self) -> Vec<Fact<'_>> {
        vec![("status", self.0.to_string().into()), ("server", "a1".into())]
    }
}

type CallError = Error<Call, Status>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Job;

impl ErrorKind for Job {
    fn code(self) -> &'static str {
        "job_failed"
    }

    fn sentence(self) -> &'static str {
        "the job failed"
    }
}

fn call() -> CallError {
    CallError::from_kind(Call::Gone, "fetch")
        .with_context("film", "a.mp4")
        .with_details(Status(410))
        .with_source(io::Error::other("reset"))
}

#[test]
fn an_error_is_one_word_wide() {
    assert_eq!(size_of::<CallError>(), size_of::<usize>());
    assert_eq!(size_of::<Option<CallError>>(), size_of::<usize>());
}

/// Logs hold words, which stay the same when a type of Rust is renamed.
#[test]
fn the_log_names_the_advice_in_words() {
    let wait = RetryAdvice::after(Duration::from_millis(1500));
    let kinds_of_advice = [RetryAdvice::Permanent, RetryAdvice::RETRY, wait, RetryAdvice::Exhausted];
    let words = kinds_of_advice.map(|advice| format!("{:?}", call().with_advice(advice)));
    let expected = ["[permanent]", "[retry]", "[retry_after_1500ms]", "[gave_up]"];
    for (words, expected) in words.iter().zip(expected) {
        assert!(words.contains(expected), "{words}");
    }
}

#[test]
fn display_is_one_line_and_debug_has_everything() {
    let error = call();
    assert_eq!(error.to_string(), "Archive fetch: it is gone (film a.mp4, status 410)");
    let long = "gone in fetch [permanent]: it is gone; film=a.mp4; status=410; server=a1; caused by: reset";
    assert_eq!(format!("{error:?}"), long);
    assert_eq!((error.code(), error.operation(), error.message()), ("gone", "fetch", "it is gone"));
    assert_eq!((error.context_value("film"), error.context_value("status")), (Some("a.mp4"), None));
}

#[test]
fn a_sentence_ends_by_saying_that_it_was_tried() {
    let error = Error::<Job>::from_kind(Job, "run").with_context("id", 7).with_context("why", "late");
    assert_eq!(error.to_string(), "the job failed (id: 7, why: late)");
    assert_eq!(error.message_with(&["why"]), "the job failed (why: late)");
    assert_eq!(error.message_with(&[]), "the job failed");
    let text = error.exhausted().to_string();
    assert_eq!(text, "the job failed (id: 7, why: late); gave up after trying for a while");
}

#[test]
fn advice_is_the_kinds_until_it_is_replaced() {
    let busy = || CallError::from_kind(Call::Busy, "fetch");
    assert_eq!((busy().advice(), call().advice()), (RetryAdvice::RETRY, RetryAdvice::Permanent));
    let wait = Duration::from_secs(7);
    let waiting = busy().with_advice(RetryAdvice::after(wait));
    assert_eq!((waiting.is_retryable(), waiting.advice().retry_after()), (true, Some(wait)));
    assert!(!busy().exhausted().is_retryable());
    assert!(call().retryable().is_retryable());
}

/// What the job's error says is what the call's said; the call's stays reachable, and with it what it carries.
#[test]
fn another_kind_keeps_all_that_is_known() {
    let error: Error<Job> = call().exhausted().map_kind(Job);
    assert_eq!((error.kind(), error.advice(), error.operation()), (Job, RetryAdvice::Exhausted, "fetch"));
    let text = "it is gone (film: a.mp4, status: 410); gave up after trying for a while";
    assert_eq!(error.to_string(), text);
    let source = error.source().unwrap().downcast_ref::<CallError>().unwrap();
    assert_eq!(source.details().0, 410);
    assert!(format!("{error:?}").ends_with("caused by: reset"));
}

#[test]
fn a_wrapped_error_is_said_in_one_piece() {
    let error: Error<Job> = call().wrap(Job);
    assert_eq!(error.to_string(), "Archive fetch: it is gone (film a.mp4, status 410)");
    assert_eq!(
        (error.operation(), error.advice(), error.context().len()),
        ("fetch", RetryAdvice::Permanent, 0)
    );
    assert!(error.source().unwrap().is::<CallError>());
    let said = error.with_message("the archive failed").retryable();
    assert_eq!((said.to_string().as_str(), said.is_retryable()), ("the archive failed", true));
}

#[test]
fn details_can_be_completed_later() {
    let mut error = CallError::new(Call::Busy, "fetch", "it is very busy");
    error.details_mut().0 = 503;
    assert_eq!(error.to_string(), "Archive fetch: it is very busy (status 503)");
}
