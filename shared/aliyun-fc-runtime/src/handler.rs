use crate::{
    diagnostic::Diagnostic, fc_event::FcEvent, function_response::IntoFunctionResponse, payload::FromPayload,
};
use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt, Ready, ready};
use std::{
    fmt,
    marker::PhantomData,
    task::{Context, Poll},
};
use tower::Service;

/// A handler as the runtime and its layers call it: bytes in, bytes out. It decodes the payload for the handler and
/// encodes the handler's response.
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

impl<F, T> Service<FcEvent<Bytes>> for HandlerService<F, T>
where
    F: Service<FcEvent<T>>,
    F::Response: IntoFunctionResponse,
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

    fn call(&mut self, event: FcEvent<Bytes>) -> Self::Future {
        let (payload, context) = event.into_parts();
        match T::from_payload(payload) {
            Ok(payload) => {
                let response = self.handler.call(FcEvent::new(payload, context));
                async move { response.await.map_err(Into::into)?.into_response() }.boxed()
            }
            Err(diagnostic) => ready(Err(diagnostic)).boxed(),
        }
    }
}

/// The event handler of a function that serves only HTTP: it refuses every event.
#[derive(Debug, Clone, Copy)]
pub struct NoEventHandler(());

impl NoEventHandler {
    pub(crate) const NEW: Self = Self(());
}

impl Service<FcEvent<Bytes>> for NoEventHandler {
    type Response = Bytes;
    type Error = Diagnostic;
    type Future = Ready<Result<Bytes, Diagnostic>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Diagnostic>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: FcEvent<Bytes>) -> Self::Future {
        ready(Err(Diagnostic::new("NoEventHandler", "this function serves HTTP requests only")))
    }
}
