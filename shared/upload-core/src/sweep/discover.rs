//! Scans all rules, one after the other, from where the last run stopped.

use super::{
    cursor::ROUND_CURSOR,
    discovery::{Discovery, DiscoveryReport, ScanError, StopReason},
    round::ScanRound,
    scan::Scan,
};
use crate::{Error, RunContext, Uploader};

/// Finds objects whose event was missed and uploads them, one after the other. `uploader_of` returns an
/// account's uploader.
///
/// # Errors
/// [`Ledger`](crate::ErrorKind::Ledger) if the cursors cannot be read; later failures are part of the report.
pub async fn discover<F>(
    discovery: &Discovery<'_>,
    uploader_of: F,
    run: &RunContext,
) -> Result<DiscoveryReport, Error>
where
    F: Fn(&str) -> Result<Uploader, Error>,
{
    let mut report = DiscoveryReport::default();
    if discovery.intake.paused {
        report.stopped = Some(StopReason::Paused);
        return Ok(report);
    }
    let times = if discovery.is_dry {
        // Every object is older than a ledger that is yet to be born.
        let Some(times) = discovery.ledger.recorded_times().await? else { return Ok(report) };
        times
    } else {
        discovery.ledger.times().await?
    };
    let mut round = ScanRound::read(discovery, times).await?;
    let count = round.scans.len();
    for number in 0..count {
        let scan = &mut round.scans[number];
        let result = Box::pin(Scan::new(discovery, &uploader_of, run, times, scan, &mut report).run()).await;
        report.stopped = result.unwrap_or_else(|error| {
            report.errors.push(ScanError { location: None, error });
            Some(StopReason::Ledger)
        });
        if report.stopped.is_some() {
            // The next run begins with another rule: a large bucket does not block the others.
            let next = &round.scans[(number + 1) % count];
            report.next = Some(next.next_location(discovery.bounds.since.is_some()));
            if !discovery.is_dry {
                discovery.ledger.set_note(ROUND_CURSOR, &ScanRound::new_cursor(next)).await?;
            }
            break;
        }
    }
    Ok(report)
}
