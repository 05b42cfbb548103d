use crate::{
    context::Context,
    diagnostic::Diagnostic,
    layers::catch_panic::{catch, finish},
};
use futures_util::future::BoxFuture;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::OnceCell;

type Hook = Box<dyn Fn(Context) -> BoxFuture<'static, Result<(), Diagnostic>> + Send + Sync>;

/// Why a hook did not succeed.
#[derive(Debug)]
pub(crate) enum HookError {
    Failed(Diagnostic),
    Panicked(Diagnostic),
}

/// The user's hooks at the beginning and at the end of an instance's life.
#[derive(Default)]
pub(crate) struct Hooks {
    pub(crate) initializer: Option<Hook>,
    pub(crate) pre_stop: Option<Hook>,
    initialized: OnceCell<()>,
    stopped: AtomicBool,
}

impl Hooks {
    /// Runs the initializer unless it has already succeeded. Calls that arrive meanwhile wait for it.
    pub(crate) async fn initialize(&self, context: &Context) -> Result<(), HookError> {
        let Some(hook) = &self.initializer else { return Ok(()) };
        self.initialized.get_or_try_init(|| run(hook, context)).await.copied()
    }

    /// Runs the pre-stop hook unless it has already run: the platform may both ask for it and send SIGTERM.
    pub(crate) async fn pre_stop(&self, context: &Context) -> Result<(), HookError> {
        match &self.pre_stop {
            Some(hook) if !self.stopped.swap(true, Ordering::SeqCst) => run(hook, context).await,
            _ => Ok(()),
        }
    }
}

impl HookError {
    pub(crate) fn into_diagnostic(self) -> Diagnostic {
        match self {
            Self::Failed(diagnostic) | Self::Panicked(diagnostic) => diagnostic,
        }
    }
}

async fn run(hook: &Hook, context: &Context) -> Result<(), HookError> {
    let started = catch(|| hook(context.clone()));
    finish(started).await.map_err(HookError::Panicked)?.map_err(HookError::Failed)
}

pub(crate) fn into_hook<F, Fut, E>(hook: F) -> Hook
where
    F: Fn(Context) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), E>> + Send + 'static,
    E: Into<Diagnostic>,
{
    Box::new(move |context| {
        let outcome = hook(context);
        Box::pin(async move { outcome.await.map_err(Into::into) })
    })
}
