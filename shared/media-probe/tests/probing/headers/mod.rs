//! Files made by hand: forms that FFmpeg does not write.
//!
//! | module | which files |
//! |---|---|
//! | `matroska` | elements of EBML |
//! | `mp4` | boxes |
//! | `others` | the other containers |
//! | `transport_stream` | packets of MPEG-TS |

mod matroska;
pub(crate) mod mp4;
mod others;
mod transport_stream;
