//! Follows a path through re-exports to the file that defines its item.

use super::tree::{ModuleId, Tree};
use std::collections::BTreeSet;

/// The names being looked up: a re-export may lead back to itself.
type Seen = BTreeSet<(ModuleId, String, bool)>;

/// What a path leads to within the crate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Target {
    /// The module itself.
    Module(ModuleId),
    /// An item that this module defines.
    Item(ModuleId),
}

impl Tree {
    /// What a path that stands in `module` leads to; `None` = nothing in this crate.
    pub(super) fn resolve(&self, module: ModuleId, path: &[String]) -> Option<Target> {
        self.resolve_guarded(module, path, &mut Seen::new())
    }

    fn resolve_guarded(&self, module: ModuleId, path: &[String], seen: &mut Seen) -> Option<Target> {
        let (first, rest) = path.split_first()?;
        let mut target = match first.as_str() {
            "crate" => Target::Module(0),
            "self" => Target::Module(module),
            "super" => Target::Module(self.modules[module].parent?),
            name => self.look_up(module, name, !rest.is_empty(), seen)?,
        };
        for (index, segment) in rest.iter().enumerate() {
            // What follows an item is a variant or an associated item of it.
            let Target::Module(current) = target else { return Some(target) };
            target = match segment.as_str() {
                "super" => Target::Module(self.modules[current].parent?),
                name => self.look_up(current, name, index + 1 < rest.len(), seen)?,
            };
        }
        Some(target)
    }

    /// What a name means in a module. A path that goes on prefers a module of that name to an item.
    fn look_up(&self, module: ModuleId, name: &str, goes_on: bool, seen: &mut Seen) -> Option<Target> {
        let question = (module, name.to_owned(), goes_on);
        if !seen.insert(question.clone()) {
            return None;
        }
        let found = self.look_up_unguarded(module, name, goes_on, seen);
        seen.remove(&question);
        found
    }

    fn look_up_unguarded(
        &self,
        module: ModuleId,
        name: &str,
        goes_on: bool,
        seen: &mut Seen,
    ) -> Option<Target> {
        let scope = &self.modules[module];
        let child = scope.children.get(name).map(|child| Target::Module(*child));
        let item = scope.items.contains(name).then_some(Target::Item(module));
        if let Some(found) = if goes_on { child.or(item) } else { item } {
            return Some(found);
        }
        let named = scope.imports.iter().filter(|import| import.name.as_deref() == Some(name));
        // A path such as `use error::error` would lead to itself.
        let mut targets = named.filter_map(|import| self.resolve_guarded(module, &import.path, seen));
        let imported = targets.next();
        if imported.is_some() || child.is_some() {
            return imported.or(child);
        }
        scope.imports.iter().filter(|import| import.name.is_none()).find_map(|glob| {
            match self.resolve_guarded(module, &glob.path, seen)? {
                Target::Module(source) => self.look_up(source, name, goes_on, seen),
                // Variants of an enum: no names of modules or items.
                Target::Item(_) => None,
            }
        })
    }
}
