//! Listing a bucket page by page.

use std::ops::Bound;
use std::sync::Arc;

use crate::oss::error::Result;
use crate::oss::store::bucket::find_bucket;
use crate::oss::store::buckets::Store;
use crate::oss::store::stored_object::StoredObject;

/// One page of a listing.
#[derive(Default)]
pub(crate) struct ListPage {
    pub(crate) objects: Vec<Arc<StoredObject>>,
    pub(crate) prefixes: Vec<String>,
    /// The last entry, if more follow.
    pub(crate) next: Option<String>,
}

impl Store {
    /// Returns the entries after `after`, at most `most`. With a delimiter, keys that contain it after the
    /// prefix are folded into one common prefix.
    pub(crate) fn list(
        &self,
        name: &str,
        prefix: &str,
        delimiter: &str,
        after: &str,
        most: usize,
    ) -> Result<ListPage> {
        let mut buckets = self.lock();
        let bucket = find_bucket(&mut buckets, name)?;
        let start = if after < prefix { Bound::Included(prefix) } else { Bound::Excluded(after) };
        let mut page = ListPage::default();
        let mut last = after.to_owned();
        for key in bucket.objects.range::<str, _>((start, Bound::Unbounded)).map(|(key, _)| key) {
            let Some(rest) = key.strip_prefix(prefix) else {
                break;
            };
            let group = rest
                .find(delimiter)
                .filter(|_| !delimiter.is_empty())
                .map(|at| &key[..prefix.len() + at + delimiter.len()]);
            // Skip keys of a group listed already, on this page or the one before.
            let shown = group.is_some_and(|group| last == group);
            let Some(stored) = bucket.current(key).filter(|_| !shown) else {
                continue;
            };
            if page.objects.len() + page.prefixes.len() >= most {
                page.next = Some(last);
                break;
            }
            match group {
                Some(group) => page.prefixes.push(group.to_owned()),
                None => page.objects.push(Arc::clone(stored)),
            }
            last = group.unwrap_or(key).to_owned();
        }
        Ok(page)
    }
}
