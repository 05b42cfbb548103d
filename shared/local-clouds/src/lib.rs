//! Local clouds: an OSS, a Youku, a Function Compute host and group robots that behave like the real ones, with scripted faults.
//!
//! | module | its job | feature |
//! |---|---|---|
//! | [`oss`] | a local OSS: signatures, objects on disk, events | `oss` |
//! | [`youku`] | a local Youku: API, slice server, its own bucket | `youku` (enables `oss`) |
//! | [`fc`] | a local Function Compute: functions as processes, triggers, the asynchronous queue | `fc` |
//! | [`robots`] | local group robots of DingTalk, Feishu and WeCom | `robots` |
//! | [`clouds`] | OSS, Youku and Function Compute wired together: a file put into the bucket calls the function | all three |
//! | [`faults`] | rules that make requests fail | always |
//! | [`control`] | serving one cloud on one listener, with faults and a paced link | always |
//! | `clock`, `time_format` | a clock that may be wrong, and the time formats of OSS | `oss` |
//!
//! Feature `bench` adds made-up sources to the local OSS: objects of any size whose bytes are computed at each read. It is on by default, because the
//! command line's `dev` promises them to its users.
//!
//! Every server is a [`control::Cloud`] put on a listener by [`control::serve`]. Its faults and its link are steered in this process through
//! [`control::Control`], or from outside over HTTP, the same way on each server.
//!
//! # Link
//!
//! `POST /_sandbox/link` with `{"latency_ms", "bytes_per_second", "bytes_per_second_per_connection"}` (absent or null = unlimited) sets the link, `GET`
//! shows it. The latency is paid at connect and once per request. The rates are held at the socket, for each direction separately.
//!
//! # Switches
//!
//! What the real services' pages leave open is a switch: `GET /_sandbox/switches` shows them, `POST` with the fields to change sets them.
//! `oss::OssSwitches`, `youku::Switches` and `robots::Switches` say what each does.

#[cfg(feature = "oss")]
mod clock;
#[cfg(all(feature = "oss", feature = "youku", feature = "fc"))]
pub mod clouds;
pub mod control;
pub mod faults;
#[cfg(feature = "fc")]
pub mod fc;
#[cfg(feature = "oss")]
pub mod oss;
#[cfg(feature = "robots")]
pub mod robots;
#[cfg(feature = "oss")]
mod time_format;
#[cfg(feature = "youku")]
pub mod youku;
