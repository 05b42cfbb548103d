//! Names of codecs, as FFmpeg has them, for codes that several containers share.

/// Whether the video codec is among those that hosts of videos state they accept.
pub(crate) fn is_usual(codec: &str) -> bool {
    const USUAL: [&str; 27] = [
        "h264",
        "hevc",
        "av1",
        "vp8",
        "vp9",
        "mpeg4",
        "mpeg1video",
        "mpeg2video",
        "h263",
        "flv1",
        "vp6",
        "vp6a",
        "vp6f",
        "wmv1",
        "wmv2",
        "wmv3",
        "vc1",
        "msmpeg4v1",
        "msmpeg4v2",
        "msmpeg4v3",
        "rv10",
        "rv20",
        "rv30",
        "rv40",
        "svq1",
        "svq3",
        "avs2",
    ];
    USUAL.contains(&codec)
}

/// The code in printable ASCII: what is not printable is left out, and a number stands for a code without any such character.
pub(crate) fn printable(code: &[u8]) -> String {
    const MAX: usize = 32;
    let text: String =
        code.iter().filter(|one| one.is_ascii_graphic()).take(MAX).map(|one| char::from(*one)).collect();
    if text.is_empty() && !code.is_empty() {
        let number = code.iter().take(4).fold(0_u32, |number, one| number << 8 | u32::from(*one));
        return format!("0x{number:x}");
    }
    text
}

/// The video codec of a code in a `BITMAPINFOHEADER`, which AVI, ASF and Matroska share. Registered with Microsoft
/// (`mmreg.h`), or in use.
pub(crate) fn of_riff_video(code: [u8; 4]) -> Option<&'static str> {
    Some(match &code.map(|one| one.to_ascii_uppercase()) {
        b"H264" | b"X264" | b"AVC1" | b"DAVC" | b"VSSH" => "h264",
        b"HEVC" | b"H265" | b"X265" | b"HVC1" | b"HEV1" => "hevc",
        b"AV01" => "av1",
        b"VP80" => "vp8",
        b"VP90" => "vp9",
        b"VP60" | b"VP61" | b"VP62" => "vp6",
        b"FMP4" | b"DIVX" | b"DX50" | b"XVID" | b"MP4S" | b"M4S2" | b"MP4V" | b"3IV2" | b"RMP4" | b"DIV5"
        | b"DIV6" => "mpeg4",
        b"DIV3" | b"DIV4" | b"MP43" | b"MPG3" | b"COL1" => "msmpeg4v3",
        b"MP42" | b"DIV2" => "msmpeg4v2",
        b"MPG4" | b"MP41" => "msmpeg4v1",
        b"MPG1" | b"MPEG" => "mpeg1video",
        b"MPG2" | b"MP2V" | [2, 0, 0, 16] => "mpeg2video",
        b"H263" | b"U263" => "h263",
        b"FLV1" => "flv1",
        b"WMV1" => "wmv1",
        b"WMV2" => "wmv2",
        b"WMV3" => "wmv3",
        b"WVC1" | b"WMVA" => "vc1",
        b"MJPG" | b"AVRN" | b"LJPG" => "mjpeg",
        b"DVSD" | b"DV25" | b"DV50" | b"DVHD" => "dvvideo",
        b"HFYU" => "huffyuv",
        b"FFV1" => "ffv1",
        b"CVID" => "cinepak",
        b"IV50" => "indeo5",
        [0, 0, 0, 0] => "rawvideo",
        _ => return None,
    })
}

/// The audio codec of a `wFormatTag`, which AVI, ASF and Matroska share.
pub(crate) fn of_wave_tag(tag: u16) -> Option<&'static str> {
    Some(match tag {
        0x0001 => "pcm_s16le",
        0x0002 => "adpcm_ms",
        0x0006 => "pcm_alaw",
        0x0007 => "pcm_mulaw",
        0x0011 => "adpcm_ima_wav",
        0x0050 => "mp2",
        0x0055 => "mp3",
        0x00ff | 0x1600 => "aac",
        0x0160 => "wmav1",
        0x0161 => "wmav2",
        0x0162 => "wmapro",
        0x0163 => "wmalossless",
        0x2000 => "ac3",
        0x2001 => "dts",
        _ => return None,
    })
}
