//! Listing a bucket page by page.

use std::ops::Bound;
use std::sync::Arc;

use super::super::error::Result;
use super::records::Stored;
use super::{Store, bucket};

/// One page of a listing.
#[derive(Default)]
pub(in super::super) struct Page {
    pub(in super::super) objects: Vec<Arc<Stored>>,
    pub(in super::super) prefixes: Vec<String>,
    /// The last entry, if more follow.
    pub(in super::super) next: Option<String>,
}

impl Store {
    /// The entries behind `after`, at most `most`. With a delimiter, keys that hold it behind the prefix are shown as one
    /// common prefix.
    pub(in super::super) fn list(
        &self,
        name: &str,
        prefix: &str,
        delimiter: &str,
        after: &str,
        most: usize,
    ) -> Result<Page> {
        let mut buckets = self.lock();
        let bucket = bucket(&mut buckets, name)?;
        let start = if after < prefix { Bound::Included(prefix) } else { Bound::Excluded(after) };
        let mut page = Page::default();
        let mut last = after.to_owned();
        for key in bucket.objects.range::<str, _>((start, Bound::Unbounded)).map(|(key, _)| key) {
            let Some(rest) = key.strip_prefix(prefix) else {
                break;
            };
            let group = rest
                .find(delimiter)
                .filter(|_| !delimiter.is_empty())
                .map(|at| &key[..prefix.len() + at + delimiter.len()]);
            // Keys of a group that was shown already, on this page or the one before.
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
