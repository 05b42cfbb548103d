//! Where the uploads are that the page shows.

use crate::{
    api::api_routes,
    function::{Function, FunctionReader, function_routes},
    reader::{LedgerReader, OpenLedger},
    rows::Table,
    watching::Watching,
};
use app::App;
use axum::Router;
use futures_util::future::BoxFuture;
use std::sync::Arc;

/// Where the uploads are that the page shows.
#[derive(Clone)]
pub enum Backend {
    /// In the ledger of these settings.
    Ledger(Arc<App>),
    /// In that of a deployed function, which is asked every ten seconds.
    Function(Arc<Function>),
}

impl Backend {
    /// The HTTP API, without the prefix under which it is served.
    pub(crate) fn api_routes(&self) -> Router {
        match self {
            Self::Ledger(app) => api_routes(app.clone()),
            Self::Function(function) => function_routes(function.clone()),
        }
    }

    /// Reads the uploads into the table, until it is dropped.
    pub(crate) fn read_into(&self, table: Arc<Table>, watching: Arc<Watching>) -> BoxFuture<'static, ()> {
        match self {
            Self::Ledger(app) => Box::pin(LedgerReader::new(table).run(open_ledger(app.clone()), watching)),
            Self::Function(function) => Box::pin(FunctionReader::new(function.clone(), table).run(watching)),
        }
    }
}

fn open_ledger(app: Arc<App>) -> OpenLedger {
    Box::new(move || {
        let app = app.clone();
        Box::pin(async move { app.ledger_to_read(None).await })
    })
}
