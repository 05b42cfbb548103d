//! `use` trees, flattened.

use syn::UseTree;

/// One imported path: the name that the module sees, or everything below the path.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Import {
    /// Its segments; `a::{self}` is `a`.
    pub(super) path: Vec<String>,
    /// The name in the module's scope; `None` = a glob.
    pub(super) name: Option<String>,
    /// Whether it is a re-export: it has a visibility.
    pub(super) is_public: bool,
}

/// The paths of a `use`.
pub(super) fn flatten(tree: &UseTree, is_public: bool) -> Vec<Import> {
    let mut imports = Vec::new();
    collect(tree, &mut Vec::new(), is_public, &mut imports);
    imports
}

fn collect(tree: &UseTree, prefix: &mut Vec<String>, is_public: bool, imports: &mut Vec<Import>) {
    let import = |last: Option<String>, name: Option<String>, prefix: &[String]| Import {
        path: prefix.iter().cloned().chain(last.filter(|last| last != "self" || prefix.is_empty())).collect(),
        name,
        is_public,
    };
    match tree {
        UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            collect(&path.tree, prefix, is_public, imports);
            prefix.pop();
        }
        UseTree::Name(name) => {
            let last = name.ident.to_string();
            let visible = if last == "self" { prefix.last().cloned() } else { Some(last.clone()) };
            imports.push(import(Some(last), visible, prefix));
        }
        UseTree::Rename(rename) => {
            imports.push(import(Some(rename.ident.to_string()), Some(rename.rename.to_string()), prefix));
        }
        UseTree::Glob(_) => imports.push(import(None, None, prefix)),
        UseTree::Group(group) => {
            for tree in &group.items {
                collect(tree, prefix, is_public, imports);
            }
        }
    }
}
