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
            let Some(Stop::Unread { offset, length }) = stop else {
                return Ok(conclude(draft, true, &self.expected));
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
