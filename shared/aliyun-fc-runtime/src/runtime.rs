use crate::{
    Body, Context, Diagnostic, Error, Event, FromPayload, HandlerService, IntoPayload, NoEventHandler,
    dispatch::{Dispatcher, HttpService},
    environment::{Environment, listen_address, listen_port, variable},
    hooks::{HookError, Hooks, boxed},
    layers::{CatchPanic, CatchPanicLayer},
    log, server,
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
    F: Service<Event<T>> + Clone + Send + 'static,
    F::Response: IntoPayload,
    F::Error: Into<Diagnostic>,
    F::Future: Send + 'static,
    T: FromPayload + 'static,
{
    let runtime = Runtime::new(handler);
    #[cfg(feature = "tracing")]
    let runtime = runtime.layer(crate::layers::TraceLayer::new());
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

/// A function with all it needs: an event handler, an HTTP service, hooks, layers, a port.
///
/// It works on tokio's `current_thread` runtime as well as on the other. Source of how the platform calls it: the pages
/// principles, web functions and lifecycle hooks.
#[must_use = "a runtime does nothing until it is run"]
pub struct Runtime<S> {
    events: S,
    http: Option<HttpService>,
    hooks: Hooks,
    port: Option<u16>,
}

impl<F, T> Runtime<CatchPanic<HandlerService<F, T>>>
where
    F: Service<Event<T>>,
    F::Response: IntoPayload,
    F::Error: Into<Diagnostic>,
    F::Future: Send + 'static,
    T: FromPayload,
{
    /// A function that handles events with this service.
    pub fn new(handler: F) -> Self {
        Self::of(CatchPanicLayer::new().layer(HandlerService::new(handler)))
    }
}

impl Runtime<NoEventHandler> {
    /// A function that serves HTTP alone. See [`http`](Runtime::http).
    pub fn http_only<H, B>(service: H) -> Self
    where
        H: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
        H::Error: Into<Diagnostic>,
        H::Future: Send + 'static,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Error>,
    {
        Self::of(NoEventHandler::NEW).http(service)
    }
}

impl<S> Runtime<S> {
    fn of(events: S) -> Self {
        Self { events, http: None, hooks: Hooks::default(), port: None }
    }

    /// Serves the requests of the function's HTTP trigger, and health checks, with this service.
    ///
    /// Bodies are streamed in both directions. Method, path, query and headers are the caller's; the [`Context`] is an
    /// extension of the request. The service's own status passes to the caller, whatever it is. Only an error or a
    /// panic is reported to the platform as a failed call; the caller then gets a bare 500. Source: the page web
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
        self.http = Some(BoxCloneService::new(CatchPanicLayer::new().layer(service)));
        self
    }

    /// Runs before the first call, and succeeds once per instance.
    ///
    /// Where the function's settings name an Initializer, the platform calls it (`POST /initialize`, at most 300 s);
    /// where they do not, the first call waits for it. After an error it is tried again; after a panic in the
    /// platform's own call the instance is replaced. Source: the page lifecycle hooks.
    pub fn initializer<H, Fut, E>(mut self, hook: H) -> Self
    where
        H: Fn(Context) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<Diagnostic>,
    {
        self.hooks.initializer = Some(boxed(hook));
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
        self.hooks.pre_stop = Some(boxed(hook));
        self
    }

    /// Puts a layer round the event handler and the layers already there.
    pub fn layer<L>(self, layer: L) -> Runtime<L::Service>
    where
        L: Layer<S>,
        L::Service: Service<Event<Bytes>, Response = Bytes, Error = Diagnostic>,
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
    S: Service<Event<Bytes>, Response = Bytes, Error = Diagnostic> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    /// Listens on all addresses, as the platform demands, at the port given by [`port`](Self::port),
    /// `FC_CUSTOM_LISTEN_PORT`, `FC_SERVER_PORT` or else 9000, and serves until SIGTERM. Source: the pages principles and
    /// environment variables; `FC_SERVER_PORT` is what local tools set.
    ///
    /// A host on a developer's machine sets `ALIYUN_FC_RUNTIME_LISTEN_ADDRESS=127.0.0.1`, a variable of this crate's own: then nobody else
    /// reaches the function, which takes whatever comes for the platform's calls.
    ///
    /// # Errors
    /// When a variable holds no port or no address, or they cannot be listened on.
    pub async fn run(self) -> Result<(), Error> {
        let port = match self.port {
            Some(port) => port,
            None => listen_port(&variable)?,
        };
        self.serve(TcpListener::bind((listen_address(&variable)?, port)).await?).await
    }

    /// Serves on a listener until SIGTERM.
    ///
    /// # Errors
    /// When the process cannot listen for signals.
    pub async fn serve(self, listener: TcpListener) -> Result<(), Error> {
        let terminated = terminated()?;
        self.serve_until(listener, terminated).await;
        Ok(())
    }

    /// Serves on a listener until `shutdown` resolves, as [`serve`](Self::serve) does on SIGTERM: accepts no more,
    /// finishes the calls in flight, runs the pre-stop hook unless the platform had it run.
    pub async fn serve_until(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let hooks = Arc::new(self.hooks);
        let environment = Arc::new(Environment::read(&variable));
        let dispatcher = Dispatcher {
            // Once more, for the layers that were put round the handler.
            events: CatchPanicLayer::new().layer(self.events),
            http: self.http,
            hooks: hooks.clone(),
            environment,
        };
        server::serve(listener, dispatcher, shutdown).await;
        let context = Context::from_headers(&HeaderMap::new());
        if let Err(error) = hooks.pre_stop(&context).await.map_err(HookError::into_diagnostic) {
            log::failed("pre-stop hook", &context, &error);
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
fn terminated() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut signals = signal(SignalKind::terminate())?;
    Ok(async move {
        signals.recv().await;
    })
}

#[cfg(not(unix))]
fn terminated() -> std::io::Result<impl Future<Output = ()>> {
    Ok(std::future::pending())
}
