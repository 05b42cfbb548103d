//! Headers of video codecs, for containers that do not state the size of the picture themselves.

mod bit_reader;
mod h264;
mod hevc;
mod mpeg4_video;
mod mpeg_video;
mod nal;

use crate::report::{Picture, Track};

pub(crate) use h264::picture_of_unit as picture_of_h264;
pub(crate) use hevc::picture_of_unit as picture_of_hevc;

/// Completes a track's codec and picture size from the beginning of its stream.
pub(crate) fn describe(track: &mut Track, stream: &[u8]) {
    let find = |read: fn(&[u8]) -> Option<Picture>| nal::split(stream).find_map(read);
    let found = match track.codec {
        Some(codec @ "h264") => find(picture_of_h264).map(|picture| (codec, picture)),
        Some(codec @ "hevc") => find(picture_of_hevc).map(|picture| (codec, picture)),
        Some(codec @ "mpeg4") => mpeg4_video::picture(stream).map(|picture| (codec, picture)),
        Some("mpeg1video" | "mpeg2video") => mpeg_video::describe(stream),
        // Program streams without a map do not name the codec.
        None => mpeg_video::describe(stream).or_else(|| Some(("h264", find(picture_of_h264)?))),
        Some(_) => None,
    };
    if let Some((codec, picture)) = found {
        (track.codec, track.picture) = (Some(codec), Some(picture));
    }
}
