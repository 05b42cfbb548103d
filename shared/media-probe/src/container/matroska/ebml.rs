//! EBML, the binary XML that Matroska is written in: an id, a size and a body (RFC 8794).

use crate::{
    fields,
    view::{Stop, View},
};

/// Where an element stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element {
    /// With its marker bits, as the specifications print it.
    pub(super) id: u32,
    pub(super) start: u64,
    pub(super) body: u64,
    /// The first byte after the element, perhaps beyond what it is in; `None` if its size is unknown.
    pub(super) end: Option<u64>,
    /// What is in the element ends here at the latest: its own end, or that of what it is in if its size is unknown.
    limit: u64,
}

/// The longest header: an id of 4 bytes and a size of 8.
const MAX_HEADER: u64 = 12;

/// The header at `at`, in something that ends at `limit`; `None` if there is no element.
pub(super) fn read_element(view: &View, at: u64, limit: u64) -> Result<Option<Element>, Stop> {
    let Some(left) = limit.min(view.size()).checked_sub(at).filter(|left| *left >= 2) else {
        return Ok(None);
    };
    let bytes = view.bytes(at, left.min(MAX_HEADER))?;
    let element = || {
        let id_length = leading_zeros(bytes, 0, 4)?;
        let id = number(bytes.get(..id_length)?)?;
        let size_length = leading_zeros(bytes, id_length, 8)?;
        let marked = number(bytes.get(id_length..id_length + size_length)?)?;
        // The marker is the highest bit that is set; all ones after it mean an unknown size.
        let most = (1_u64 << (7 * size_length)) - 1;
        let size = marked & most;
        let body = at.checked_add(u64::try_from(id_length + size_length).ok()?)?;
        let end = (size != most).then(|| body.saturating_add(size));
        let limit = end.map_or(limit, |end| end.min(limit));
        Some(Element { id: u32::try_from(id).ok()?, start: at, body, end, limit })
    };
    Ok(element())
}

/// The length of a number whose first byte tells it by its leading zeros.
fn leading_zeros(bytes: &[u8], at: usize, most: usize) -> Option<usize> {
    let length = usize::try_from(fields::byte(bytes, at)?.leading_zeros()).ok()? + 1;
    (length <= most).then_some(length)
}

/// The number in up to 8 bytes, the highest first.
fn number(bytes: &[u8]) -> Option<u64> {
    (bytes.len() <= 8).then(|| bytes.iter().fold(0, |number, one| number << 8 | u64::from(*one)))
}

impl Element {
    /// Up to `most` bytes of the body, fewer where element or file end.
    pub(super) fn bytes<'a>(&self, view: &'a View, most: u64) -> Result<&'a [u8], Stop> {
        let length = self.end.map_or(most, |end| end.saturating_sub(self.body).min(most));
        view.bytes_up_to(self.body, length)
    }

    /// The body as an unsigned number; `None` if it is too long for one.
    pub(super) fn number(&self, view: &View) -> Result<Option<u64>, Stop> {
        Ok(number(self.bytes(view, 9)?))
    }

    /// The body as a float of 4 or 8 bytes.
    pub(super) fn float(&self, view: &View) -> Result<Option<f64>, Stop> {
        let bytes = self.bytes(view, 8)?;
        let long = fields::be_u64(bytes, 0).map(f64::from_bits);
        Ok(long.or_else(|| fields::be_u32(bytes, 0).map(|bits| f64::from(f32::from_bits(bits)))))
    }
}

/// The elements in an element, one after the other.
pub(super) struct Children<'a> {
    view: &'a View,
    at: u64,
    limit: u64,
}

impl<'a> Children<'a> {
    /// Those in `parent`; one of unknown size reaches to the end of what it is in.
    pub(super) fn of(view: &'a View, parent: &Element) -> Self {
        Self { view, at: parent.body, limit: parent.limit }
    }

    /// The next element; its end is within the parent, and at the parent's end if its size is unknown.
    pub(super) fn next(&mut self) -> Result<Option<Element>, Stop> {
        let element = read_element(self.view, self.at, self.limit)?;
        Ok(element.map(|element| {
            self.at = element.limit;
            Element { end: element.end.map(|_| element.limit), ..element }
        }))
    }

    /// Whether the elements led to the end of what they are in: else there is something that is none, and more may follow it.
    pub(super) fn is_done(&self) -> bool {
        self.at >= self.limit
    }
}
