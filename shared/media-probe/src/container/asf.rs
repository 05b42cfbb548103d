//! ASF, the container of WMV: objects with GUIDs.
//!
//! Microsoft's Advanced Systems Format Specification 1.20: file properties 3.2, stream properties 3.3, header extension 3.4, encryption 3.14 to 3.16,
//! extended stream properties 4.1, data object 5.

use crate::{
    codec,
    draft::Draft,
    fields,
    finding::{Problem, Severity},
    report::{Picture, Track, TrackKind},
    ticks,
    view::{Stop, View},
};
use std::time::Duration;

type Guid = [u8; 16];

const HEADER: Guid = *b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c";
const FILE_PROPERTIES: Guid = *b"\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\x00\xc0\x0c\x20\x53\x65";
const STREAM_PROPERTIES: Guid = *b"\x91\x07\xdc\xb7\xb7\xa9\xcf\x11\x8e\xe6\x00\xc0\x0c\x20\x53\x65";
const HEADER_EXTENSION: Guid = *b"\xb5\x03\xbf\x5f\x2e\xa9\xcf\x11\x8e\xe3\x00\xc0\x0c\x20\x53\x65";
const EXTENDED_STREAM_PROPERTIES: Guid = *b"\xcb\xa5\xe6\x14\x72\xc6\x32\x43\x83\x99\xa9\x69\x52\x06\x5b\x5a";
const DATA: Guid = *b"\x36\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c";
/// Encryption for Windows Media Rights Manager 1, for version 7, and the advanced one.
const ENCRYPTION: [Guid; 3] = [
    *b"\xfb\xb3\x11\x22\x23\xbd\xd2\x11\xb4\xb7\x00\xa0\xc9\x55\xfc\x6e",
    *b"\x14\xe6\x8a\x29\x22\x26\x17\x4c\xb9\x35\xda\xe0\x7e\xe9\x28\x9c",
    *b"\x33\x85\x05\x43\x81\x69\xe6\x49\x9b\x74\xad\x12\xcb\x86\xd5\x8c",
];
const VIDEO: Guid = *b"\xc0\xef\x19\xbc\x4d\x5b\xcf\x11\xa8\xfd\x00\x80\x5f\x5c\x44\x2b";
const AUDIO: Guid = *b"\x40\x9e\x69\xf8\x4d\x5b\xcf\x11\xa8\xfd\x00\x80\x5f\x5c\x44\x2b";
/// Scripts and transferred files.
const OTHER: [Guid; 2] = [
    *b"\xc0\xcf\xda\x59\xe6\x59\xd0\x11\xa3\xac\x00\xa0\xc9\x03\x48\xf6",
    *b"\x2c\x22\xbd\x91\x1c\xf2\x7a\x49\x8b\x6d\x5a\xa8\x6b\xfc\x01\x85",
];

/// The largest header that is read at once, in bytes.
const READ_WHOLE: u64 = 512 * 1024;
/// Bytes of an object's id and size.
const OBJECT_HEADER: u64 = 24;

/// Whether the bytes begin with ASF's header object.
pub(super) fn claims(head: &[u8]) -> bool {
    head.starts_with(&HEADER)
}

#[derive(Clone, Copy)]
struct Object {
    id: Guid,
    body: u64,
    end: u64,
}

impl Object {
    fn bytes<'a>(&self, view: &'a View, most: u64) -> Result<&'a [u8], Stop> {
        view.bytes_up_to(self.body, self.end.saturating_sub(self.body).min(most))
    }
}

fn read_object(view: &View, at: u64, limit: u64) -> Result<Option<Object>, Stop> {
    let limit = limit.min(view.size());
    if limit.checked_sub(at).is_none_or(|left| left < OBJECT_HEADER) {
        return Ok(None);
    }
    let bytes = view.bytes(at, OBJECT_HEADER)?;
    let object = || {
        let size = fields::le_u64(bytes, 16).filter(|size| *size >= OBJECT_HEADER)?;
        let body = at.checked_add(OBJECT_HEADER)?;
        Some(Object { id: fields::array(bytes, 0)?, body, end: at.saturating_add(size) })
    };
    Ok(object())
}

/// What the file says of its size.
#[derive(Default)]
struct Size {
    stated: u64,
    /// The file was written as it was sent: sizes and durations are not known.
    is_broadcast: bool,
    is_encrypted: bool,
    /// Bytes of each packet, if all have the same.
    packet: Option<u64>,
    /// The data object, where it was met among those of the header.
    data: Option<Object>,
}

/// Reads the header object, and compares the sizes that the file states with the real one.
pub(super) fn read(view: &View, draft: &mut Draft) -> Result<(), Stop> {
    let Some(header) = read_object(view, 0, u64::MAX)? else { return Ok(()) };
    header.bytes(view, READ_WHOLE)?;
    let mut size = Size::default();
    // The header's own fields are a count of objects and two reserved bytes.
    let is_done = read_objects(view, header.body.saturating_add(6), header.end, draft, &mut size)?;
    draft.has_all_tracks = is_done && header.end <= view.size();
    if size.is_encrypted {
        draft.report(Severity::Refuse, Problem::Encrypted);
    }
    let data = match size.data {
        Some(data) => Some(data),
        None => read_object(view, header.end, u64::MAX)?.filter(|data| data.id == DATA),
    };
    let most = size.stated.max(data.map_or(0, |data| data.end)).max(header.end);
    if most > view.size() && !size.is_broadcast {
        // Behind the data are indexes, without which a file plays.
        let has_data = match data {
            Some(data) => end_of_packets(view, &data, &size)? <= view.size(),
            None => false,
        };
        draft.report(if has_data { Severity::Warn } else { Severity::Refuse }, Problem::Truncated);
    }
    Ok(())
}

/// Where the last packet of the data object ends, if all packets have one size and their number is stated; else where the object says that it ends.
fn end_of_packets(view: &View, data: &Object, size: &Size) -> Result<u64, Stop> {
    // A file's id, the number of packets, and two reserved bytes.
    const FIELDS: u64 = 26;
    let count = fields::le_u64(data.bytes(view, FIELDS)?, 16).filter(|count| *count > 0);
    let length = count.zip(size.packet).and_then(|(count, packet)| count.checked_mul(packet));
    let end = length.and_then(|length| data.body.checked_add(FIELDS)?.checked_add(length));
    Ok(end.map_or(data.end, |end| end.min(data.end)))
}

/// Returns whether the objects led to the end of the header, and of its extension: else there is something that is none, and more may follow it.
fn read_objects(
    view: &View,
    mut at: u64,
    end: u64,
    draft: &mut Draft,
    size: &mut Size,
) -> Result<bool, Stop> {
    let mut is_done = true;
    while let Some(object) = read_object(view, at, end)? {
        match object.id {
            FILE_PROPERTIES => read_file_properties(object.bytes(view, 80)?, draft, size),
            STREAM_PROPERTIES => read_stream_properties(object.bytes(view, 256)?, draft),
            HEADER_EXTENSION => is_done &= read_extension(view, &object, draft)?,
            // The header states more bytes than it has.
            DATA => {
                size.data = Some(object);
                return Ok(false);
            }
            id if ENCRYPTION.contains(&id) => size.is_encrypted = true,
            _ => {}
        }
        at = object.end;
    }
    Ok(is_done && is_end(at, end))
}

/// Whether nothing has room between here and the end.
fn is_end(at: u64, end: u64) -> bool {
    end.checked_sub(at).is_some_and(|left| left < OBJECT_HEADER)
}

/// Streams may be described in the header extension, inside extended properties after their names and payload extensions.
fn read_extension(view: &View, extension: &Object, draft: &mut Draft) -> Result<bool, Stop> {
    let mut at = extension.body.saturating_add(22);
    while let Some(object) = read_object(view, at, extension.end)? {
        if object.id == EXTENDED_STREAM_PROPERTIES {
            let bytes = object.bytes(view, 64 * 1024)?;
            if let Some(found) = fields::find(bytes, &STREAM_PROPERTIES) {
                let inner = bytes.get(found..).and_then(|bytes| bytes.get(24..)).unwrap_or_default();
                read_stream_properties(inner, draft);
            }
        }
        at = object.end;
    }
    Ok(is_end(at, extension.end))
}

/// The play duration counts 100 nanoseconds, and includes the time that players buffer, in milliseconds.
fn read_file_properties(bytes: &[u8], draft: &mut Draft, size: &mut Size) {
    let flags = fields::le_u32(bytes, 64).unwrap_or_default();
    size.is_broadcast = flags & 1 != 0;
    if size.is_broadcast {
        return;
    }
    size.stated = fields::le_u64(bytes, 16).unwrap_or_default();
    let (least, most) = (fields::le_u32(bytes, 68), fields::le_u32(bytes, 72));
    size.packet = least.filter(|least| *least > 0 && Some(*least) == most).map(u64::from);
    let played = fields::le_u64(bytes, 40).and_then(|count| ticks::duration(count, 10_000_000));
    let buffered = fields::le_u64(bytes, 56).map_or(Duration::ZERO, Duration::from_millis);
    draft.duration = played.map(|played| played.saturating_sub(buffered));
}

fn read_stream_properties(bytes: &[u8], draft: &mut Draft) {
    let kind: Guid = fields::array(bytes, 0).unwrap_or_default();
    let mut track = Track::new(match kind {
        VIDEO => TrackKind::Video,
        AUDIO => TrackKind::Audio,
        id if OTHER.contains(&id) => TrackKind::Data,
        _ => TrackKind::Unknown,
    });
    // After two ids: time offset, two lengths, flags and a reserved number.
    let data = bytes.get(54..).unwrap_or_default();
    match track.kind {
        TrackKind::Video => {
            let side = |at| fields::le_u32(data, at).unwrap_or_default();
            track.picture = Picture::new(side(0), side(4));
            let code: [u8; 4] = fields::array(data, 27).unwrap_or_default();
            (track.codec, track.code) = (codec::of_riff_video(code), codec::printable(&code));
        }
        TrackKind::Audio => {
            let tag = fields::le_u16(data, 0).unwrap_or_default();
            (track.codec, track.code) = (codec::of_wave_tag(tag), format!("0x{tag:04x}"));
        }
        _ => {}
    }
    draft.add_track(track);
}
