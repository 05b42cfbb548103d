use crate::{Diagnostic, Event, FromPayload, IntoPayload};
use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt, Ready, ready};
use std::{
    fmt,
    marker::PhantomData,
    task::{Context, Poll},
};
use tower::Service;

/// A handler as the runtime calls it: bytes in, bytes out. It decodes the payload for the handler and encodes the
/// answer. [`Runtime::new`](crate::Runtime::new) makes it; layers see this side of it.
pub struct HandlerService<F, T> {
    handler: F,
    payload: PhantomData<fn(T)>,
}

impl<F, T> HandlerService<F, T> {
    pub(crate) fn new(handler: F) -> Self {
        Self { handler, payload: PhantomData }
    }
}

impl<F: Clone, T> Clone for HandlerService<F, T> {
    fn clone(&self) -> Self {
        Self::new(self.handler.clone())
    }
}

impl<F, T> fmt::Debug for HandlerService<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerService").finish_non_exhaustive()
    }
}

impl<F, T> Service<Event<Bytes>> for HandlerService<F, T>
where
    F: Service<Event<T>>,
    F::Response: IntoPayload,
    F::Error: Into<Diagnostic>,
    F::Future: Send + 'static,
    T: FromPayload,
{
    type Response = Bytes;
    type Error = Diagnostic;
    type Future = BoxFuture<'static, Result<Bytes, Diagnostic>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Diagnostic>> {
        self.handler.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, event: Event<Bytes>) -> Self::Future {
        let (payload, context) = event.into_parts();
        match T::from_payload(payload) {
            Ok(payload) => {
                let answer = self.handler.call(Event::new(payload, context));
                async move { answer.await.map_err(Into::into)?.into_payload() }.boxed()
            }
            Err(diagnostic) => ready(Err(diagnostic)).boxed(),
        }
    }
}

/// The event handler of a function that serves HTTP alone: it refuses every event.
#[derive(Debug, Clone, Copy)]
pub struct NoEventHandler(());

impl NoEventHandler {
    pub(crate) const NEW: Self = Self(());
}

impl Service<Event<Bytes>> for NoEventHandler {
    type Response = Bytes;
    type Error = Diagnostic;
    type Future = Ready<Result<Bytes, Diagnostic>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Diagnostic>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Event<Bytes>) -> Self::Future {
        ready(Err(Diagnostic::new("NoEventHandler", "this function serves HTTP requests only")))
    }
}
