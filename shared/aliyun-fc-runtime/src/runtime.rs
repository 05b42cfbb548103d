use crate::{
    body::Body,
    context::Context,
    diagnostic::Diagnostic,
    dispatcher::{Dispatcher, HttpService},
    environment::{Environment, read_listen_address, read_listen_port},
    error::Error,
    fc_event::FcEvent,
    function_response::IntoFunctionResponse,
    handler::{HandlerService, NoEventHandler},
    hooks::{HookError, Hooks, into_hook},
    layers::catch_panic::{CatchPanic, CatchPanicLayer},
    log::log_failure,
    payload::FromPayload,
    server,
    variables::read_variable,
};
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use std::{fmt, sync::Arc};
use tokio::net::TcpListener;
use tower::{Layer, Service, ServiceExt, util::BoxCloneService};

/// Runs a function that handles events. With the feature `tracing` every call runs in a span with its request id.
///
/// Returns when the platform ends the instance.
///
/// # Errors
/// As [`Runtime::run`].
pub async fn run<F, T>(handler: F) -> Result<(), Error>
where
    F: Service<FcEvent<T>> + Clone + Send + 'static,
    F::Response: IntoFunctionResponse,
    F::Error: Into<Diagnostic>,
    F::Future: Send + 'static,
    T: FromPayload + 'static,
{
    let runtime = Runtime::new(handler);
    #[cfg(feature = "tracing")]
    let runtime = runtime.layer(crate::layers::TracingLayer::new());
    runtime.run().await
}

/// Runs a web function: an axum router, or any tower service that takes an HTTP request (page web functions).
///
/// Returns when the platform ends the instance.
///
/// # Errors
/// As [`Runtime::run`].
pub async fn run_http<H, B>(service: H) -> Result<(), Error>
where
    H: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
    H::Error: Into<Diagnostic>,
    H::Future: Send + 'static,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Error>,
{
    Runtime::http_only(service).run().await
}

/// A function: an event handler, an HTTP service, hooks, layers, a port.
///
/// It works on tokio's `current_thread` runtime and on the multi-threaded one. Source of how the platform calls it: the
/// pages principles, web functions and lifecycle hooks.
#[must_use = "a runtime does nothing until it is run"]
pub struct Runtime<S> {
    events: S,
    http: Option<HttpService>,
    hooks: Hooks,
    port: Option<u16>,
}

impl<F, T> Runtime<CatchPanic<HandlerService<F, T>>>
where
    F: Service<FcEvent<T>>,
    F::Response: IntoFunctionResponse,
    F::Error: Into<Diagnostic>,
    F::Future: Send + 'static,
    T: FromPayload,
{
    /// A function that handles events with this service.
    pub fn new(handler: F) -> Self {
        Self::with_events(CatchPanicLayer.layer(HandlerService::new(handler)))
    }
}

impl Runtime<NoEventHandler> {
    /// A function that serves only HTTP. See [`http`](Runtime::http).
    pub fn http_only<H, B>(service: H) -> Self
    where
        H: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
        H::Error: Into<Diagnostic>,
        H::Future: Send + 'static,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Error>,
    {
        Self::with_events(NoEventHandler::NEW).http(service)
    }
}

impl<S> Runtime<S> {
    fn with_events(events: S) -> Self {
        Self { events, http: None, hooks: Hooks::default(), port: None }
    }

    /// Serves the requests of the function's HTTP trigger, and health checks, with this service.
    ///
    /// Bodies are streamed in both directions. Method, path, query and headers are the caller's; the [`Context`] is an
    /// extension of the request. The service's own status passes to the caller, whatever it is. Only an error or a
    /// panic is reported to the platform as a failed call; the caller then gets a bare 500. A service whose error does
    /// not convert into a [`Diagnostic`] needs `map_err(Diagnostic::from_error)` of [`tower::ServiceExt`]. Source: the page web
    /// functions; what the caller of a failed call sees is not documented.
    pub fn http<H, B>(mut self, service: H) -> Self
    where
        H: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
        H::Error: Into<Diagnostic>,
        H::Future: Send + 'static,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Error>,
    {
        let service = service.map_response(|response| response.map(Body::new));
        self.http = Some(BoxCloneService::new(CatchPanicLayer.layer(service)));
        self
    }

    /// Runs before the first call, and succeeds once per instance.
    ///
    /// Where the function's settings name an Initializer, the platform calls it (`POST /initialize`, at most 300 s);
    /// where they do not, the first call waits for it. After an error the next call tries it again; after a panic in
    /// the platform's own call the platform replaces the instance. Source: the page lifecycle hooks.
    pub fn initializer<H, Fut, E>(mut self, hook: H) -> Self
    where
        H: Fn(Context) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<Diagnostic>,
    {
        self.hooks.initializer = Some(into_hook(hook));
        self
    }

    /// Runs once before the instance ends: when the platform asks (`GET /pre-stop`, at most 90 s, only where the
    /// function's settings name the hook), or else on SIGTERM. Its failure does not stop the shutdown. Source: the page
    /// lifecycle hooks; that SIGTERM is sent is documented nowhere.
    pub fn pre_stop<H, Fut, E>(mut self, hook: H) -> Self
    where
        H: Fn(Context) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<Diagnostic>,
    {
        self.hooks.pre_stop = Some(into_hook(hook));
        self
    }

    /// Wraps the event handler, and the layers already there, in a layer: the last one added is the outermost.
    pub fn layer<L>(self, layer: L) -> Runtime<L::Service>
    where
        L: Layer<S>,
        L::Service: Service<FcEvent<Bytes>, Response = Bytes, Error = Diagnostic>,
    {
        Runtime { events: layer.layer(self.events), http: self.http, hooks: self.hooks, port: self.port }
    }

    /// Listens on this port instead of the one that the environment names.
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }
}

impl<S> Runtime<S>
where
    S: Service<FcEvent<Bytes>, Response = Bytes, Error = Diagnostic> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    /// Listens on all addresses, as the platform demands, at the port given by [`port`](Self::port),
    /// `FC_CUSTOM_LISTEN_PORT`, `FC_SERVER_PORT` or else 9000, and serves until SIGTERM. Source: the pages principles and
    /// environment variables; local tools set `FC_SERVER_PORT`.
    ///
    /// A host on a developer's machine sets `ALIYUN_FC_RUNTIME_LISTEN_ADDRESS=127.0.0.1`, a variable of this crate's own,
    /// so that nobody else reaches the function: it takes every request for a call of the platform.
    ///
    /// # Errors
    /// Where a variable holds no port or no address, or the address cannot be bound.
    pub async fn run(self) -> Result<(), Error> {
        let port = match self.port {
            Some(port) => port,
            None => read_listen_port(&read_variable)?,
        };
        self.serve(TcpListener::bind((read_listen_address(&read_variable)?, port)).await?).await
    }

    /// Serves on a listener until SIGTERM.
    ///
    /// # Errors
    /// Where the process cannot listen for signals.
    pub async fn serve(self, listener: TcpListener) -> Result<(), Error> {
        let sigterm = wait_for_sigterm()?;
        self.serve_until(listener, sigterm).await;
        Ok(())
    }

    /// Serves on a listener until `shutdown` resolves; [`serve`](Self::serve) does the same on SIGTERM. Then it accepts
    /// no more connections, finishes the calls in flight, and runs the pre-stop hook unless the platform asked for it
    /// before.
    pub async fn serve_until(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let hooks = Arc::new(self.hooks);
        let environment = Arc::new(Environment::read(&read_variable));
        let dispatcher = Dispatcher {
            // A second time, for the panics of the layers around the handler.
            events: CatchPanicLayer.layer(self.events),
            http: self.http,
            hooks: hooks.clone(),
            environment,
        };
        server::serve(listener, dispatcher, shutdown).await;
        let context = Context::from_headers(&HeaderMap::new());
        if let Err(error) = hooks.pre_stop(&context).await.map_err(HookError::into_diagnostic) {
            log_failure("pre-stop hook", &context, &error);
        }
    }
}

impl<S> fmt::Debug for Runtime<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").field("port", &self.port).finish_non_exhaustive()
    }
}

/// Resolves at SIGTERM. The instance's process is PID 1, for which the signal has no default effect.
#[cfg(unix)]
fn wait_for_sigterm() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut signals = signal(SignalKind::terminate())?;
    Ok(async move {
        signals.recv().await;
    })
}

#[cfg(not(unix))]
fn wait_for_sigterm() -> std::io::Result<impl Future<Output = ()>> {
    Ok(std::future::pending())
}
