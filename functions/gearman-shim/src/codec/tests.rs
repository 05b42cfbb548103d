#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
use super::*;
use crate::testing::answer;

/// Everything that comes of bytes which arrive in pieces of that length.
fn decoded(bytes: &[u8], piece: usize) -> io::Result<Vec<Frame>> {
    let (mut decoder, mut input, mut frames) = (Decoder::new(100), BytesMut::new(), Vec::new());
    for piece in bytes.chunks(piece) {
        input.extend_from_slice(piece);
        while let Some(frame) = decoder.decode(&mut input)? {
            frames.push(frame);
        }
    }
    assert!(input.is_empty(), "{input:?}");
    Ok(frames)
}

fn job(unique: &'static [u8], payload: &'static [u8]) -> Job {
    let payload = Bytes::from_static(payload);
    Job { handle: "H:x:1".into(), function: "upload".into(), unique: Bytes::from_static(unique), payload }
}

#[test]
fn every_packet_is_understood_however_it_is_cut() {
    let large = [&b"H:x:1\0upload\0u\0"[..], &[7; 101]].concat();
    let huge = [&b"H:x:1\0upload\0u\0"[..], &[7; 9000]].concat();
    let bytes = [
        answer(NOOP, b""),
        answer(NO_JOB, b""),
        answer(ECHO_RES, b"any\0thing"),
        answer(ERROR, b"CODE\0text"),
        answer(JOB_ASSIGN, b"H:x:1\0upload\0pay\0load\xff"),
        answer(JOB_ASSIGN_UNIQ, &large),
        answer(JOB_ASSIGN_UNIQ, b"H:x:1\0upload\0\xff\xfe\0"),
        answer(JOB_ASSIGN_UNIQ, &huge),
        answer(JOB_ASSIGN_ALL, b"H:x:1\0upload\0u\0reducer\0p"),
    ];
    let bytes = bytes.concat();
    let expected = [
        Frame::Noop,
        Frame::NoJob,
        Frame::Echo,
        Frame::Error("CODE: text".into()),
        Frame::Job(job(b"", b"pay\0load\xff")),
        Frame::TooLarge(job(b"u", b""), 101),
        Frame::Job(job(b"\xff\xfe", b"")),
        Frame::TooLarge(job(b"u", b""), 9000),
        Frame::Job(job(b"u", b"p")),
    ];
    for piece in [1, 5, 13, 4000, bytes.len()] {
        assert_eq!(decoded(&bytes, piece).unwrap(), expected, "pieces of {piece}");
    }
}

#[test]
fn a_payload_of_a_gibibyte_passes_without_being_held() {
    const SIZE: usize = 1 << 30;
    let mut head = answer(JOB_ASSIGN_UNIQ, b"H:x:1\0upload\0u\0");
    let length = u32::try_from(head.len() - HEADER + SIZE).unwrap();
    head[8..HEADER].copy_from_slice(&length.to_be_bytes());
    let (mut decoder, mut input, chunk) = (Decoder::new(1 << 16), head, vec![7; 1 << 20]);
    let mut frames = Vec::new();
    for _ in 0..SIZE / chunk.len() {
        assert!(frames.is_empty());
        input.extend_from_slice(&chunk);
        frames.extend(decoder.decode(&mut input).unwrap());
        assert!(input.capacity() < 4 << 20, "{}", input.capacity());
    }
    assert_eq!(frames, [Frame::TooLarge(job(b"u", b""), SIZE as u64)]);
    input.extend_from_slice(&answer(NOOP, b""));
    assert_eq!(decoder.decode(&mut input).unwrap(), Some(Frame::Noop), "the line goes on");
}

#[test]
fn what_is_not_the_protocol_is_an_error() {
    let mut request = answer(NOOP, b"");
    request[..4].copy_from_slice(b"\0REQ");
    let endless = answer(JOB_ASSIGN_UNIQ, &[7; 10_000]);
    for (bytes, word) in [
        (BytesMut::from("ERR UNKNOWN_COMMAND\r\n"), "magic"),
        (request, "magic"),
        (answer(99, b""), "type"),
        (answer(99, &[0; 9000]), "type"),
        (answer(JOB_ASSIGN_UNIQ, b"H:x:1\0upload"), "arguments"),
        (answer(JOB_ASSIGN, b""), "arguments"),
        (endless, "arguments"),
    ] {
        let error = decoded(&bytes, 17).unwrap_err();
        assert!(error.kind() == io::ErrorKind::InvalidData && error.to_string().contains(word), "{error}");
    }
}

#[test]
fn packets_to_gearmand_have_their_arguments_between_nuls() {
    assert_eq!(packet(PRE_SLEEP, &[]), b"\0REQ\0\0\0\x04\0\0\0\0".as_slice());
    let complete = packet(WORK_COMPLETE, &[b"H:1", b"a\0b"]);
    assert_eq!(complete, b"\0REQ\0\0\0\x0d\0\0\0\x07H:1\0a\0b".as_slice());
}
