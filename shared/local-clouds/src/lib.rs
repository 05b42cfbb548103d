//! Local clouds: an OSS, a Youku and a Function Compute host that behave like the real ones, with scripted faults.
//!
//! Every server is a [`control::Cloud`] put on a listener by [`control::serve`]; its faults and its link are steered in
//! process through [`control::Control`] or from outside over HTTP, the same on each server.
//!
//! # Faults
//!
//! `POST /_sandbox/faults` takes one rule or an array of rules and answers their ids:
//!
//! ```json
//! {"operation": "UploadPart",
//!  "match": "partNumber=3",
//!  "skip": 2, "times": 3,
//!  "probability": 0.2, "seed": 7,
//!  "fault": {"kind": "status", "status": 503, "code": "ServiceUnavailable", "headers": {"retry-after": "1"}}}
//! ```
//!
//! `operation` is the server's own word for what is asked (`*` = any); `match` must occur in `path?query`; the first
//! `skip` matching requests pass; then `times` requests are acted on (absent = 1, 0 = for ever), or with `probability`
//! only that seeded share of them. The first rule that acts wins, and rules behind it do not see the request.
//!
//! | kind | effect |
//! |---|---|
//! | `status` | a refusal in the server's own format; the request body is read first, unless `"early": true`, which answers at once and closes |
//! | `page` | an HTML page of this `status`, with none of the server's own headers, as a proxy or a portal in between answers; the work is not done |
//! | `ignore_range` | does the work as if the request had asked for no range: 200 with the whole object |
//! | `reset` | TCP reset instead of an answer, after `after` bytes of the request body (default: all) |
//! | `cut_response` | sends `after` bytes of the answer's body, then drops the connection |
//! | `flip_response` | flips a bit of byte `at` of the answer's body |
//! | `flip_request` | flips a bit of byte `at` of the body the server takes in |
//! | `drop_answer` | does the work, then drops the connection without an answer |
//! | `hold` | does the work, answers only when released |
//! | `hold_before` | waits to be released, then does the work |
//! | `stall` | sends `after` bytes of the answer's body, then nothing until released |
//! | `expire` | makes the credential or token of the request stale, then goes on as usual |
//!
//! `GET /_sandbox/faults` lists the rules with `seen`, `fired` and `holding`; `DELETE` clears and releases them all;
//! `POST /_sandbox/faults/release` with `{"id": N}` (or nothing: all) releases what is held;
//! `GET /_sandbox/faults/wait?id=N&fired=K` answers as soon as rule N has acted K times.
//!
//! # Link
//!
//! `POST /_sandbox/link` with `{"latency_ms", "bytes_per_second", "bytes_per_second_per_connection"}` (absent or null =
//! unlimited) sets the link, `GET` shows it. The latency is paid at connect and once per request; the rates are paced at
//! the socket, each direction by itself.
//!
//! # Switches
//!
//! What the real services' pages leave open is a switch: `GET /_sandbox/switches` shows them, `POST` with the fields to
//! change sets them. [`oss::OssSwitches`] and [`youku::Switches`] say what each does.

pub mod clouds;
pub mod control;
pub mod fc;
pub mod oss;
pub mod youku;
