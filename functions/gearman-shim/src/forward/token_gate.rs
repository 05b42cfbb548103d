//! Whether the function accepts the token. A wrong or rotated token must not answer the jobs of a whole queue with a failure: while it is
//! refused no job is taken, and refused ones wait.

use crate::{
    forward::{call_result::RetryReason, function_client::FunctionClient, token_trial::TokenTrial},
    metrics::Metrics,
    token_file::read_token,
};
use backon::{BackoffBuilder, ExponentialBuilder};
use http::HeaderValue;
use std::{convert::Infallible, path::PathBuf, sync::Arc, time::Duration};
use tokio::{
    sync::{Mutex, watch},
    time::sleep,
};

/// Longest pause between trials of a token that is refused, before the jitter, which may double it: to the minute that the guide promises.
const MAX_PAUSE: Duration = Duration::from_secs(30);

/// What became of the token that a call was refused with.
#[derive(Debug)]
pub(crate) enum TokenVerdict {
    /// It is accepted without the job: the refusal was about the job.
    Accepted,
    /// Another token is in use by now.
    Replaced,
    /// No token that the shim has is accepted.
    Refused,
    /// It could not be tried.
    Unknown(RetryReason),
}

/// Tries the token: at the start, when a call was refused, and with growing pauses while it is refused.
pub(crate) struct TokenGate {
    function: Arc<FunctionClient>,
    /// Read anew for each trial.
    file: PathBuf,
    metrics: Arc<Metrics>,
    /// Before the second trial of a token that is refused; later pauses grow.
    first_pause: Duration,
    /// One trial at a time: who waited for it uses what it found.
    trial: Mutex<()>,
    refused: watch::Sender<bool>,
}

impl TokenGate {
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
            refused: watch::Sender::new(false),
        }
    }

    /// Tries the token before the first job. A function that cannot be reached leaves the gate open: jobs then wait for the function.
    pub(crate) async fn try_at_start(&self) {
        let _one = self.trial.lock().await;
        if let TokenVerdict::Unknown(reason) = self.try_tokens().await {
            tracing::warn!(%reason, "the token could not be tried");
        }
    }

    /// Tries a refused token again, with growing pauses, until it is accepted.
    pub(crate) async fn reopen_when_accepted(&self) -> Infallible {
        loop {
            self.wait_for(true).await;
            let pauses = ExponentialBuilder::new()
                .with_min_delay(self.first_pause)
                .with_max_delay(MAX_PAUSE)
                .without_max_times()
                .with_jitter();
            for pause in pauses.build() {
                sleep(pause).await;
                let _one = self.trial.lock().await;
                self.try_tokens().await;
                if !self.is_refused() {
                    break;
                }
            }
        }
    }

    /// Finds out what a refusal was about, which a call with the token `refused` met.
    pub(crate) async fn examine(&self, refused: &HeaderValue) -> TokenVerdict {
        let _one = self.trial.lock().await;
        if self.is_refused() {
            return TokenVerdict::Refused;
        }
        if self.function.authorization() != *refused {
            return TokenVerdict::Replaced;
        }
        self.try_tokens().await
    }

    /// Whether the last trial found no token that is accepted.
    pub(crate) fn is_refused(&self) -> bool {
        *self.refused.borrow()
    }

    /// Resolves while the token is not refused.
    pub(crate) async fn wait_until_open(&self) {
        self.wait_for(false).await;
    }

    async fn wait_for(&self, refused: bool) {
        // The sender lives as long as this.
        let _ = self.refused.subscribe().wait_for(|now| *now == refused).await;
    }

    /// Tries the file's token, and the one in use where that is another: the file may be ahead of the function.
    async fn try_tokens(&self) -> TokenVerdict {
        let current = self.function.authorization();
        let from_file = read_token(&self.file).inspect_err(|error| {
            tracing::warn!(file = %self.file.display(), %error, "the token cannot be read again");
        });
        let replacement = from_file.ok().filter(|token| *token != current);
        let mut refusal = None;
        for token in [replacement.as_ref(), Some(&current)].into_iter().flatten() {
            match self.function.try_token(token).await {
                TokenTrial::Accepted if replacement.as_ref() == Some(token) => {
                    tracing::info!("the token was replaced by the file's");
                    self.function.set_authorization(token.clone());
                    self.set_refused(false);
                    return TokenVerdict::Replaced;
                }
                TokenTrial::Accepted => {
                    self.set_refused(false);
                    return TokenVerdict::Accepted;
                }
                TokenTrial::Refused { status, right } => refusal = Some((status, right)),
                TokenTrial::Unknown(reason) => return TokenVerdict::Unknown(reason),
            }
        }
        let (status, right) = refusal.unzip();
        tracing::error!(
            status = status.map(|status| status.as_u16()),
            right,
            file = %self.file.display(),
            waiting = self.metrics.jobs_waiting_for_token(),
            "the function refuses the token: no job is taken"
        );
        self.set_refused(true);
        TokenVerdict::Refused
    }

    fn set_refused(&self, refused: bool) {
        self.metrics.set_token_refused(refused);
        if self.refused.send_replace(refused) && !refused {
            tracing::info!("the function accepts the token again: jobs are taken");
        }
    }
}
