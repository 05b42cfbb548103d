//! The containers, one module each, and which of them a file's first bytes belong to.

mod asf;
mod avi;
mod flv;
mod kind;
mod matroska;
mod mp4;
mod mpeg_ps;
mod mpeg_ts;
mod pes;
mod real_media;
mod stream_types;

pub use kind::Container;

use crate::{
    draft::Draft,
    view::{Stop, View},
};

/// Bytes from the start that decide: enough to find the rhythm of a transport stream.
const HEAD: u64 = 4096;

/// The container that claims these first bytes of a file.
pub(crate) fn recognize(head: &[u8]) -> Option<Container> {
    type Claims = fn(&[u8]) -> bool;
    let claims: [(Claims, Container); 8] = [
        (mp4::claims, Container::Mp4),
        (matroska::claims, Container::Matroska),
        (flv::claims, Container::Flv),
        (avi::claims, Container::Avi),
        (asf::claims, Container::Asf),
        (real_media::claims, Container::RealMedia),
        (mpeg_ps::claims, Container::MpegPs),
        (mpeg_ts::claims, Container::MpegTs),
    ];
    claims.iter().find(|(claims, _)| claims(head)).map(|(_, container)| *container)
}

/// Reads the headers of the file's container into `draft`, from the start each time it is called.
pub(crate) fn read(view: &View, draft: &mut Draft) -> Result<(), Stop> {
    let Some(container) = recognize(view.bytes_up_to(0, HEAD)?) else { return Ok(()) };
    *draft = Draft::new(container);
    match container {
        Container::Mp4 | Container::QuickTime => mp4::read(view, draft),
        Container::Matroska | Container::WebM => matroska::read(view, draft),
        Container::Flv => flv::read(view, draft),
        Container::MpegTs => mpeg_ts::read(view, draft),
        Container::MpegPs => mpeg_ps::read(view, draft),
        Container::Avi => avi::read(view, draft),
        Container::Asf => asf::read(view, draft),
        Container::RealMedia => real_media::read(view, draft),
    }
}
