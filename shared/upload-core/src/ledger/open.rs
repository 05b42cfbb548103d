//! Open marks: the uploads that are not yet at rest, so that nobody has to walk the whole ledger.

use super::{
    codec::{VERSION, decode, encode},
    errors::unreadable,
    fields::Time,
    keys,
    store::Access,
    work::WorkRecord,
};
use crate::{Error, Location, UploadId};
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};

/// What an open mark says, for people and for the sweep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenMark {
    v: u32,
    /// Where the object lies.
    pub location: Location,
    /// The account's name in the settings.
    pub account: String,
    /// Nobody takes it up before, by the store's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Time>,
    /// How long that is, by the store's clock when the mark was read.
    #[serde(skip)]
    pub rest: Duration,
}

/// Open uploads, in the order of their ids.
#[derive(Debug, Clone, Default)]
pub struct OpenMarks {
    /// Each with the time of its last mark.
    pub uploads: Vec<(UploadId, SystemTime)>,
    /// Where the next page begins (`after`); `None` at the end.
    pub next: Option<UploadId>,
}

pub(super) async fn mark(
    access: &Access,
    id: &UploadId,
    work: &WorkRecord,
    not_before: Option<Time>,
) -> Result<(), Error> {
    let (location, account) = (work.location.clone(), work.account.clone());
    let bytes = encode(&OpenMark { v: VERSION, location, account, not_before, rest: Duration::ZERO })?;
    access.write(&keys::open(id), bytes).await.map(drop)
}

pub(super) async fn unmark(access: &Access, id: &UploadId) -> Result<(), Error> {
    access.delete(&keys::open(id)).await
}

pub(super) async fn read(access: &Access, id: &UploadId) -> Result<Option<OpenMark>, Error> {
    let key = keys::open(id);
    let Some(found) = access.read(&key).await? else { return Ok(None) };
    let mut mark: OpenMark = decode(&key, &found.bytes)?;
    let rest = mark.not_before.and_then(|until| until.get().duration_since(found.now).ok());
    mark.rest = rest.unwrap_or_default();
    Ok(Some(mark))
}

pub(super) async fn page(
    access: &Access,
    after: Option<&UploadId>,
    limit: usize,
) -> Result<OpenMarks, Error> {
    let after = after.map(keys::open);
    let page = access.page(keys::OPEN, after.as_deref(), limit).await?;
    let id = |key: &str| {
        let id = key.strip_prefix(keys::OPEN).and_then(UploadId::parse);
        id.ok_or_else(|| unreadable(key, "there is something among the open marks that is none: remove it"))
    };
    let uploads = page.keys.iter().map(|listed| Ok((id(&listed.key)?, listed.modified)));
    Ok(OpenMarks {
        uploads: uploads.collect::<Result<_, Error>>()?,
        next: page.next.as_deref().map(id).transpose()?,
    })
}
