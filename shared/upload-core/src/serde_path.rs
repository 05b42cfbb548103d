//! Documents whose faults are named by their path.
//!
//! `serde_path_to_error` does the same for any kind of document, and is compiled again for each kind, type and step of a path: 240 kB of
//! a function of 5 MiB. Here every document becomes one kind of tree first, which knows its places.

mod tree;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, value::Error};
use std::cell::Cell;
use tree::{Node, Place, Placed};

/// What does not fit a document's form.
#[derive(Debug)]
pub struct DecodeError {
    /// Where, such as `rules[0].bucket`; `.` is the document itself.
    pub path: String,
    /// serde's words. They may repeat the value.
    pub why: String,
}

/// Reads a document.
///
/// # Errors
/// The first place that does not fit.
pub fn deserialize<'de, T, D>(from: D) -> Result<T, DecodeError>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    let root = || ".".to_owned();
    let node =
        Node::deserialize(from).map_err(|error| DecodeError { path: root(), why: error.to_string() })?;
    let fault = Cell::new(None);
    let read = T::deserialize(Placed { node, place: Place::Root, fault: &fault });
    read.map_err(|error: Error| DecodeError {
        path: fault.take().unwrap_or_else(root),
        why: error.to_string(),
    })
}
