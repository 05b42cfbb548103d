use crate::diagnostic::Diagnostic;
use futures_util::future::{BoxFuture, FutureExt};
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    task::{Context, Poll},
};
use tower::{Layer, Service};

/// Turns a panic of the service into an error of the type `Panic`: it fails one call instead of breaking the connection,
/// which the platform would report as an exit of the process (page error handling).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CatchPanicLayer;

impl<S> Layer<S> for CatchPanicLayer {
    type Service = CatchPanic<S>;

    fn layer(&self, inner: S) -> CatchPanic<S> {
        CatchPanic { inner }
    }
}

/// The service of [`CatchPanicLayer`].
#[derive(Debug, Clone)]
pub struct CatchPanic<S> {
    inner: S,
}

impl<S, Q> Service<Q> for CatchPanic<S>
where
    S: Service<Q>,
    S::Error: Into<Diagnostic>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = Diagnostic;
    type Future = BoxFuture<'static, Result<S::Response, Diagnostic>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Diagnostic>> {
        match catch(|| self.inner.poll_ready(cx)) {
            Ok(ready) => ready.map_err(Into::into),
            Err(diagnostic) => Poll::Ready(Err(diagnostic)),
        }
    }

    fn call(&mut self, request: Q) -> Self::Future {
        let started = catch(|| self.inner.call(request));
        async move { finish(started).await?.map_err(Into::into) }.boxed()
    }
}

/// Runs an action; its panic is the error.
pub(crate) fn catch<T>(action: impl FnOnce() -> T) -> Result<T, Diagnostic> {
    catch_unwind(AssertUnwindSafe(action)).map_err(|panic| describe_panic(&*panic))
}

/// Runs a started future to its end; a panic of either is the error.
pub(crate) async fn finish<Fut: Future>(started: Result<Fut, Diagnostic>) -> Result<Fut::Output, Diagnostic> {
    AssertUnwindSafe(started?).catch_unwind().await.map_err(|panic| describe_panic(&*panic))
}

fn describe_panic(panic: &(dyn Any + Send)) -> Diagnostic {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    Diagnostic::new("Panic", format!("the function panicked: {message}"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::panic, clippy::unwrap_used, reason = "the panics are the point")]

    use super::*;
    use std::future::Ready;
    use tower::{ServiceExt, service_fn};

    #[tokio::test]
    async fn a_panic_of_the_future_is_an_error() {
        let service = service_fn(async |count: u32| -> Result<(), Diagnostic> { panic!("{count} too many") });
        let error = CatchPanicLayer.layer(service).oneshot(3).await.unwrap_err();
        assert_eq!(error, Diagnostic::new("Panic", "the function panicked: 3 too many"));
    }

    #[tokio::test]
    async fn a_panic_before_the_future_is_an_error() {
        let service = service_fn(|_: ()| -> Ready<Result<(), Diagnostic>> { panic!("early") });
        let error = CatchPanicLayer.layer(service).oneshot(()).await.unwrap_err();
        assert_eq!(error, Diagnostic::new("Panic", "the function panicked: early"));
    }

    #[tokio::test]
    async fn a_panic_without_a_text_is_an_error() {
        let service = service_fn(async |_: ()| -> Result<(), Diagnostic> { std::panic::panic_any(7) });
        let error = CatchPanicLayer.layer(service).oneshot(()).await.unwrap_err();
        assert_eq!(error, Diagnostic::new("Panic", "the function panicked: no message"));
    }

    #[tokio::test]
    async fn responses_and_errors_pass() {
        let service =
            CatchPanicLayer.layer(service_fn(async |fine: bool| if fine { Ok(1) } else { Err("no") }));
        assert_eq!(service.clone().oneshot(true).await, Ok(1));
        assert_eq!(service.oneshot(false).await, Err(Diagnostic::new("Error", "no")));
    }
}
