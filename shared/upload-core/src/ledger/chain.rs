//! Reads an upload's chain of steps, whole or from where it is known.

use super::{
    codec::decode,
    codec::unreadable_entry,
    keys,
    record::{Record, check_keys},
    step::Entry,
    store::{Access, ListedKey},
};
use crate::{Error, UploadId};
use futures_util::{StreamExt, TryStreamExt, stream};

/// Steps read concurrently.
const READS: usize = 8;

/// Reads the steps after those that `record` knows; all of them if it is `None`.
///
/// # Errors
/// [`Ledger`](crate::ErrorKind::Ledger), naming the entry that is missing, damaged, foreign or newer; the
/// store's error.
pub(super) async fn read_remaining(
    access: &Access,
    id: &UploadId,
    record: Option<Record>,
) -> Result<Option<Record>, Error> {
    let known = record.as_ref().map_or(0, Record::sequence);
    let after = (known > 0).then(|| keys::step(id, known));
    let listed = access.list_entries(&keys::steps(id), after).await?;
    apply_entries(access, id, record, listed).await
}

/// Returns the whole chain as the store has it now: one list, and a read only if `record` differs from what is
/// listed.
///
/// # Errors
/// As [`read_remaining`].
pub(super) async fn reread(access: &Access, record: &Record) -> Result<Record, Error> {
    let id = &record.id;
    let listed = access.list_entries(&keys::steps(id), None).await?;
    if is_unchanged(access, record, &listed) {
        return Ok(record.clone());
    }
    let vanished = || unreadable_entry(&keys::step(id, 1), "the steps of the ledger vanished: restore them");
    apply_entries(access, id, None, listed).await?.ok_or_else(vanished)
}

/// Whether the chain is exactly what `record` read or wrote: one list.
///
/// # Errors
/// The store's error.
pub(super) async fn is_same_chain(access: &Access, record: &Record) -> Result<bool, Error> {
    let listed = access.list_entries(&keys::steps(&record.id), None).await?;
    Ok(is_unchanged(access, record, &listed))
}

/// Reads the chain again, up to the step of this number.
///
/// # Errors
/// As [`read_remaining`].
pub(super) async fn read_up_to(
    access: &Access,
    id: &UploadId,
    sequence: u32,
) -> Result<Option<Record>, Error> {
    let mut listed = access.list_entries(&keys::steps(id), None).await?;
    listed.truncate(usize::try_from(sequence).unwrap_or(usize::MAX));
    apply_entries(access, id, None, listed).await
}

/// Whether the store lists the chain with the tags that `record` knows: one list, or none where it does not know all of them.
///
/// # Errors
/// The store's error.
pub(super) async fn has_same_tags(access: &Access, record: &Record) -> Result<bool, Error> {
    if record.tags.iter().any(Option::is_none) {
        return Ok(false);
    }
    let listed = access.list_entries(&keys::steps(&record.id), None).await?;
    Ok(record.tags.iter().eq(listed.iter().map(|listed| &listed.tag)))
}

/// Whether the list shows exactly what `record` knows. Where create-only is atomic, nothing replaces an entry:
/// an equal count suffices. Elsewhere the store's tags must agree.
fn is_unchanged(access: &Access, record: &Record, listed: &[ListedKey]) -> bool {
    let atomic = access.store.window().is_zero();
    let same =
        |(known, listed): (&Option<String>, &ListedKey)| atomic || (known.is_some() && *known == listed.tag);
    record.tags.len() == listed.len() && record.tags.iter().zip(listed).all(same)
}

async fn apply_entries(
    access: &Access,
    id: &UploadId,
    mut record: Option<Record>,
    listed: Vec<ListedKey>,
) -> Result<Option<Record>, Error> {
    let known = record.as_ref().map_or(0, Record::sequence);
    check_keys(id, listed.iter().map(|listed| listed.key.as_str()), known + 1)?;
    let mut entries = stream::iter(listed).map(|listed| read_entry(access, listed.key)).buffered(READS);
    while let Some((key, entry, tag)) = entries.try_next().await? {
        let message = "a step of the ledger does not follow from those before it: restore it from a copy";
        let next = Record::with_entry(record, id, entry, tag)
            .map_err(|why| unreadable_entry(&key, message).with_source(why))?;
        record = Some(next);
    }
    Ok(record)
}

async fn read_entry(access: &Access, key: String) -> Result<(String, Entry, Option<String>), Error> {
    let message = "a step of the ledger vanished while it was read: steps are never deleted by this program";
    let found = access.read(&key).await?.ok_or_else(|| unreadable_entry(&key, message))?;
    let entry = decode(&key, &found.bytes)?;
    Ok((key, entry, found.tag))
}
