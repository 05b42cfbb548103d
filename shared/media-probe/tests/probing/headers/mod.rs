//! Files made by hand: forms that FFmpeg does not write.
//!
//! | module | which files |
//! |---|---|
//! | `matroska` | elements of EBML |
//! | `mp4` | boxes |
//! | `others` | the other containers |

mod matroska;
pub(crate) mod mp4;
mod others;
