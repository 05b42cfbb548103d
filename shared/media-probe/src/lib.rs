//! Tells from a few ranged reads what a video file holds and what is broken about it, before its bytes are moved.
//!
//! ```
//! use media_probe::{Probe, Language};
//! # use std::task::{Context, Poll, Waker};
//! # fn block_on<T>(future: impl Future<Output = T>) -> T {
//! #     let mut future = std::pin::pin!(future);
//! #     loop {
//! #         if let Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) { return done; }
//! #     }
//! # }
//! # block_on(async {
//! // A recording that was never finished: an MP4 whose `mdat` has no end, and no index.
//! let file = b"\0\0\0\x18ftypisom\0\0\0\0isommp42\0\0\0\0mdat...............".to_vec();
//! let size = file.len() as u64;
//! let reader = |offset: u64, length: usize| {
//!     let bytes = file[offset as usize..][..length].to_vec();
//!     async move { Ok::<_, std::io::Error>(bytes) }
//! };
//!
//! let report = Probe::new(size).file_name("clip.mp4").run(&reader).await?;
//! assert!(report.is_refused());
//! assert_eq!(report.findings[0].problem.as_str(), "no_index");
//! println!("{}", report.findings[0].sentence(Language::English));
//! # Ok::<_, std::io::Error>(())
//! # }).unwrap();
//! ```
//!
//! | module | its job |
//! |---|---|
//! | `probe` | [`Probe`]: reads what the formats want to see, within bounds |
//! | `read_at` | [`ReadAt`]: what a probe reads from |
//! | `view` | the bytes that were read so far, a file with holes |
//! | `container` | [`Container`]: one module for each format, and which of them claims a file |
//! | `bitstream` | picture sizes from the headers of H.264, HEVC, MPEG-4, MPEG-2 and MPEG-1 video |
//! | `codec` | names of codecs |
//! | `other_kinds` | web pages, archives and zeros under a video's name |
//! | `draft` | what a format has found so far |
//! | `verdict` | draws the conclusions from it |
//! | `report` | [`Report`], [`Track`]: what a probe reports |
//! | `finding` | [`Finding`], [`Problem`]: what can be wrong |
//! | `wording` | the sentences that people read |
//! | `fields`, `ticks`, `keyed` | numbers in bytes, counts of a clock, values by a number |
//!
//! # Bounds
//! A probe reads at most [`MAX_READS`] times and [`MAX_BYTES`], no byte twice; memory and work stay in proportion to that, and at most 4 million headers
//! are visited. A file in order takes at most 8 reads and 1 MiB, whatever its size; more only if it is a fragmented MP4 that has no index of its
//! fragments and a last one above 512 KiB. Boxes are entered to a fixed depth. Nothing panics, whatever the bytes.
//!
//! # Why own code
//! Headers alone are needed, from bytes that strangers wrote, through ranged reads. The crates that read such files want all of the file or all of its
//! index, stop at the first thing that they do not know, or know one format. The formats are written here from their specifications, which
//! each module names.

mod bitstream;
mod codec;
mod container;
mod draft;
mod fields;
mod finding;
mod keyed;
mod other_kinds;
mod probe;
mod read_at;
mod report;
mod ticks;
mod verdict;
mod view;
mod wording;

pub use container::Container;
pub use finding::{Finding, Language, OtherKind, Problem, Severity};
pub use probe::{MAX_BYTES, MAX_READS, Probe};
pub use read_at::ReadAt;
pub use report::{Picture, Report, Track, TrackKind};

/// The README's examples are compiled with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
