//! The scan of all rules, one after the other, from where the last run stopped.

use super::{
    cursor::{ROUND, ScanRound},
    discovery::{Discovery, DiscoveryReport, ScanError, StopReason},
    scan::Scan,
};
use crate::{Error, RunContext, Uploader};

/// Finds objects that no event told of and uploads them, one after the other. `uploader_of` answers an
/// account's uploader.
///
/// # Errors
/// [`Ledger`](crate::ErrorKind::Ledger) where the cursors cannot be read; what fails later is in the answer.
pub async fn discover<F>(
    discovery: &Discovery<'_>,
    uploader_of: F,
    run: &RunContext,
) -> Result<DiscoveryReport, Error>
where
    F: Fn(&str) -> Result<Uploader, Error>,
{
    let mut found = DiscoveryReport::default();
    if discovery.automatic.paused {
        found.stopped = Some(StopReason::Paused);
        return Ok(found);
    }
    let times = discovery.ledger.times().await?;
    let mut round = ScanRound::read(discovery, times).await?;
    let count = round.places.len();
    for number in 0..count {
        let place = &mut round.places[number];
        let ended = Box::pin(Scan::new(discovery, &uploader_of, run, times, place, &mut found).run()).await;
        found.stopped = ended.unwrap_or_else(|error| {
            found.troubles.push(ScanError { location: None, error });
            Some(StopReason::Ledger)
        });
        if found.stopped.is_some() {
            // The next run begins with another rule: a large bucket does not keep it from the others.
            let next = &round.places[(number + 1) % count];
            found.next = Some(next.next(discovery.bounds.since.is_some()));
            discovery.ledger.set_note(ROUND, &ScanRound::new_cursor(next)).await?;
            break;
        }
    }
    Ok(found)
}
