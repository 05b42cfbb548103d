//! `POST /uploads/{id}/callback`: delivers the callback of an upload that has ended once more, under the same message id.

use super::refusal::refuse;
use crate::{
    deadline::with_deadline, request_context::RequestContext, response::JsonResponse,
    upload_id::RequestedUpload,
};
use app::{App, core::DeliveryResult};
use axum::{extract::State, http::StatusCode};
use std::sync::Arc;

pub(crate) async fn replay_callback(
    State(app): State<Arc<App>>,
    context: RequestContext,
    RequestedUpload(id): RequestedUpload,
) -> JsonResponse {
    let run = context.run();
    let delivering = app.replay_callback(&id, context.credentials.clone(), &run);
    let delivered = with_deadline(&context, delivering).await;
    app::flush_traces(context.deadline).await;
    match delivered {
        Ok(DeliveryResult::Accepted { .. }) => JsonResponse::done("the receiver accepted the callback"),
        Ok(DeliveryResult::Failed { code, .. }) if code == DeliveryResult::FORBIDDEN => {
            let text = "the settings do not allow the address of the callback";
            JsonResponse::from_error(StatusCode::CONFLICT, "callback_forbidden", text)
        }
        Ok(DeliveryResult::Refused { code } | DeliveryResult::Failed { code, .. }) => {
            let text = format!("the receiver did not accept the callback: {code}");
            JsonResponse::from_error(StatusCode::BAD_GATEWAY, "callback_failed", text)
        }
        Err(error) => return refuse(&id, error),
    }
    .about(&id)
}
