//! The response that streams progress.

use super::{events, format::ProgressFormat, lines, message::ProgressReport, stream::watch};
use app::core::Outcome;
use axum::{
    http::{HeaderName, HeaderValue},
    response::Response,
};
use std::time::Duration;

/// A silent connection carries a sign of life, before something on the way takes it for dead: every ten seconds at the latest.
const HEARTBEAT: Duration = Duration::from_secs(9);

/// Streams what `report` says until `work` is done, then its outcome. The work lives in the response: a caller that leaves ends it.
pub(crate) fn stream_progress<R, W>(format: ProgressFormat, report: R, work: W) -> Response
where
    R: Fn() -> ProgressReport + Send + 'static,
    W: Future<Output = Outcome> + Send + 'static,
{
    let mut response = match format {
        ProgressFormat::Events => events::respond(watch(report, work, None), HEARTBEAT),
        ProgressFormat::Lines => lines::respond(watch(report, work, Some(HEARTBEAT))),
    };
    // Proxies of the nginx kind would buffer the messages.
    response
        .headers_mut()
        .insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

#[cfg(test)]
mod tests;
