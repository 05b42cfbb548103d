//! The shape of the workspace: which crate may depend on which, no cycle of modules, rules of the source text.

mod analyzer;
mod crates;
mod error_details;
mod module_cycles;
mod source_rules;
mod workspace_files;
