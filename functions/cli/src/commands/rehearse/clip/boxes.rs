//! The file around the pictures: an MP4 with one track (ISO/IEC 14496-12 and -15).

use super::stream::{
    HEIGHT, PROFILE, WIDTH, first_picture, picture_parameters, repeated_picture, sequence_parameters,
};

/// Pictures a second, which is the time scale as well.
const RATE: u32 = 10;
/// Pictures of a clip.
const PICTURES: u32 = 30;
/// The matrix that turns nothing.
const MATRIX: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

/// Makes a file whose picture `seed` chooses, with `word` in it.
pub(super) fn file(word: &str, seed: [u8; 8]) -> Vec<u8> {
    let pictures: Vec<Vec<u8>> = std::iter::once(first_picture(seed))
        .chain((1..PICTURES).map(repeated_picture))
        .map(with_length)
        .collect();
    let mut file = make_box(b"ftyp", &[b"isom\0\0\x02\0isomiso2avc1mp41"]);
    // The chunk's place is known only once the index is: its length does not depend on it.
    let index_length = index(&pictures, 0).len();
    let word = make_box(b"free", &[word.as_bytes()]);
    let chunk = file.len() + index_length + word.len() + HEADER;
    file.extend(index(&pictures, length(chunk)));
    file.extend(word);
    file.extend(make_box(b"mdat", &[&pictures.concat()]));
    file
}

/// Bytes before a box's content.
const HEADER: usize = 8;

fn make_box(name: &[u8; 4], contents: &[&[u8]]) -> Vec<u8> {
    let content = contents.concat();
    let mut made = Vec::with_capacity(HEADER + content.len());
    made.extend(length(HEADER + content.len()).to_be_bytes());
    made.extend(name);
    made.extend(content);
    made
}

fn with_length(unit: Vec<u8>) -> Vec<u8> {
    let mut sample = length(unit.len()).to_be_bytes().to_vec();
    sample.extend(unit);
    sample
}

fn words(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// Numbers of 16 bits.
fn halves(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes().into_iter().skip(2)).collect()
}

/// A length as the file states it: a clip has less than 100 KiB.
fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// The box `moov`, whose pictures lie in one chunk at `chunk`.
fn index(pictures: &[Vec<u8>], chunk: u32) -> Vec<u8> {
    let matrix = words(&MATRIX);
    let movie = make_box(
        b"mvhd",
        &[
            &words(&[0, 0, 0, RATE, PICTURES, 0x1_0000, 0x0100_0000, 0, 0]),
            &matrix,
            &words(&[0; 6]),
            &words(&[2]),
        ],
    );
    let track = make_box(
        b"tkhd",
        &[&words(&[3, 0, 0, 1, 0, PICTURES, 0, 0, 0, 0]), &matrix, &words(&[WIDTH << 16, HEIGHT << 16])],
    );
    // The language `und`.
    let media = make_box(b"mdhd", &[&words(&[0, 0, 0, RATE, PICTURES, 0x55c4_0000])]);
    let handler = make_box(b"hdlr", &[&words(&[0, 0]), b"vide", &words(&[0; 3]), b"pictures\0"]);
    let head = make_box(b"vmhd", &[&words(&[1, 0, 0])]);
    let here = make_box(b"url ", &[&words(&[1])]);
    let references = make_box(b"dref", &[&words(&[0, 1]), &here]);
    let data = make_box(b"dinf", &[&references]);
    let information = make_box(b"minf", &[&head, &data, &samples(pictures, chunk)]);
    let media = make_box(b"mdia", &[&media, &handler, &information]);
    make_box(b"moov", &[&movie, &make_box(b"trak", &[&track, &media])])
}

/// The box `stbl`.
fn samples(pictures: &[Vec<u8>], chunk: u32) -> Vec<u8> {
    let (sequence, picture) = (sequence_parameters(), picture_parameters());
    let lengths = |unit: &[u8]| halves(&[length(unit.len())]);
    let configuration = make_box(
        b"avcC",
        &[&[1], &PROFILE, &[0xff, 0xe1], &lengths(&sequence), &sequence, &[1], &lengths(&picture), &picture],
    );
    let entry = make_box(
        b"avc1",
        &[
            &halves(&[0, 0, 0, 1]),
            &words(&[0; 4]),
            &halves(&[WIDTH, HEIGHT]),
            &words(&[0x48_0000, 0x48_0000, 0]),
            &halves(&[1]),
            &[0; 32],
            &halves(&[24, 0xffff]),
            &configuration,
        ],
    );
    let sizes: Vec<u32> = pictures.iter().map(|picture| length(picture.len())).collect();
    make_box(
        b"stbl",
        &[
            &make_box(b"stsd", &[&words(&[0, 1]), &entry]),
            &make_box(b"stts", &[&words(&[0, 1, PICTURES, 1])]),
            &make_box(b"stss", &[&words(&[0, 1, 1])]),
            &make_box(b"stsc", &[&words(&[0, 1, 1, PICTURES, 1])]),
            &make_box(b"stsz", &[&words(&[0, 0, PICTURES]), &words(&sizes)]),
            &make_box(b"stco", &[&words(&[0, 1, chunk])]),
        ],
    )
}
