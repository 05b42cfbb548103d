//! Boxes (QuickTime calls them atoms): a size, a kind of four characters, and a body.
//!
//! ISO/IEC 14496-12, 4.2: a size of 1 is followed by one of 64 bits, a size of 0 reaches to the end of what the box is in.

use crate::{
    fields,
    view::{Stop, View},
};

/// Where a box stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: [u8; 4],
    pub(super) start: u64,
    /// The first byte after the header.
    pub(super) body: u64,
    /// The first byte after the box, as it states it: perhaps beyond what it is in.
    pub(super) end: u64,
    /// The box states no size and reaches to the end of what it is in.
    pub(super) is_open: bool,
}

impl Header {
    /// Up to `most` bytes of the body, fewer where box or file end.
    pub(super) fn bytes<'a>(&self, view: &'a View, most: u64) -> Result<&'a [u8], Stop> {
        view.bytes_up_to(self.body, self.end.saturating_sub(self.body).min(most))
    }
}

/// The header at `at`, in something that ends at `limit`; `None` if there is no box.
pub(super) fn read_header(view: &View, at: u64, limit: u64) -> Result<Option<Header>, Stop> {
    let limit = limit.min(view.size());
    let Some(left) = limit.checked_sub(at).filter(|left| *left >= 8) else { return Ok(None) };
    let bytes = view.bytes(at, left.min(16))?;
    let header = || {
        let stated = fields::be_u32(bytes, 0)?;
        let (length, size) = match stated {
            0 => (8, left),
            1 => (16, fields::be_u64(bytes, 8)?),
            size => (8, u64::from(size)),
        };
        let kind = fields::array(bytes, 4)?;
        // A box that is smaller than its header is none.
        let is_box = size >= length;
        is_box.then(|| Header {
            kind,
            start: at,
            body: at.saturating_add(length),
            end: at.saturating_add(size),
            is_open: stated == 0,
        })
    };
    Ok(header())
}

/// The boxes in a box, one after the other.
pub(super) struct Children<'a> {
    view: &'a View,
    at: u64,
    limit: u64,
}

impl<'a> Children<'a> {
    /// Those in `parent`.
    pub(super) fn of(view: &'a View, parent: &Header) -> Self {
        Self::between(view, parent.body, parent.end)
    }

    /// Those from `at` to `limit`.
    pub(super) fn between(view: &'a View, at: u64, limit: u64) -> Self {
        Self { view, at, limit }
    }

    /// The next box; its end is within the parent.
    pub(super) fn next(&mut self) -> Result<Option<Header>, Stop> {
        let header = read_header(self.view, self.at, self.limit)?;
        Ok(header.map(|header| {
            let end = header.end.min(self.limit);
            self.at = end;
            Header { end, ..header }
        }))
    }

    /// Whether the boxes led to the end of what they are in: else there is something that is none, and more may follow it.
    pub(super) fn is_done(&self) -> bool {
        self.limit.saturating_sub(self.at) < 8
    }

    /// The first of this kind.
    pub(super) fn find(mut self, kind: [u8; 4]) -> Result<Option<Header>, Stop> {
        while let Some(child) = self.next()? {
            if child.kind == kind {
                return Ok(Some(child));
            }
        }
        Ok(None)
    }
}
