//! How long the platform takes to call the function, as finished uploads show it.

use crate::application::App;
use futures_util::{StreamExt, future::BoxFuture, stream};
use std::time::Duration;
use upload_core::{Entrypoint, Error};

/// Finished uploads that are looked through.
const LATEST: usize = 100;
/// Steps that are read at once.
const READS: usize = 8;

impl App {
    /// Times from when an object landed, by its store's clock, to the first step of its upload, by the ledger's: of those of the latest 100
    /// finished uploads that an event asked for, at most `most`, the latest first. One list of the ledger and a look at each of them.
    ///
    /// # Errors
    /// As [`ledger_to_read`](Self::ledger_to_read); where the ledger cannot be read.
    pub fn event_delays(&self, most: usize) -> BoxFuture<'_, Result<Vec<Duration>, Error>> {
        Box::pin(async move {
            let Some(ledger) = self.ledger_to_read(None).await? else { return Ok(Vec::new()) };
            let ended = ledger.finished_uploads(None, LATEST).await?.uploads;
            let by_event = ended.into_iter().filter(|(_, ended)| ended.entrypoint == Some(Entrypoint::Event));
            let mut read =
                stream::iter(by_event.take(most)).map(async |(id, _)| ledger.read(&id).await).buffered(READS);
            let mut delays = Vec::new();
            while let Some(record) = read.next().await {
                let Some(record) = record? else { continue };
                let (landed, first) = (record.request.landed, record.history.first());
                if let (Some(landed), Some(first)) = (landed, first) {
                    // Stores tell whole seconds, and their clocks may differ by some.
                    delays.push(first.at.get().duration_since(landed.get()).unwrap_or_default());
                }
            }
            Ok(delays)
        })
    }
}
