//! Files made by hand: forms that FFmpeg does not write.
//!
//! | module | which files |
//! |---|---|
//! | `asf` | objects |
//! | `avi` | chunks in RIFF lists |
//! | `matroska` | elements of EBML |
//! | `mp4` | boxes |
//! | `mp4_ends` | boxes that do not fit, and tables of samples |
//! | `others` | the other containers |
//! | `transport_stream` | packets of MPEG-TS |

mod asf;
mod avi;
mod matroska;
pub(crate) mod mp4;
mod mp4_ends;
mod others;
mod transport_stream;
