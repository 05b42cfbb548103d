//! Reading an upload's chain of steps, as a whole or from where it is known.

use super::{
    codec::decode,
    codec::unreadable,
    keys,
    record::{Record, check_keys},
    step::Entry,
    store::{Access, ListedKey},
};
use crate::{Error, UploadId};
use futures_util::{StreamExt, TryStreamExt, stream};

/// Steps that are read at once.
const READS: usize = 8;

/// Reads the steps after those that `record` knows; all of them where it is `None`.
///
/// # Errors
/// [`Ledger`](crate::ErrorKind::Ledger), naming the entry that is missing, damaged, foreign or newer; whatever the store answers.
pub(super) async fn read_on(
    access: &Access,
    id: &UploadId,
    record: Option<Record>,
) -> Result<Option<Record>, Error> {
    let known = record.as_ref().map_or(0, Record::sequence);
    let after = (known > 0).then(|| keys::step(id, known));
    let listed = access.entries(&keys::steps(id), after).await?;
    append(access, id, record, listed).await
}

/// The whole chain as the store has it now: one list, and what `record` did not read or write just so.
///
/// # Errors
/// As [`read_on`].
pub(super) async fn read_again(access: &Access, record: &Record) -> Result<Record, Error> {
    let id = &record.id;
    let listed = access.entries(&keys::steps(id), None).await?;
    if is_known(access, record, &listed) {
        return Ok(record.clone());
    }
    let vanished = || unreadable(&keys::step(id, 1), "the steps of the ledger vanished: restore them");
    append(access, id, None, listed).await?.ok_or_else(vanished)
}

/// Whether the chain is exactly what `record` read or wrote: one list.
///
/// # Errors
/// Whatever the store answers.
pub(super) async fn is_same_chain(access: &Access, record: &Record) -> Result<bool, Error> {
    let listed = access.entries(&keys::steps(&record.id), None).await?;
    Ok(is_known(access, record, &listed))
}

/// The chain up to the step of this number, read anew.
///
/// # Errors
/// As [`read_on`].
pub(super) async fn read_first(
    access: &Access,
    id: &UploadId,
    sequence: u32,
) -> Result<Option<Record>, Error> {
    let mut listed = access.entries(&keys::steps(id), None).await?;
    listed.truncate(usize::try_from(sequence).unwrap_or(usize::MAX));
    append(access, id, None, listed).await
}

/// Where create-only is atomic nothing replaces an entry: that there is none more says it all. Elsewhere the store's tags must agree.
fn is_known(access: &Access, record: &Record, listed: &[ListedKey]) -> bool {
    let atomic = access.store.window().is_zero();
    let same =
        |(known, listed): (&Option<String>, &ListedKey)| atomic || (known.is_some() && *known == listed.tag);
    record.tags.len() == listed.len() && record.tags.iter().zip(listed).all(same)
}

async fn append(
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
        let next = Record::after(record, id, entry, tag)
            .map_err(|why| unreadable(&key, message).with_source(why))?;
        record = Some(next);
    }
    Ok(record)
}

async fn read_entry(access: &Access, key: String) -> Result<(String, Entry, Option<String>), Error> {
    let message = "a step of the ledger vanished while it was read: steps are never deleted by this program";
    let found = access.read(&key).await?.ok_or_else(|| unreadable(&key, message))?;
    let entry = decode(&key, &found.bytes)?;
    Ok((key, entry, found.tag))
}
