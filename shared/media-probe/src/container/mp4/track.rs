//! One track of the index: the box `trak`.
//!
//! ISO/IEC 14496-12: `tkhd` 8.3.2, `mdia` 8.4, `stsd` 8.5.2.

use super::{
    boxes::{Children, Header},
    clock::read_clock,
    sample_entry::read_sample_description,
};
use crate::{
    fields,
    report::{Picture, Track, TrackKind},
    view::{Stop, View},
};

/// What the index says of a track.
pub(super) struct MovieTrack {
    pub(super) id: u32,
    /// Ticks a second of `duration` and of the samples.
    pub(super) timescale: u32,
    pub(super) duration: u64,
    /// Duration of a sample in a fragment that states none.
    pub(super) default_sample_duration: u32,
    /// Kind and sample description were read.
    pub(super) is_whole: bool,
    pub(super) track: Track,
    /// The box `stbl`, which holds the tables of samples.
    pub(super) table: Option<Header>,
    /// The samples are in another file.
    pub(super) is_external: bool,
}

impl MovieTrack {
    /// Reads the box `trak` up to the tables of samples.
    pub(super) fn read(view: &View, trak: &Header) -> Result<Self, Stop> {
        let mut track = Self {
            id: 0,
            timescale: 0,
            duration: 0,
            default_sample_duration: 0,
            is_whole: false,
            track: Track::new(TrackKind::Unknown),
            table: None,
            is_external: false,
        };
        let mut shown = None;
        let mut children = Children::of(view, trak);
        while let Some(child) = children.next()? {
            match &child.kind {
                b"tkhd" => {
                    let bytes = child.bytes(view, 96)?;
                    let (id, width) = if fields::byte(bytes, 0) == Some(1) { (20, 88) } else { (12, 76) };
                    track.id = fields::be_u32(bytes, id).unwrap_or_default();
                    shown = picture_of_fixed_point(bytes, width);
                }
                b"mdia" => {
                    track.read_media(view, &child)?;
                    // What follows is of no interest, and behind tables that may be long.
                    if track.id != 0 {
                        break;
                    }
                }
                _ => {}
            }
        }
        if track.track.kind == TrackKind::Video {
            track.track.picture = track.track.picture.or(shown);
        }
        Ok(track)
    }

    fn read_media(&mut self, view: &View, mdia: &Header) -> Result<(), Stop> {
        let (mut handler, mut information) = (None, None);
        let mut children = Children::of(view, mdia);
        while let Some(child) = children.next()? {
            match &child.kind {
                b"mdhd" => {
                    (self.timescale, self.duration) = read_clock(child.bytes(view, 32)?).unwrap_or_default();
                }
                b"hdlr" => {
                    handler = fields::array::<4>(child.bytes(view, 12)?, 8);
                    self.track.kind = handler.map_or(TrackKind::Unknown, kind_of_handler);
                }
                b"minf" => information = Some(child),
                _ => {}
            }
            // The handler says how to read the information, and may follow it; what follows both is behind tables that may be long.
            if handler.is_some() && information.is_some() {
                break;
            }
        }
        let Some(information) = information else { return Ok(()) };
        self.is_whole = self.read_information(view, &information)? && handler.is_some();
        Ok(())
    }

    /// Returns whether there was a sample description.
    fn read_information(&mut self, view: &View, minf: &Header) -> Result<bool, Stop> {
        let (mut references, mut table) = (None, None);
        let mut children = Children::of(view, minf);
        while let Some(child) = children.next()? {
            match &child.kind {
                b"dinf" => references = Children::of(view, &child).find(*b"dref")?,
                b"stbl" => {
                    table = Some(child);
                    break;
                }
                _ => {}
            }
        }
        self.table = table;
        if let Some(references) = references {
            self.is_external = is_external(view, &references)?;
        }
        let Some(table) = table else { return Ok(false) };
        let Some(description) = Children::of(view, &table).find(*b"stsd")? else { return Ok(false) };
        read_sample_description(view, &description, &mut self.track)
    }
}

/// Whether the first data reference names another file (ISO/IEC 14496-12, 8.7.2): it does not say that the samples are in this one, and has a place to
/// say where they are.
fn is_external(view: &View, dref: &Header) -> Result<bool, Stop> {
    let Some(reference) = Children::between(view, dref.body.saturating_add(8), dref.end).next()? else {
        return Ok(false);
    };
    let bytes = reference.bytes(view, 5)?;
    let is_here = fields::be_u24(bytes, 1).is_none_or(|flags| flags & 1 != 0);
    Ok(!is_here && fields::byte(bytes, 4).is_some_and(|first| first != 0 || reference.kind == *b"alis"))
}

/// Registered handlers (mp4ra.org), and QuickTime's.
fn kind_of_handler(handler: [u8; 4]) -> TrackKind {
    match &handler {
        b"vide" => TrackKind::Video,
        b"soun" => TrackKind::Audio,
        b"sbtl" | b"subt" | b"text" | b"clcp" | b"subp" => TrackKind::Subtitle,
        b"tmcd" | b"hint" | b"meta" | b"odsm" | b"sdsm" | b"m7sm" | b"ocsm" | b"ipsm" | b"mjsm" | b"camm"
        | b"auxv" | b"data" | b"priv" => TrackKind::Data,
        _ => TrackKind::Unknown,
    }
}

/// Width and height as numbers of 16.16 bits.
fn picture_of_fixed_point(bytes: &[u8], at: usize) -> Option<Picture> {
    let (width, height) = (fields::be_u32(bytes, at)?, fields::be_u32(bytes, at.checked_add(4)?)?);
    Picture::new(width >> 16, height >> 16)
}
