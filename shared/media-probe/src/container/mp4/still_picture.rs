//! Still pictures in boxes: HEIF, HEIC, AVIF. They have no index of samples but the box `meta`.
//!
//! ISO/IEC 23008-12 (HEIF): brands in 10.2 and annex B, the handler `pict` in 6.2; AVIF's brand is AOMedia's.

use super::boxes::{Children, Header, read_header};
use crate::{
    fields,
    view::{Stop, View},
};

/// Brands of pictures, and of sequences of pictures.
const BRANDS: [[u8; 4]; 14] = [
    *b"heic", *b"heix", *b"heim", *b"heis", *b"hevc", *b"hevx", *b"hevm", *b"hevs", *b"mif1", *b"mif2",
    *b"msf1", *b"avif", *b"avis", *b"jpeg",
];
/// The most bytes of `ftyp` that are searched.
const MAX_FILE_TYPE: u64 = 256;

/// Whether a file without a movie is a still picture: by one of its brands, for programs put their own first, or by its description.
pub(super) fn is_still_picture(view: &View, meta: Option<&Header>) -> Result<bool, Stop> {
    let first = read_header(view, 0, view.size())?.filter(|first| first.kind == *b"ftyp");
    if let Some(first) = first {
        // The second number is a version.
        let brands = first.bytes(view, MAX_FILE_TYPE)?.chunks_exact(4).enumerate();
        if brands.filter(|(at, _)| *at != 1).any(|(_, brand)| BRANDS.iter().any(|known| known == brand)) {
            return Ok(true);
        }
    }
    let Some(meta) = meta else { return Ok(false) };
    let handler = Children::between(view, meta.body.saturating_add(4), meta.end).find(*b"hdlr")?;
    let Some(handler) = handler else { return Ok(false) };
    Ok(fields::array(handler.bytes(view, 12)?, 8) == Some(*b"pict"))
}
