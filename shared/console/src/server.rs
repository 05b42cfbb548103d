//! The console's routes on a listener.

use crate::{
    Advisor, Backend, ConsoleSettings,
    access::{Access, enforce_access},
    details::show_details,
    dev_clouds::DevClouds,
    doctor::diagnose,
    events::follow_changes,
    faults::{list_faults, turn_fault},
    files::{Runner, Spool, announce_file, list_files, receive_file, remove_file, upload_file},
    headers::add_headers,
    health::show_health,
    info::show_info,
    keys::list_keys,
    limits::show_limits,
    list::list_rows,
    local_uploads::LocalUploads,
    metrics::metrics_router,
    page::{show_asset, show_index},
    plan::plan_upload,
    response::error_response,
    robots::preview_robots,
    shared::Shared,
    video::play_video,
};
use axum::{
    Router,
    http::StatusCode,
    middleware::{from_fn_with_state, map_response},
    routing::{delete, get, post},
};
use std::{io, sync::Arc};
use tokio::{net::TcpListener, task::JoinSet};

/// The console on its listener, which nobody can reach before [`serve`](Self::serve) runs.
pub struct Console {
    listener: TcpListener,
    /// For a Prometheus.
    metrics: Option<TcpListener>,
    access: Arc<Access>,
    shared: Shared,
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
        Ok(Self { listener, metrics: None, access, shared: Shared::new(backend, advisor, settings) })
    }

    /// Lets the page plan uploads, and, where there is a spool, take dropped files and upload them.
    #[must_use]
    pub fn with_uploads(mut self, uploads: Arc<dyn LocalUploads>, spool: Option<Spool>) -> Self {
        self.shared.runner = spool.map(|spool| Runner::new(Arc::new(spool), uploads.clone()));
        self.shared.uploads = Some(uploads);
        self
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

    /// Lets the page play the videos of local clouds, and make the clouds fail.
    #[must_use]
    pub fn with_clouds(mut self, clouds: Arc<dyn DevClouds>) -> Self {
        self.shared.clouds = Some(clouds);
        self
    }

    /// Serves numbers at `/metrics` of this listener, without the page's token: to all who reach it.
    #[must_use]
    pub fn with_metrics(mut self, listener: TcpListener) -> Self {
        self.metrics = Some(listener);
        self
    }

    /// Reads the uploads and serves the page until the future is dropped. Uploads that the page resumed end with the process, as of a
    /// process that is killed: the next sweep resumes them.
    ///
    /// # Errors
    /// Where a listener fails.
    pub async fn serve(self) -> io::Result<()> {
        let Self { listener, metrics, access, shared } = self;
        let shared = Arc::new(shared);
        if let Some(runner) = &shared.runner {
            runner.resume();
        }
        let mut tasks = JoinSet::new();
        tasks.spawn(shared.backend.read_into(shared.table.clone(), shared.watching.clone()));
        let metrics = metrics.map(|listener| (listener, metrics_router(shared.clone())));
        let page = axum::serve(listener, build_router(shared, access));
        match metrics {
            None => page.await,
            Some((listener, router)) => {
                let metrics = axum::serve(listener, router);
                tokio::try_join!(page.into_future(), metrics.into_future()).map(|_| ())
            }
        }
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
        .route("/console/health", get(show_health))
        .route("/console/robots", get(preview_robots))
        .route("/console/limits", get(show_limits))
        .route("/console/keys", get(list_keys))
        .route("/console/plan", post(plan_upload))
        .route("/console/faults", get(list_faults).post(turn_fault))
        .route("/console/videos/{id}", get(play_video))
        .route("/console/files", get(list_files).post(announce_file))
        .route("/console/files/{id}", delete(remove_file).put(receive_file))
        .route("/console/files/{id}/upload", post(upload_file))
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
