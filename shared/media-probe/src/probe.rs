//! Reads what the formats want to see, within bounds.

use crate::{
    container,
    draft::Draft,
    finding::{OtherKind, Problem, Severity},
    other_kinds,
    read_at::ReadAt,
    report::Report,
    verdict::{Expectations, conclude},
    view::{Stop, View},
};
use std::time::Duration;

/// The most reads of one probe, of whatever file. A file in order takes at most 8.
pub const MAX_READS: u32 = 64;
/// The most bytes that one probe reads, of whatever file. A file in order takes at most 1 MiB.
pub const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// A probe of one file: what is known of it besides its bytes.
#[derive(Debug, Clone)]
pub struct Probe {
    expected: Expectations,
}

impl Probe {
    /// A probe of a file of `size` bytes.
    #[must_use]
    pub fn new(size: u64) -> Self {
        Self { expected: Expectations { size, ..Expectations::default() } }
    }

    /// The file's name, a path or an object's key: its extension is compared with the content.
    #[must_use]
    pub fn file_name(mut self, name: &str) -> Self {
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let extension = last.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        self.expected.extension = extension;
        self
    }

    /// Warns of a longer video.
    #[must_use]
    pub fn max_duration(mut self, most: Duration) -> Self {
        self.expected.max_duration = Some(most);
        self
    }

    /// Warns of a larger file, in bytes.
    #[must_use]
    pub fn max_size(mut self, most: u64) -> Self {
        self.expected.max_size = Some(most);
        self
    }

    /// Reads the file's headers and says what they hold: at most [`MAX_READS`] reads one after the other, and [`MAX_BYTES`].
    ///
    /// # Errors
    /// The first error of `reader`. A file that is broken is a [`Report`] with findings.
    pub async fn run<R: ReadAt>(&self, reader: &R) -> Result<Report, R::Error> {
        let mut view = View::new(self.expected.size);
        loop {
            let (draft, stop) = look(&view);
            let (offset, length) = match stop {
                Some(Stop::Unread { offset, length }) => (offset, length),
                Some(Stop::Exhausted) => return Ok(conclude(draft, false, &self.expected)),
                Some(Stop::PastEnd) | None => return Ok(conclude(draft, true, &self.expected)),
            };
            let (offset, length) = view.plan(offset, length);
            let within = view.reads() < MAX_READS && view.held().saturating_add(length) <= MAX_BYTES;
            let Some(wanted) = usize::try_from(length).ok().filter(|wanted| *wanted > 0 && within) else {
                return Ok(conclude(draft, false, &self.expected));
            };
            let mut bytes = reader.read_at(offset, wanted).await?;
            bytes.truncate(wanted);
            if bytes.len() < wanted {
                view.end_at(offset.saturating_add(bytes.len() as u64));
            }
            view.add(offset, bytes);
        }
    }
}

/// What the bytes that were read so far say, and why no more can be said.
fn look(view: &View) -> (Draft, Option<Stop>) {
    let mut draft = Draft::default();
    let read = || {
        if view.size() == 0 {
            draft.report(Severity::Refuse, Problem::NotAVideo(OtherKind::Empty));
            return Ok(());
        }
        container::read(view, &mut draft)?;
        if draft.container.is_none()
            && let Some(other) = other_kinds::recognize(view)?
        {
            draft.report(Severity::Refuse, Problem::NotAVideo(other));
        }
        Ok(())
    };
    let mut read = read;
    let stop = read().err();
    (draft, stop)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How often headers are visited in a file that is read whole.
    fn visits(file: &[u8]) -> u64 {
        let mut view = View::new(file.len() as u64);
        view.add(0, file.to_vec());
        look(&view);
        view.visits()
    }

    fn matroska(body: &[u8]) -> Vec<u8> {
        let head =
            b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff";
        [&head[..], body].concat()
    }

    fn element(id: &[u8], body: &[u8]) -> Vec<u8> {
        [id, &(1_u64 << 56 | body.len() as u64).to_be_bytes(), body].concat()
    }

    fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&u32::try_from(body.len() + 8).unwrap_or(0).to_be_bytes()[..], kind, body].concat()
    }

    fn list(id: &[u8; 4], kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [id, &u32::try_from(body.len() + 4).unwrap_or(0).to_le_bytes()[..], kind, body].concat()
    }

    /// Twice as many bytes are twice the work, whatever is nested in what: no header is visited once for every other.
    #[test]
    fn work_grows_no_faster_than_the_file() {
        const TRACKS: &[u8] = b"\x16\x54\xae\x6b";
        const SEEK_HEAD: &[u8] = b"\x11\x4d\x9b\x74";
        type Make = fn(usize) -> Vec<u8>;
        let kinds: [(&str, Make); 8] = [
            ("tracks with fields of unknown size", |n| {
                matroska(&element(TRACKS, &b"\xae\x82\xe0\xff".repeat(n)))
            }),
            ("tracks of unknown size", |n| matroska(&element(TRACKS, &b"\xae\xff".repeat(n)))),
            ("lists of tracks of unknown size", |n| matroska(&b"\x16\x54\xae\x6b\xff".repeat(n))),
            ("places of unknown size", |n| matroska(&element(SEEK_HEAD, &b"\x4d\xbb\xff".repeat(n)))),
            ("encodings of unknown size", |n| {
                let encodings = b"\x6d\x80\x83\x62\x40\xff".repeat(n);
                matroska(&element(TRACKS, &element(b"\xae", &encodings)))
            }),
            ("open boxes in an index", |n| {
                [boxed(b"ftyp", b"isom"), boxed(b"moov", &boxed(b"trak", b"\0\0\0\0mdia").repeat(n))].concat()
            }),
            ("boxes", |n| [boxed(b"ftyp", b"isom"), boxed(b"moov", b"").repeat(n)].concat()),
            ("lists in an AVI", |n| {
                list(b"RIFF", b"AVI ", &list(b"LIST", b"hdrl", &b"LIST\xff\xff\0\0strl".repeat(n)))
            }),
        ];
        for (name, make) in kinds {
            let (few, many) = (visits(&make(1000)), visits(&make(4000)));
            assert!(many <= 4 * few + 100, "{name}: {few} visits, {many} of four times as much");
        }
    }
}
