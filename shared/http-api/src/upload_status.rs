//! `GET /uploads/{id}`: what the ledger knows of one upload.

use crate::{deadline::with_deadline, request_context::RequestContext, response::JsonResponse};
use app::{App, core::UploadId};
use axum::{
    Extension, Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use std::sync::Arc;

pub(crate) async fn show_upload(
    State(app): State<Arc<App>>,
    context: Option<Extension<RequestContext>>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let context = context.map(|Extension(context)| context).unwrap_or_default();
    let Some(id) = id.ok().and_then(|Path(id)| UploadId::parse(&id)) else {
        let text = "an upload id has 32 digits, 0 to 9 and a to f";
        return JsonResponse::from_error(StatusCode::BAD_REQUEST, "invalid_upload_id", text).into_response();
    };
    match with_deadline(&context, app.status(&id, context.credentials.clone())).await {
        Ok(Some(status)) => Json(status).into_response(),
        Ok(None) => {
            let text = "the ledger knows no such upload";
            JsonResponse::from_error(StatusCode::NOT_FOUND, "no_such_upload", text).into_response()
        }
        Err(error) => JsonResponse::from_unnamed(error).into_response(),
    }
}
