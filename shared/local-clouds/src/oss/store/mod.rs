//! Buckets, objects and multipart uploads on disk, with their index in memory.
//!
//! ```text
//! buckets/{bucket}.json                   settings
//! objects/{bucket}/{hash of the key}.json all versions of one object
//! uploads/{bucket}/{id}/upload.json, {n}.json   one multipart upload and its parts
//! data/{random name}                      content; an object is a list of such segments
//! ```

mod bucket;
pub(crate) mod buckets;
mod crc;
pub(crate) mod delete;
mod directory;
#[cfg(feature = "bench")]
mod generate;
mod generated;
#[cfg(feature = "bench")]
mod generated_crc;
mod hash_ahead;
pub(crate) mod ingest;
pub(crate) mod list;
mod load;
mod lookup;
pub(crate) mod metadata_value;
mod multipart;
pub(crate) mod object_record;
pub(crate) mod objects;
pub(crate) mod part_selection;
mod paths;
mod prefix_hash;
pub(crate) mod quirk;
mod reader;
pub(crate) mod records;
mod save;
mod saved;
mod segment;
mod segment_loader;
pub(crate) mod stored_object;
mod symlinks;

pub use metadata_value::MetadataValue;
pub use object_record::{ObjectKind, ObjectRecord};
pub use quirk::Quirk;
