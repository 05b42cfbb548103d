//! The arrows between the files of a crate, and their cycles.

use super::{
    references::References,
    resolve::Target,
    tree::{ModuleId, Tree},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::{Path, PathBuf},
};

/// The names that one file uses of another, by the two files.
type Arrows = BTreeMap<PathBuf, BTreeMap<PathBuf, BTreeSet<String>>>;

/// Files that use each other, and the names by which they do.
#[derive(Debug, PartialEq)]
pub(in crate::architecture) struct Cycle {
    /// From, to, and the names that `from` uses of `to`.
    pub(super) arrows: Vec<(PathBuf, PathBuf, BTreeSet<String>)>,
}

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (from, to, names) in &self.arrows {
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            writeln!(f, "  {} -> {} ({})", from.display(), to.display(), names.join(", "))?;
        }
        Ok(())
    }
}

/// Every group of files that use each other, of the crate whose root file is `root`; `read` gives the text of a file, if it exists.
pub(in crate::architecture) fn find_cycles(
    root: &Path,
    read: &dyn Fn(&Path) -> Option<String>,
) -> Vec<Cycle> {
    let arrows = arrows(&Tree::read(root, read));
    let groups = groups(&arrows);
    let cycle = |group: &BTreeSet<PathBuf>| {
        let within = |from: &PathBuf| {
            let targets = arrows.get(from).into_iter().flatten().filter(|(to, _)| group.contains(*to));
            targets.map(|(to, names)| (from.clone(), to.clone(), names.clone())).collect::<Vec<_>>()
        };
        Cycle { arrows: group.iter().flat_map(within).collect() }
    };
    groups.iter().filter(|group| group.len() > 1).map(cycle).collect()
}

fn arrows(tree: &Tree) -> Arrows {
    let mut arrows = Arrows::new();
    for (id, module) in tree.modules.iter().enumerate() {
        let references = References::read(&module.code);
        let imports = references.imports.iter();
        // A re-export of a descendant's item hands it on; whoever uses it uses the descendant.
        let used = imports.filter(|import| match tree.resolve(id, &import.path) {
            Some(Target::Item(target)) => {
                import.name.is_some() && !(import.is_public && tree.is_within(target, id))
            }
            _ => false,
        });
        let paths = used.map(|import| &import.path).chain(&references.paths);
        let mut targets: BTreeSet<(ModuleId, String)> = BTreeSet::new();
        for path in paths {
            if let Some(Target::Item(target)) = tree.resolve(id, path) {
                targets.insert((target, name_of(tree, target, path)));
            }
        }
        for name in &references.macros {
            match tree.resolve(id, std::slice::from_ref(name)) {
                Some(Target::Item(target)) => drop(targets.insert((target, format!("{name}!")))),
                _ => targets.extend(tree.macros.get(name).map(|target| (*target, format!("{name}!")))),
            }
        }
        for (target, name) in targets {
            let to = &tree.modules[target].file;
            if *to != module.file {
                arrows.entry(module.file.clone()).or_default().entry(to.clone()).or_default().insert(name);
            }
        }
    }
    arrows
}

/// The item's name in a path that may go on to a variant or an associated item.
fn name_of(tree: &Tree, target: ModuleId, path: &[String]) -> String {
    let own = path.iter().rev().find(|segment| tree.modules[target].items.contains(*segment));
    own.or(path.last()).cloned().unwrap_or_default()
}

/// The strongly connected components of the graph (Tarjan's algorithm).
fn groups(arrows: &Arrows) -> Vec<BTreeSet<PathBuf>> {
    let mut search = Search { arrows, numbers: BTreeMap::new(), stack: Vec::new(), groups: Vec::new() };
    for file in arrows.keys() {
        if !search.numbers.contains_key(file.as_path()) {
            search.visit(file);
        }
    }
    search.groups
}

struct Search<'a> {
    arrows: &'a Arrows,
    /// In which order the files were first visited.
    numbers: BTreeMap<&'a Path, usize>,
    stack: Vec<&'a Path>,
    groups: Vec<BTreeSet<PathBuf>>,
}

impl<'a> Search<'a> {
    /// Visits a file and all it reaches; returns the earliest file on the stack that it reaches.
    fn visit(&mut self, file: &'a Path) -> usize {
        let number = self.numbers.len();
        self.numbers.insert(file, number);
        self.stack.push(file);
        let mut earliest = number;
        for to in self.arrows.get(file).into_iter().flat_map(BTreeMap::keys) {
            let reached = match self.numbers.get(to.as_path()) {
                None => self.visit(to),
                Some(number) if self.stack.contains(&to.as_path()) => *number,
                Some(_) => continue,
            };
            earliest = earliest.min(reached);
        }
        if earliest == number {
            let start = self.stack.iter().position(|one| *one == file).unwrap_or_default();
            self.groups.push(self.stack.split_off(start).into_iter().map(Path::to_owned).collect());
        }
        earliest
    }
}
