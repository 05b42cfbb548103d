//! Whether the ledger can be opened and used.

use super::{Finding, Patient};
use app::core::{Error, ErrorKind};

pub(super) async fn check(patient: &Patient) -> Vec<Finding> {
    let place = patient.app.settings().ledger.location.as_deref().unwrap_or("no place");
    let finding =
        Finding::of("ledger", format!("open {place}; write, list, read and delete an entry under trial/"));
    let tried = async { patient.app.ledger(None).await?.try_out().await };
    vec![match tried.await {
        Ok(()) => finding.well("it keeps entries, and none is replaced"),
        Err(error) => finding.advise(advice(&error)).failed(error),
    }]
}

fn advice(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::Config => "correct ledger.location or ledger.seal_key as it says",
        _ => {
            "check that the place exists, that it can be reached from here, and that the key of the source may get, put, list and \
             delete objects there"
        }
    }
}
