//! Finds which module files of one crate use which, from the source alone.
//!
//! | module | what it does |
//! |---|---|
//! | `tree` | reads a crate: its modules, what each defines, imports and re-exports |
//! | `imports` | flattens `use` trees |
//! | `cfg` | recognizes items that only tests compile |
//! | `resolve` | follows a path through re-exports to the file that defines its item |
//! | `references` | collects the paths that a file's code names |
//! | `tokens` | finds paths in macro arguments and attributes |
//! | `graph` | the arrows between files, and their cycles |
//!
//! A node is a file; an inline `mod` belongs to the file it stands in. An arrow leads from the file whose code names an item to the file
//! that defines the item, whatever re-exports the path passes. A `mod child;`, a re-export of a descendant's item, and the import of a
//! module are no arrows: what is used through them is. Items that only tests compile are left out.
//!
//! What it cannot see: methods called on a value whose type the file does not name, and names that macros produce.

mod cfg;
mod graph;
mod imports;
mod references;
mod resolve;
#[cfg(test)]
mod tests;
mod tokens;
mod tree;

pub(super) use graph::find_cycles;
