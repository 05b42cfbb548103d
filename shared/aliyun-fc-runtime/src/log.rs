use crate::{context::Context, diagnostic::Diagnostic};

/// Logs one line for a call or hook that failed: the caller of an asynchronous call never sees its error.
pub(crate) fn log_failure(what: &'static str, context: &Context, diagnostic: &Diagnostic) {
    #[cfg(feature = "tracing")]
    ::tracing::error!(
        request_id = context.request_id(),
        error_type = diagnostic.error_type,
        error_message = diagnostic.error_message,
        "{what} failed"
    );
    #[cfg(not(feature = "tracing"))]
    let _ = (what, context, diagnostic);
}
