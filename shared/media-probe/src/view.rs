//! The bytes that were read so far, as the formats see them: a file with holes.

use std::cell::Cell;

/// Bytes read at once, unless a format wants more: headers stand close together, and a read costs a round trip.
const CHUNK: u64 = 16 * 1024;
/// Bytes of the first read.
const FIRST_CHUNK: u64 = 64 * 1024;
/// The most headers that one probe visits, each read counted anew. A file in order takes some thousands.
const MAX_VISITS: u64 = 1 << 22;

/// Why a format cannot go further.
#[derive(Debug, PartialEq)]
pub(crate) enum Stop {
    /// These bytes were not read yet.
    Unread { offset: u64, length: u64 },
    /// The object ends before.
    PastEnd,
    /// The file was made to cost time: it has more headers than are visited.
    Exhausted,
}

/// A part of the object that was read.
struct Span {
    start: u64,
    bytes: Vec<u8>,
}

impl Span {
    fn end(&self) -> u64 {
        self.start.saturating_add(self.bytes.len() as u64)
    }
}

/// What is known of an object's bytes. Formats read it again from the start after each read, so that none of them keeps a state.
pub(crate) struct View {
    size: u64,
    /// Sorted; no two of them touch.
    spans: Vec<Span>,
    reads: u32,
    held: u64,
    visits: Cell<u64>,
}

impl View {
    pub(crate) fn new(size: u64) -> Self {
        Self { size, spans: Vec::new(), reads: 0, held: 0, visits: Cell::new(0) }
    }

    /// Bytes of the whole object.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// How many reads were made.
    pub(crate) fn reads(&self) -> u32 {
        self.reads
    }

    /// How many bytes were read.
    pub(crate) fn held(&self) -> u64 {
        self.held
    }

    /// How often bytes were looked at: the work that was done on them.
    #[cfg(test)]
    pub(crate) fn visits(&self) -> u64 {
        self.visits.get()
    }

    /// The `length` bytes at `offset`.
    pub(crate) fn bytes(&self, offset: u64, length: u64) -> Result<&[u8], Stop> {
        let visits = self.visits.get().saturating_add(1);
        self.visits.set(visits);
        if visits > MAX_VISITS {
            return Err(Stop::Exhausted);
        }
        let end = offset.checked_add(length).filter(|end| *end <= self.size).ok_or(Stop::PastEnd)?;
        let found = self.span_at(offset).and_then(|span| {
            let from = usize::try_from(offset.checked_sub(span.start)?).ok()?;
            span.bytes.get(from..from.checked_add(usize::try_from(length).ok()?)?)
        });
        match found {
            Some(bytes) => Ok(bytes),
            None if length == 0 => Ok(&[]),
            None => Err(Stop::Unread { offset, length: end - offset }),
        }
    }

    /// As [`Self::bytes`], but fewer where the object ends.
    pub(crate) fn bytes_up_to(&self, offset: u64, length: u64) -> Result<&[u8], Stop> {
        let left = self.size.checked_sub(offset).ok_or(Stop::PastEnd)?;
        self.bytes(offset, length.min(left))
    }

    fn span_at(&self, offset: u64) -> Option<&Span> {
        let after = self.spans.partition_point(|span| span.start <= offset);
        self.spans.get(after.checked_sub(1)?).filter(|span| offset < span.end())
    }

    /// What to read so that the bytes at `offset` become known: no byte twice.
    pub(crate) fn plan(&self, offset: u64, length: u64) -> (u64, u64) {
        let chunk = if self.reads == 0 { FIRST_CHUNK } else { CHUNK };
        let start = self.span_at(offset).map_or(offset, Span::end);
        let end = offset.saturating_add(length).max(start.saturating_add(chunk)).min(self.size);
        let next = self.spans.iter().map(|span| span.start).find(|next| *next > start);
        let end = next.map_or(end, |next| end.min(next));
        (start, end.saturating_sub(start))
    }

    /// Adds what was read at `offset`, where nothing was known before.
    pub(crate) fn add(&mut self, offset: u64, bytes: Vec<u8>) {
        self.reads = self.reads.saturating_add(1);
        self.held = self.held.saturating_add(bytes.len() as u64);
        let mut at = self.spans.partition_point(|span| span.start < offset);
        match at.checked_sub(1).and_then(|before| self.spans.get_mut(before)) {
            Some(before) if before.end() == offset => {
                append(&mut before.bytes, &bytes);
                at -= 1;
            }
            _ if bytes.is_empty() => return,
            _ => self.spans.insert(at, Span { start: offset, bytes }),
        }
        let end = self.spans.get(at).map(Span::end);
        if self.spans.get(at + 1).is_some_and(|next| Some(next.start) == end) {
            let next = self.spans.remove(at + 1);
            if let Some(span) = self.spans.get_mut(at) {
                append(&mut span.bytes, &next.bytes);
            }
        }
    }

    /// The object is shorter than was said.
    pub(crate) fn end_at(&mut self, size: u64) {
        self.size = self.size.min(size);
    }
}

/// Without room for more, so that no more memory is taken than was read.
fn append(bytes: &mut Vec<u8>, more: &[u8]) {
    bytes.reserve_exact(more.len());
    bytes.extend_from_slice(more);
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn spans_that_touch_become_one() {
        let mut view = View::new(10);
        view.add(0, vec![0, 1, 2]);
        view.add(6, vec![6, 7]);
        assert_eq!(view.bytes(1, 4), Err(Stop::Unread { offset: 1, length: 4 }));
        view.add(3, vec![3, 4, 5]);
        assert_eq!(view.bytes(1, 7).unwrap(), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!((view.reads(), view.held(), view.spans.len()), (3, 8, 1));
    }

    #[test]
    fn no_byte_is_planned_twice() {
        let mut view = View::new(1 << 30);
        assert_eq!(view.plan(0, 8), (0, FIRST_CHUNK));
        view.add(0, vec![0; 100]);
        view.add(200, vec![0; 100]);
        assert_eq!(view.plan(90, 20), (100, 100));
        assert_eq!(view.plan(250, 100), (300, CHUNK));
        assert_eq!(view.plan((1 << 30) - 4, 4), ((1 << 30) - 4, 4));
    }

    #[test]
    fn visits_are_bounded() {
        let view = View::new(0);
        let allowed = (0..=MAX_VISITS).take_while(|_| view.bytes(0, 0) != Err(Stop::Exhausted)).count();
        assert_eq!(allowed as u64, MAX_VISITS);
    }

    #[test]
    fn nothing_is_read_after_the_end() {
        let view = View::new(10);
        assert_eq!(view.bytes(8, 3), Err(Stop::PastEnd));
        assert_eq!(view.bytes(u64::MAX, 3), Err(Stop::PastEnd));
        assert_eq!(view.bytes_up_to(8, 3), Err(Stop::Unread { offset: 8, length: 2 }));
    }
}
