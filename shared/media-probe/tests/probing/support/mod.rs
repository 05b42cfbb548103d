//! What the tests share.
//!
//! | module | what it holds |
//! |---|---|
//! | `ffmpeg` | makes files, and asks `ffprobe` what they hold |
//! | `reader` | readers that count and record what is read |

pub(crate) mod ffmpeg;
pub(crate) mod reader;
