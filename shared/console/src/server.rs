//! The console's routes on a listener.

use crate::{
    Advisor, Backend, ConsoleSettings,
    access::{Access, enforce_access},
    details::show_details,
    doctor::diagnose,
    events::follow_changes,
    headers::add_headers,
    info::show_info,
    list::list_rows,
    page::{show_asset, show_index},
    response::error_response,
    shared::Shared,
};
use axum::{
    Router,
    http::StatusCode,
    middleware::{from_fn_with_state, map_response},
    routing::get,
};
use std::{io, sync::Arc};
use tokio::{net::TcpListener, task::JoinSet};

/// The console on its listener, which nobody can reach before [`serve`](Self::serve) runs.
pub struct Console {
    listener: TcpListener,
    access: Arc<Access>,
    shared: Arc<Shared>,
}

impl Console {
    /// Prepares a console for a listener on 127.0.0.1, with new secrets.
    ///
    /// # Errors
    /// Where the listener's port cannot be asked.
    pub fn new(
        listener: TcpListener,
        backend: Backend,
        advisor: Arc<dyn Advisor>,
        settings: ConsoleSettings,
    ) -> io::Result<Self> {
        let access = Arc::new(Access::new(listener.local_addr()?.port()));
        Ok(Self { listener, access, shared: Arc::new(Shared::new(backend, advisor, settings)) })
    }

    /// The address for the user. It has the token that lets in: it belongs on the user's terminal, and nowhere else.
    #[must_use]
    pub fn url(&self) -> String {
        self.access.url()
    }

    /// An address that lets in once, for the command that opens a browser: other users of the machine may read it there.
    #[must_use]
    pub fn url_to_open(&self) -> String {
        self.access.url_to_open()
    }

    /// Reads the uploads and serves the page until the future is dropped. Uploads that the page resumed end with the process, as of a
    /// process that is killed: the next sweep resumes them.
    ///
    /// # Errors
    /// Where the listener fails.
    pub async fn serve(self) -> io::Result<()> {
        let Self { listener, access, shared } = self;
        let mut tasks = JoinSet::new();
        tasks.spawn(shared.backend.read_into(shared.table.clone(), shared.watching.clone()));
        axum::serve(listener, build_router(shared, access)).await
    }
}

/// The routes, to those alone whom `access` lets in.
pub(crate) fn build_router(shared: Arc<Shared>, access: Arc<Access>) -> Router {
    Router::new()
        .route("/", get(show_index))
        .route("/assets/{name}", get(show_asset))
        .route("/console/info", get(show_info))
        .route("/console/uploads", get(list_rows))
        .route("/console/uploads/{id}", get(show_details))
        .route("/console/events", get(follow_changes))
        .route("/console/doctor", get(diagnose))
        .nest_service("/api", shared.backend.api_routes())
        .method_not_allowed_fallback(async || {
            let text = "this path has other methods";
            error_response(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", text)
        })
        .fallback(async || error_response(StatusCode::NOT_FOUND, "no_such_path", "there is no such path"))
        .with_state(shared)
        .layer(from_fn_with_state(access, enforce_access))
        .layer(map_response(add_headers))
}
