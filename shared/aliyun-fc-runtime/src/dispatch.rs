use crate::{
    Body, Context, Credentials, Diagnostic, Event, MAX_PAYLOAD,
    environment::Environment,
    hooks::{HookError, Hooks},
    log, payload, response,
    route::Call,
};
use bytes::Bytes;
use http::{Request, Response};
use hyper::body::Incoming;
use std::sync::Arc;
use tokio::time::Instant;
use tower::{Service, ServiceExt, util::BoxCloneService};

/// Whatever serves HTTP, in one type.
pub(crate) type HttpService = BoxCloneService<Request<Body>, Response<Body>, Diagnostic>;

/// Answers every request of the platform; cloned for each.
#[derive(Clone)]
pub(crate) struct Dispatcher<S> {
    pub(crate) events: S,
    pub(crate) http: Option<HttpService>,
    pub(crate) hooks: Arc<Hooks>,
    pub(crate) environment: Arc<Environment>,
}

impl<S> Dispatcher<S>
where
    S: Service<Event<Bytes>, Response = Bytes, Error = Diagnostic>,
{
    pub(crate) async fn answer(self, request: Request<Incoming>) -> Response<Body> {
        let context = Context::new(request.headers(), &self.environment, Instant::now());
        match Call::of(request.method(), request.uri().path(), request.headers()) {
            Call::Invoke => self.invoke(context, request.into_body()).await,
            Call::Http => self.serve_http(context, request).await,
            Call::Initialize => hook_response(self.hooks.initialize(&context).await, "initializer", &context),
            Call::PreStop => hook_response(self.hooks.pre_stop(&context).await, "pre-stop hook", &context),
        }
    }

    async fn invoke(self, context: Context, body: Incoming) -> Response<Body> {
        match self.run_event(&context, body).await {
            Ok(answer) => response::success(answer),
            Err(diagnostic) => {
                log::failed("call", &context, &diagnostic);
                response::failure(&diagnostic)
            }
        }
    }

    async fn run_event(self, context: &Context, body: Incoming) -> Result<Bytes, Diagnostic> {
        let payload = payload::read(body, MAX_PAYLOAD).await?;
        self.hooks.initialize(context).await.map_err(HookError::into_diagnostic)?;
        self.events.oneshot(Event::new(payload, context.clone())).await
    }

    async fn serve_http(self, context: Context, request: Request<Incoming>) -> Response<Body> {
        let Some(service) = self.http else {
            return response::failure(&Diagnostic::new("NoHttpHandler", "this function serves events only"));
        };
        let mut request = request.map(Body::new);
        Credentials::mark_sensitive(request.headers_mut());
        request.extensions_mut().insert(context.clone());
        let answered = match self.hooks.initialize(&context).await {
            Ok(()) => service.oneshot(request).await,
            Err(error) => Err(error.into_diagnostic()),
        };
        answered.unwrap_or_else(|diagnostic| {
            log::failed("HTTP call", &context, &diagnostic);
            response::internal_error()
        })
    }
}

fn hook_response(outcome: Result<(), HookError>, what: &'static str, context: &Context) -> Response<Body> {
    match outcome {
        Ok(()) => response::success(Bytes::new()),
        Err(HookError::Failed(diagnostic)) => {
            log::failed(what, context, &diagnostic);
            response::failure(&diagnostic)
        }
        Err(HookError::Panicked(diagnostic)) => {
            log::failed(what, context, &diagnostic);
            response::broken(&diagnostic)
        }
    }
}
