//! Responses of the function, as the shim reads them.

use arbitrary::{Arbitrary, Unstructured};
use gearman_shim::fuzzing::read_response;
use http::StatusCode;
use serde_json::Value;

/// A line of a response, or bytes that are none.
#[derive(Debug, Arbitrary)]
enum Line {
    Progress {
        accepted: u64,
        total: u64,
    },
    Heartbeat,
    Outcome {
        code: u16,
        message: String,
        error: Option<String>,
        video: Option<String>,
        upload: Option<String>,
    },
    Raw(Vec<u8>),
}

impl Line {
    fn to_bytes(&self, in_lines: bool) -> Vec<u8> {
        let value = match self {
            Self::Progress { accepted, total } => {
                serde_json::json!({"event": "progress", "accepted": accepted, "total": total})
            }
            Self::Heartbeat => serde_json::json!({"event": "heartbeat"}),
            Self::Outcome { code, message, error, video, upload } => {
                let mut value = serde_json::json!({"code": code.to_string(), "msg": message,
                    "data": {"key": "a.mp4", "videoid": video, "upload_id": upload}});
                if in_lines {
                    value["event"] = "outcome".into();
                }
                if let Some(error) = error {
                    value["error"] = error.clone().into();
                }
                value
            }
            Self::Raw(bytes) => return bytes.clone(),
        };
        let mut bytes = value.to_string().into_bytes();
        if in_lines {
            bytes.push(b'\n');
        }
        bytes
    }
}

/// A job's client gets JSON with the fields and codes of the legacy worker whatever the function answers; a success names its video.
///
/// # Panics
/// Where this does not hold.
pub fn answer(data: &[u8]) {
    let Ok((status, in_lines, lines)) = <(u16, bool, Vec<Line>)>::arbitrary(&mut Unstructured::new(data))
    else {
        return;
    };
    let Ok(status) = StatusCode::from_u16(100 + status % 900) else { return };
    let body: Vec<u8> = lines.iter().flat_map(|line| line.to_bytes(in_lines)).collect();
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build().expect("a runtime");
    let Some(reply) = runtime.block_on(read_response(status, in_lines, body)) else { return };
    let reply: Value = serde_json::from_slice(&reply).expect("JSON");
    let code = reply["code"].as_str().expect("a code");
    assert!(["200", "404", "500"].contains(&code), "{reply}");
    assert!(
        reply["msg"].is_string() && reply["info"].is_string() && reply["data"]["key"].is_string(),
        "{reply}"
    );
    assert!(code != "200" || reply["data"]["videoid"].is_string(), "{reply}");
}
