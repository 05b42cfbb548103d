//! Which codec a sample entry's code means: the registry of mp4ra.org, and what QuickTime programs write.

use crate::{codec, report::TrackKind};

/// The codec's name as FFmpeg has it.
pub(super) fn codec_of(kind: TrackKind, code: [u8; 4]) -> Option<&'static str> {
    match kind {
        TrackKind::Video => of_video(code),
        TrackKind::Audio => of_audio(code),
        TrackKind::Subtitle => match &code {
            b"tx3g" | b"text" => Some("mov_text"),
            b"wvtt" => Some("webvtt"),
            b"stpp" => Some("ttml"),
            b"c608" => Some("eia_608"),
            _ => None,
        },
        TrackKind::Data | TrackKind::Unknown => None,
    }
}

fn of_video(code: [u8; 4]) -> Option<&'static str> {
    Some(match &code {
        b"avc1" | b"avc2" | b"avc3" | b"avc4" => "h264",
        b"hvc1" | b"hev1" | b"hvc2" | b"hev2" | b"dvh1" | b"dvhe" => "hevc",
        b"vvc1" | b"vvi1" => "vvc",
        b"av01" => "av1",
        b"vp08" => "vp8",
        b"vp09" => "vp9",
        b"mp4v" => "mpeg4",
        b"s263" | b"h263" => "h263",
        b"m1v " | b"m1v1" | b"mpeg" => "mpeg1video",
        b"m2v1" | b"mx5p" | b"mx3p" | b"xdvb" | b"xdvc" | b"xdv7" | b"hdv1" | b"hdv2" | b"hdv3" => {
            "mpeg2video"
        }
        b"vc-1" => "vc1",
        b"SVQ1" => "svq1",
        b"SVQ3" => "svq3",
        b"apch" | b"apcn" | b"apcs" | b"apco" | b"ap4h" | b"ap4x" => "prores",
        b"AVdn" | b"AVdh" => "dnxhd",
        b"CFHD" => "cfhd",
        b"jpeg" | b"mjpa" | b"mjpb" => "mjpeg",
        b"png " => "png",
        b"rle " => "qtrle",
        b"dvc " | b"dvcp" | b"dvpp" | b"dv5n" | b"dv5p" | b"dvh5" | b"dvh6" => "dvvideo",
        b"raw " | b"2vuy" | b"yuv2" | b"v210" | b"v410" => "rawvideo",
        b"FFV1" => "ffv1",
        _ => return codec::of_riff_video(code),
    })
}

fn of_audio(code: [u8; 4]) -> Option<&'static str> {
    Some(match &code {
        b"mp4a" => "aac",
        b".mp3" => "mp3",
        b"ac-3" => "ac3",
        b"ec-3" => "eac3",
        b"Opus" => "opus",
        b"fLaC" => "flac",
        b"alac" => "alac",
        b"samr" => "amr_nb",
        b"sawb" => "amr_wb",
        b"sowt" | b"lpcm" => "pcm_s16le",
        b"twos" => "pcm_s16be",
        b"ulaw" => "pcm_mulaw",
        b"alaw" => "pcm_alaw",
        b"dtsc" | b"dtsh" | b"dtsl" | b"dtse" => "dts",
        _ => return None,
    })
}
