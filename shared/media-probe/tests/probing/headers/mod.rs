//! Files made by hand: forms that FFmpeg does not write.
//!
//! | module | which files |
//! |---|---|
//! | `mp4` | boxes |
//! | `others` | the other containers |

pub(crate) mod mp4;
mod others;
