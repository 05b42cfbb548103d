//! `GET /videos/{id}`: asks Youku how the video of an upload fares.

use crate::{
    deadline::with_deadline, manage::refuse, request_context::RequestContext, upload_id::RequestedUpload,
};
use app::App;
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use std::sync::Arc;

pub(crate) async fn show_video(
    State(app): State<Arc<App>>,
    context: RequestContext,
    RequestedUpload(id): RequestedUpload,
) -> Response {
    match with_deadline(&context, app.show_video(&id, context.credentials.clone())).await {
        Ok(status) => Json(status).into_response(),
        Err(error) => refuse(&id, error).into_response(),
    }
}
