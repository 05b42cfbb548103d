//! Finds paths in macro arguments and attributes, which are tokens without a grammar.

use proc_macro2::{TokenStream, TokenTree};
use syn::Attribute;

/// What follows a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Role {
    /// `path(`, `path[` or `path {`.
    Called,
    /// `path!`, which is not `path !=`.
    Macro,
    Other,
}

/// A path in tokens.
#[derive(Debug, PartialEq)]
pub(super) struct TokenPath {
    pub(super) segments: Vec<String>,
    pub(super) role: Role,
}

/// The paths in these tokens, within groups too; names after a `.` are none, nor are paths that begin with `::`.
pub(super) fn paths(tokens: TokenStream) -> Vec<TokenPath> {
    let mut found = Vec::new();
    collect(tokens, &mut found);
    found
}

fn collect(tokens: TokenStream, found: &mut Vec<TokenPath>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let punct = |index: usize, mark: char| matches!(tokens.get(index), Some(TokenTree::Punct(one)) if one.as_char() == mark);
    let mut index = 0;
    while index < tokens.len() {
        match &tokens[index] {
            TokenTree::Group(group) => collect(group.stream(), found),
            TokenTree::Ident(first) => {
                let is_field = index > 0 && punct(index - 1, '.') && !(index > 1 && punct(index - 2, '.'));
                let is_global = index > 1 && punct(index - 1, ':') && punct(index - 2, ':');
                let mut segments = vec![first.to_string()];
                while punct(index + 1, ':') && punct(index + 2, ':') {
                    let Some(TokenTree::Ident(next)) = tokens.get(index + 3) else { break };
                    segments.push(next.to_string());
                    index += 3;
                }
                let role = match tokens.get(index + 1) {
                    Some(TokenTree::Group(_)) => Role::Called,
                    _ if punct(index + 1, '!') && !punct(index + 2, '=') => Role::Macro,
                    _ => Role::Other,
                };
                if !is_field && !is_global {
                    found.push(TokenPath { segments, role });
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        index += 1;
    }
}

/// The paths that an attribute names: its tokens, and strings of `serde` attributes such as `with = "super::seconds"`.
pub(super) fn attribute_paths(attribute: &Attribute) -> Vec<Vec<String>> {
    let Ok(list) = attribute.meta.require_list() else { return Vec::new() };
    if attribute.path().is_ident("cfg") || attribute.path().is_ident("derive") {
        return Vec::new();
    }
    let mut found: Vec<_> = paths(list.tokens.clone()).into_iter().map(|path| path.segments).collect();
    if attribute.path().is_ident("serde") {
        let literals = list.tokens.clone().into_iter().filter_map(|token| match token {
            TokenTree::Literal(literal) => syn::parse_str::<syn::LitStr>(&literal.to_string()).ok(),
            _ => None,
        });
        let parsed = literals.filter_map(|literal| literal.parse::<syn::Path>().ok());
        found.extend(
            parsed.map(|path| path.segments.iter().map(|segment| segment.ident.to_string()).collect()),
        );
    }
    found
}
