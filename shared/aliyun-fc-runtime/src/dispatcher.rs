use crate::{
    body::Body,
    context::Context,
    credentials::Credentials,
    diagnostic::Diagnostic,
    environment::Environment,
    fc_event::FcEvent,
    hooks::{HookError, Hooks},
    log::log_failure,
    payload::{self, MAX_PAYLOAD},
    response,
    route::CallKind,
};
use bytes::Bytes;
use http::{Request, Response};
use hyper::body::Incoming;
use std::sync::Arc;
use tokio::time::Instant;
use tower::{Service, ServiceExt, util::BoxCloneService};

/// The user's HTTP service, whatever its type.
pub(crate) type HttpService = BoxCloneService<Request<Body>, Response<Body>, Diagnostic>;

/// Responds to every request of the platform; cloned for each.
#[derive(Clone)]
pub(crate) struct Dispatcher<S> {
    pub(crate) events: S,
    pub(crate) http: Option<HttpService>,
    pub(crate) hooks: Arc<Hooks>,
    pub(crate) environment: Arc<Environment>,
}

impl<S> Dispatcher<S>
where
    S: Service<FcEvent<Bytes>, Response = Bytes, Error = Diagnostic>,
{
    pub(crate) async fn dispatch(self, request: Request<Incoming>) -> Response<Body> {
        let context = Context::new(request.headers(), &self.environment, Instant::now());
        match CallKind::classify(request.method(), request.uri().path(), request.headers()) {
            CallKind::Invoke => self.invoke(context, request.into_body()).await,
            CallKind::Http => self.serve_http(context, request).await,
            CallKind::Initialize => {
                into_hook_response(self.hooks.initialize(&context).await, "initializer", &context)
            }
            CallKind::PreStop => {
                into_hook_response(self.hooks.pre_stop(&context).await, "pre-stop hook", &context)
            }
        }
    }

    async fn invoke(self, context: Context, body: Incoming) -> Response<Body> {
        match self.run_event(&context, body).await {
            Ok(body) => response::success(body),
            Err(diagnostic) => {
                log_failure("call", &context, &diagnostic);
                response::failure(&diagnostic)
            }
        }
    }

    async fn run_event(self, context: &Context, body: Incoming) -> Result<Bytes, Diagnostic> {
        let payload = payload::read(body, MAX_PAYLOAD).await?;
        self.hooks.initialize(context).await.map_err(HookError::into_diagnostic)?;
        self.events.oneshot(FcEvent::new(payload, context.clone())).await
    }

    async fn serve_http(self, context: Context, request: Request<Incoming>) -> Response<Body> {
        let Some(service) = self.http else {
            return response::failure(&Diagnostic::new("NoHttpHandler", "this function serves events only"));
        };
        let mut request = request.map(Body::new);
        Credentials::mark_sensitive(request.headers_mut());
        request.extensions_mut().insert(context.clone());
        let outcome = match self.hooks.initialize(&context).await {
            Ok(()) => service.oneshot(request).await,
            Err(error) => Err(error.into_diagnostic()),
        };
        outcome.unwrap_or_else(|diagnostic| {
            log_failure("HTTP call", &context, &diagnostic);
            response::internal_error()
        })
    }
}

fn into_hook_response(
    outcome: Result<(), HookError>,
    what: &'static str,
    context: &Context,
) -> Response<Body> {
    match outcome {
        Ok(()) => response::success(Bytes::new()),
        Err(HookError::Failed(diagnostic)) => {
            log_failure(what, context, &diagnostic);
            response::failure(&diagnostic)
        }
        Err(HookError::Panicked(diagnostic)) => {
            log_failure(what, context, &diagnostic);
            response::unusable_instance(&diagnostic)
        }
    }
}
