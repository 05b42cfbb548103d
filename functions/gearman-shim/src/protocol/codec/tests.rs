#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]
use super::*;
use crate::protocol::{
    packet::packet_type::{ECHO_RES, ERROR, JOB_ASSIGN, JOB_ASSIGN_ALL, JOB_ASSIGN_UNIQ, NO_JOB, NOOP},
    testing::response,
};

/// Decodes bytes that arrive in pieces of that length.
fn decode_all(bytes: &[u8], piece: usize) -> Result<Vec<Response>, CodecError> {
    let (mut codec, mut input, mut found) = (GearmanCodec::new(100), BytesMut::new(), Vec::new());
    for piece in bytes.chunks(piece) {
        input.extend_from_slice(piece);
        while let Some(response) = codec.decode(&mut input)? {
            found.push(response);
        }
    }
    assert!(input.is_empty(), "{input:?}");
    Ok(found)
}

/// An empty unique id stands for none.
fn job(unique: &'static [u8], payload: &'static [u8]) -> Job {
    let unique = (!unique.is_empty()).then(|| Bytes::from_static(unique));
    Job { handle: "H:x:1".into(), function: "upload".into(), unique, payload: Bytes::from_static(payload) }
}

/// All types of packets in one stream, cut into pieces of several lengths.
#[test]
fn every_packet_is_decoded_however_it_is_cut() {
    let large = [&b"H:x:1\0upload\0u\0"[..], &[7; 101]].concat();
    let huge = [&b"H:x:1\0upload\0u\0"[..], &[7; 9000]].concat();
    let bytes = [
        response(NOOP, b""),
        response(NO_JOB, b""),
        response(ECHO_RES, b"any\0thing"),
        response(ERROR, b"CODE\0text"),
        response(JOB_ASSIGN, b"H:x:1\0upload\0pay\0load\xff"),
        response(JOB_ASSIGN_UNIQ, &large),
        response(JOB_ASSIGN_UNIQ, b"H:x:1\0upload\0\xff\xfe\0"),
        response(JOB_ASSIGN_UNIQ, &huge),
        response(JOB_ASSIGN_ALL, b"H:x:1\0upload\0u\0reducer\0p"),
    ];
    let bytes = bytes.concat();
    let expected = [
        Response::Noop,
        Response::NoJob,
        Response::Echo,
        Response::Error("CODE: text".into()),
        Response::Job(job(b"", b"pay\0load\xff")),
        Response::OversizedJob { job: job(b"u", b""), size: 101 },
        Response::Job(job(b"\xff\xfe", b"")),
        Response::OversizedJob { job: job(b"u", b""), size: 9000 },
        Response::Job(job(b"u", b"p")),
    ];
    for piece in [1, 5, 13, 4000, bytes.len()] {
        assert_eq!(decode_all(&bytes, piece).unwrap(), expected, "pieces of {piece}");
    }
}

/// Gearmand 1.1.20 cuts a unique id of 64 bytes to 63 and then sends a NUL too many, which is no part of the payload. Any other leading NUL
/// is.
#[test]
fn the_nul_after_a_cut_unique_id_is_passed_over() {
    let cut = "u".repeat(63);
    for (kind, unique, sent, expected) in [
        (JOB_ASSIGN_UNIQ, cut.as_str(), "\0payload", "payload"),
        (JOB_ASSIGN_UNIQ, &cut, "payload", "payload"),
        (JOB_ASSIGN_UNIQ, &cut, "\0", ""),
        (JOB_ASSIGN_UNIQ, &cut, "\0\0payload\0", "\0payload\0"),
        (JOB_ASSIGN_UNIQ, &cut[1..], "\0payload", "\0payload"),
        (JOB_ASSIGN_UNIQ, "", "\0payload", "\0payload"),
        (JOB_ASSIGN, &cut, "\0payload", "\0payload"),
    ] {
        let named = if kind == JOB_ASSIGN { String::new() } else { format!("{unique}\0") };
        let bytes = response(kind, format!("H:x:1\0upload\0{named}{sent}").as_bytes());
        let found = decode_all(&bytes, 7).unwrap();
        let [Response::Job(job)] = &found[..] else { panic!("{found:?}") };
        assert_eq!(job.payload, expected.as_bytes(), "{kind} {unique} {sent:?}");
    }
}

/// The same NUL of a payload that is passed over is no byte of it, wherever the stream was cut.
#[test]
fn the_nul_before_a_skipped_payload_is_not_counted() {
    let cut = "u".repeat(63);
    let body = [format!("H:x:1\0upload\0{cut}\0\0").as_bytes(), &[7; 9000]].concat();
    let bytes = response(JOB_ASSIGN_UNIQ, &body);
    for piece in 1..=100 {
        let decoded = decode_all(&bytes, piece).unwrap();
        let [Response::OversizedJob { size, .. }] = decoded[..] else { panic!("{decoded:?}") };
        assert_eq!(size, 9000, "in pieces of {piece}");
    }
}

/// The buffer stays below four MiB, and the next packet is decoded.
#[test]
fn a_payload_of_a_gibibyte_is_skipped_without_being_held() {
    const SIZE: usize = 1 << 30;
    let mut head = response(JOB_ASSIGN_UNIQ, b"H:x:1\0upload\0u\0");
    let length = u32::try_from(head.len() - HEADER_BYTES + SIZE).unwrap();
    head[8..HEADER_BYTES].copy_from_slice(&length.to_be_bytes());
    let (mut codec, mut input, chunk) = (GearmanCodec::new(1 << 16), head, vec![7; 1 << 20]);
    let mut found = Vec::new();
    for _ in 0..SIZE / chunk.len() {
        assert!(found.is_empty());
        input.extend_from_slice(&chunk);
        found.extend(codec.decode(&mut input).unwrap());
        assert!(input.capacity() < 4 << 20, "{}", input.capacity());
    }
    assert_eq!(found, [Response::OversizedJob { job: job(b"u", b""), size: SIZE as u64 }]);
    input.extend_from_slice(&response(NOOP, b""));
    assert_eq!(codec.decode(&mut input).unwrap(), Some(Response::Noop), "the connection is kept");
}

/// Another magic, an unexpected type, an assignment without all of its arguments.
#[test]
fn bytes_that_are_not_the_protocol_are_an_error() {
    let mut request = response(NOOP, b"");
    request[..4].copy_from_slice(b"\0REQ");
    let endless = response(JOB_ASSIGN_UNIQ, &[7; 10_000]);
    for (bytes, word) in [
        (BytesMut::from("ERR UNKNOWN_COMMAND\r\n"), "magic"),
        (request, "magic"),
        (response(99, b""), "type"),
        (response(99, &[0; 9000]), "type"),
        (response(JOB_ASSIGN_UNIQ, b"H:x:1\0upload"), "arguments"),
        (response(JOB_ASSIGN, b""), "arguments"),
        (endless, "arguments"),
    ] {
        let error = decode_all(&bytes, 17).unwrap_err();
        assert!(!matches!(error, CodecError::Io(_)) && error.to_string().contains(word), "{error}");
    }
}

/// Each request by the bytes that gearmand's PROTOCOL file asks for.
#[test]
fn requests_have_their_arguments_between_nuls() {
    for (request, bytes) in [
        (Request::SetClientId("me".into()), &b"\0REQ\0\0\0\x16\0\0\0\x02me"[..]),
        (Request::CanDo("upload".into()), b"\0REQ\0\0\0\x01\0\0\0\x06upload"),
        (Request::Echo("x"), b"\0REQ\0\0\0\x10\0\0\0\x01x"),
        (Request::GrabJob, b"\0REQ\0\0\0\x1e\0\0\0\0"),
        (Request::PreSleep, b"\0REQ\0\0\0\x04\0\0\0\0"),
        (
            Request::WorkStatus { handle: "H:1".into(), numerator: 5, denominator: 12 },
            b"\0REQ\0\0\0\x0c\0\0\0\x08H:1\x005\x0012",
        ),
        (
            Request::WorkComplete { handle: "H:1".into(), result: Bytes::from_static(b"a\0b") },
            b"\0REQ\0\0\0\x0d\0\0\0\x07H:1\0a\0b",
        ),
        (Request::WorkFail { handle: "H:1".into() }, b"\0REQ\0\0\0\x0e\0\0\0\x03H:1"),
    ] {
        let mut output = BytesMut::new();
        GearmanCodec::new(0).encode(request.clone(), &mut output).unwrap();
        assert_eq!(output, bytes, "{request:?}");
    }
}
