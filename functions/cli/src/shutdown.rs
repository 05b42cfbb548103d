//! Shutdown by Ctrl-C or SIGTERM.

use crate::{error::Stopped, exit_code::INTERRUPTED, ui::key_echo};
use std::{future::Future, io};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// What a second signal does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SecondSignal {
    /// Ends the program at once.
    Exits,
    /// Nothing: the command ends what it started first.
    #[cfg(feature = "local-clouds")]
    IsIgnored,
}

/// Tells every part of a command that a person wants it to end.
#[derive(Debug, Clone)]
pub(crate) struct Shutdown(CancellationToken);

impl Shutdown {
    /// Listens for Ctrl-C and SIGTERM from now on. Call it before anything is started that a signal must end.
    ///
    /// # Errors
    /// Where no handler can be installed.
    pub(crate) fn listen(second: SecondSignal) -> io::Result<Self> {
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let token = CancellationToken::new();
        let shutdown = Self(token.clone());
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                if token.is_cancelled() && second == SecondSignal::Exits {
                    key_echo::restore();
                    std::process::exit(INTERRUPTED.into());
                }
                token.cancel();
            }
        });
        Ok(shutdown)
    }

    /// A shutdown that nobody requests.
    pub(crate) fn never() -> Self {
        Self(CancellationToken::new())
    }

    /// Whether a person wants the command to end.
    pub(crate) fn is_requested(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Waits until a person wants the command to end.
    pub(crate) async fn wait(&self) {
        self.0.cancelled().await;
    }

    /// Runs `work` until it is done or a shutdown is requested, whichever is first; a shutdown that was requested before wins.
    ///
    /// # Errors
    /// That of `work`, or [`Stopped`].
    pub(crate) async fn guard<T, E: From<Stopped>>(
        &self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        tokio::select! {
            biased;
            () = self.wait() => Err(Stopped.into()),
            done = work => done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::CliError;
    use std::future::{pending, ready};

    /// A requested shutdown ends work that waits, and precedes work that is ready.
    #[tokio::test]
    async fn a_requested_shutdown_ends_guarded_work() {
        let shutdown = Shutdown::never();
        assert_eq!(shutdown.guard(ready(Ok::<_, CliError>(1))).await.ok(), Some(1));
        let (ended, ()) = tokio::join!(shutdown.guard(pending::<Result<(), CliError>>()), async {
            shutdown.0.cancel();
        });
        assert!(matches!(ended, Err(CliError::Interrupted { upload_id: None })));
        let ended = shutdown.guard(ready(Ok::<_, CliError>(1))).await;
        assert!(shutdown.is_requested() && matches!(ended, Err(CliError::Interrupted { .. })));
    }
}
