//! Whether the function is there and accepts the token. A wrong address and a wrong or rotated token must not answer the jobs of a whole
//! queue with a failure: while either is wrong no job is taken, and refused ones wait.

use crate::{
    forward::{
        call_result::RetryReason,
        function_client::FunctionClient,
        function_trial::{FunctionTrial, Refusal},
    },
    metrics::Metrics,
    token_file::read_token,
};
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use http::HeaderValue;
use std::{convert::Infallible, path::PathBuf, sync::Arc, time::Duration};
use tokio::{
    sync::{Mutex, watch},
    time::sleep,
};

/// Longest pause between trials, before the jitter, which may double it: to the minute that the guide promises.
const MAX_PAUSE: Duration = Duration::from_secs(30);

/// What became of a call that was refused.
#[derive(Debug)]
pub(crate) enum GateVerdict {
    /// Without the job it is accepted: the refusal was about the job.
    Accepted,
    /// Another token is in use by now.
    Replaced,
    /// The address or every token that the shim has is wrong.
    Refused,
    /// It could not be tried.
    Unknown(RetryReason),
}

/// Tries the function without a job: at the start, when a call was refused, and with growing pauses while it is refused.
pub(crate) struct FunctionGate {
    function: Arc<FunctionClient>,
    /// The token's; read anew for each trial.
    file: PathBuf,
    metrics: Arc<Metrics>,
    /// Before the second trial; later pauses grow.
    first_pause: Duration,
    /// One trial at a time: who waited for it uses what it found.
    trial: Mutex<()>,
    /// Whether the first trial has ended.
    tried: watch::Sender<bool>,
    refusal: watch::Sender<Option<Refusal>>,
}

impl FunctionGate {
    /// The gate is open until a trial closes it. `function` has the token of `file` already.
    pub(crate) fn new(
        function: Arc<FunctionClient>,
        file: PathBuf,
        metrics: Arc<Metrics>,
        first_pause: Duration,
    ) -> Self {
        Self {
            function,
            file,
            metrics,
            first_pause,
            trial: Mutex::new(()),
            tried: watch::Sender::new(false),
            refusal: watch::Sender::new(None),
        }
    }

    /// Tries the function from the start of the process on: until it has answered once, and after each refusal until it is accepted. The
    /// pauses grow.
    pub(crate) async fn keep_trying(&self) -> Infallible {
        let mut is_known = self.try_once().await;
        self.tried.send_replace(true);
        let mut pauses = self.build_pauses();
        while !is_known {
            sleep(pauses.next().unwrap_or(MAX_PAUSE)).await;
            is_known = self.try_once().await;
        }
        self.reopen_when_accepted().await
    }

    /// Resolves when the first trial has ended.
    pub(crate) async fn wait_until_tried(&self) {
        // The sender lives as long as this.
        let _ = self.tried.subscribe().wait_for(|tried| *tried).await;
    }

    /// Tries the function without a job; whether that told anything. One that cannot be reached leaves the gate as it is: while it is open
    /// jobs are taken, and wait for the function.
    pub(crate) async fn try_once(&self) -> bool {
        let _one = self.trial.lock().await;
        match self.try_tokens().await {
            GateVerdict::Unknown(reason) => {
                tracing::warn!(%reason, "the function could not be tried: it is tried again");
                false
            }
            _ => true,
        }
    }

    /// Tries a function that is refused again, with growing pauses, until it is accepted.
    pub(crate) async fn reopen_when_accepted(&self) -> Infallible {
        loop {
            self.wait_for(true).await;
            for pause in self.build_pauses() {
                sleep(pause).await;
                let _one = self.trial.lock().await;
                self.try_tokens().await;
                if self.refusal().is_none() {
                    break;
                }
            }
        }
    }

    /// Finds out what a refusal was about, which a call with the token `refused` met.
    pub(crate) async fn examine(&self, refused: &HeaderValue) -> GateVerdict {
        let _one = self.trial.lock().await;
        if self.refusal().is_some() {
            return GateVerdict::Refused;
        }
        if self.function.authorization() != *refused {
            return GateVerdict::Replaced;
        }
        self.try_tokens().await
    }

    /// Why the last trial closed the gate; `None` while it is open.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        *self.refusal.borrow()
    }

    /// Resolves while the gate is open.
    pub(crate) async fn wait_until_open(&self) {
        self.wait_for(false).await;
    }

    async fn wait_for(&self, is_refused: bool) {
        // The sender lives as long as this.
        let _ = self.refusal.subscribe().wait_for(|now| now.is_some() == is_refused).await;
    }

    fn build_pauses(&self) -> ExponentialBackoff {
        ExponentialBuilder::new()
            .with_min_delay(self.first_pause)
            .with_max_delay(MAX_PAUSE)
            .without_max_times()
            .with_jitter()
            .build()
    }

    /// Tries the file's token, and the one in use where that is another: the file may be ahead of the function. One that cannot be tried
    /// does not hide that the other is accepted, and keeps the gate open where the other is refused, since it may be the right one.
    async fn try_tokens(&self) -> GateVerdict {
        let current = self.function.authorization();
        let from_file = read_token(&self.file).inspect_err(|error| {
            tracing::warn!(file = %self.file.display(), %error, "the token cannot be read again");
        });
        let replacement = from_file.ok().filter(|token| *token != current);
        let (mut refusal, mut unknown) = (None, None);
        for token in [replacement.as_ref(), Some(&current)].into_iter().flatten() {
            match self.function.try_token(token).await {
                FunctionTrial::Accepted if replacement.as_ref() == Some(token) => {
                    tracing::info!("the token was replaced by the file's");
                    self.function.set_authorization(token.clone());
                    self.open();
                    return GateVerdict::Replaced;
                }
                FunctionTrial::Accepted => {
                    self.open();
                    return GateVerdict::Accepted;
                }
                FunctionTrial::Refused(found) => refusal = Some(found),
                FunctionTrial::Unknown(reason) => unknown = Some(reason),
            }
        }
        if let Some(reason) = unknown {
            return GateVerdict::Unknown(reason);
        }
        if let Some(refusal) = refusal {
            self.close(refusal);
        }
        GateVerdict::Refused
    }

    fn close(&self, refusal: Refusal) {
        let waiting = self.metrics.jobs_waiting();
        match refusal {
            Refusal::Token { status, right } => {
                let (status, file) = (status.as_u16(), self.file.display());
                tracing::error!(status, right, %file, waiting, "the function refuses the token: no job is taken");
            }
            Refusal::Address { status } => {
                let status = status.as_u16();
                tracing::error!(
                    status,
                    waiting,
                    "what answers at --function-url is not the function: no job is taken"
                );
            }
        }
        self.report(Some(refusal));
        self.refusal.send_replace(Some(refusal));
    }

    fn open(&self) {
        self.report(None);
        if self.refusal.send_replace(None).is_some() {
            tracing::info!("the function accepts the shim again: jobs are taken");
        }
    }

    fn report(&self, refusal: Option<Refusal>) {
        self.metrics.set_token_refused(matches!(refusal, Some(Refusal::Token { .. })));
        self.metrics.set_function_missing(matches!(refusal, Some(Refusal::Address { .. })));
    }
}
