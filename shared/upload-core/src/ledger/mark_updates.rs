//! Keeps the entry of a finished upload and the open marks in line with the upload's record.

use super::{
    chain::is_same_chain, finished_uploads, marks::Marks, published_content, record::Record, state::State,
    store::Access,
};
use crate::Error;
use tokio::time::Instant;

/// Updates the list of finished uploads and the open mark after a step, acknowledged at `acknowledged`, that ends the
/// work.
pub(super) async fn update_marks(
    access: &Access,
    record: &Record,
    acknowledged: Instant,
    marks: &mut Marks,
) -> Result<(), Error> {
    finished_uploads::write(access, record).await?;
    match record.state {
        State::Committed => published_content::write(access, record).await?,
        // The holder that committed may have died before it wrote this.
        _ if record.is_settled() => published_content::write_if_newer(access, record).await?,
        _ => {}
    }
    match record.waiting {
        _ if record.is_settled() => clear_marks(access, record, acknowledged, marks).await,
        Some(waiting) => marks.wait(&record.request, waiting.not_before).await,
        None => Ok(()),
    }
}

/// Deletes the known open marks of an upload once its last step stands for a window of the store after
/// `acknowledged`. If another step replaced it, the marks stay for the sweep, which finds out.
pub(super) async fn clear_marks(
    access: &Access,
    record: &Record,
    acknowledged: Instant,
    marks: &mut Marks,
) -> Result<(), Error> {
    access.wait_for_window(acknowledged).await;
    if access.store.window().is_zero() || is_same_chain(access, record).await? {
        marks.clear().await?;
    }
    Ok(())
}
