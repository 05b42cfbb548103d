//! `POST /uploads/{id}/cancel`: ends an upload whose bytes have not all landed.

use super::refusal::refuse;
use crate::{
    deadline::with_deadline, request_context::RequestContext, response::JsonResponse,
    upload_id::RequestedUpload,
};
use app::App;
use axum::extract::State;
use std::sync::Arc;

pub(crate) async fn cancel_upload(
    State(app): State<Arc<App>>,
    context: RequestContext,
    RequestedUpload(id): RequestedUpload,
) -> JsonResponse {
    match with_deadline(&context, app.cancel(&id, context.credentials.clone())).await {
        Ok(()) => JsonResponse::done("cancelled").about(&id),
        Err(error) => refuse(&id, error),
    }
}
