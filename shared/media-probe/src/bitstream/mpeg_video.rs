//! Picture size from the sequence header of MPEG-1 and MPEG-2 video (ISO/IEC 11172-2, 2.4.2.3; ISO/IEC 13818-2, 6.2.2).

use crate::{fields, report::Picture};

/// The codec and the size that the first sequence header states. MPEG-2's has an extension with the higher bits of the size.
pub(crate) fn describe(bytes: &[u8]) -> Option<(&'static str, Picture)> {
    let header = bytes.get(fields::find(bytes, &[0, 0, 1, 0xb3])?..)?;
    let size = fields::be_u24(header, 4)?;
    let (width, height) = (size >> 12, size & 0xfff);
    // Aspect ratio and frame rate, of which 0 is forbidden: other bytes than a header may hold its start code.
    let ratio_and_rate = fields::byte(header, 7)?;
    if ratio_and_rate >> 4 == 0 || ratio_and_rate & 0xf == 0 {
        return None;
    }
    let flags = fields::byte(header, 11)?;
    // The second flag's place depends on whether the first one's matrix is there.
    let intra = if flags & 2 == 0 { 0 } else { 64 };
    let has_other = fields::byte(header, 11 + intra)? & 1 != 0;
    let end = 12 + intra + if has_other { 64 } else { 0 };
    if header.get(end..)?.starts_with(&[0, 0, 1, 0xb5]) && fields::byte(header, end + 4)? >> 4 == 1 {
        // 4 bits of id, 8 of profile, 1 progressive, 2 of color format, then 2 and 2 of size.
        let high = u32::from(fields::be_u16(header, end + 5)?);
        let width = width | (high >> 7 & 3) << 12;
        let height = height | (high >> 5 & 3) << 12;
        return Some(("mpeg2video", Picture::new(width, height)?));
    }
    Some(("mpeg1video", Picture::new(width, height)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MPEG1: [u8; 12] = [0, 0, 1, 0xb3, 0x16, 0x01, 0x20, 0x13, 0xff, 0xff, 0xe0, 0x18];

    #[test]
    fn a_header_without_extension_is_mpeg_1() {
        let picture = Picture { width: 352, height: 288 };
        assert_eq!(describe(&MPEG1), Some(("mpeg1video", picture)));
    }

    #[test]
    fn the_extension_has_the_higher_bits_of_the_size() {
        let mut bytes = MPEG1.to_vec();
        // Width + 4096, height + 8192.
        bytes.extend([0, 0, 1, 0xb5, 0x14, 0x00, 0xc0, 0x00]);
        let picture = Picture { width: 352 + 4096, height: 288 + 8192 };
        assert_eq!(describe(&bytes), Some(("mpeg2video", picture)));
    }

    #[test]
    fn a_forbidden_frame_rate_is_no_header() {
        let mut bytes = MPEG1;
        bytes[7] = 0x10;
        assert_eq!(describe(&bytes), None);
    }
}
