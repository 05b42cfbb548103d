//! `GET /uploads/{id}`: what the ledger knows of one upload.

use crate::{
    deadline::with_deadline, request_context::RequestContext, response::JsonResponse,
    upload_id::RequestedUpload,
};
use app::App;
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use std::sync::Arc;

pub(crate) async fn show_upload(
    State(app): State<Arc<App>>,
    context: RequestContext,
    RequestedUpload(id): RequestedUpload,
) -> Response {
    match with_deadline(&context, app.status(&id, context.credentials.clone())).await {
        Ok(Some(status)) => Json(status).into_response(),
        Ok(None) => {
            let text = "the ledger knows no such upload";
            JsonResponse::from_error(StatusCode::NOT_FOUND, "no_such_upload", text).into_response()
        }
        Err(error) => JsonResponse::from_unnamed(error).into_response(),
    }
}
