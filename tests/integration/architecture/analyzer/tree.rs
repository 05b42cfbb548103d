//! Reads a crate: its modules, what each defines, imports and re-exports.

use super::{
    cfg::is_test_only,
    imports::{Import, flatten},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};
use syn::{
    Item, ItemMod, Stmt, Visibility,
    visit::{self, Visit},
};

/// Number of a module in its [`Tree`]; the crate's root is 0.
pub(super) type ModuleId = usize;

/// A module of the crate.
pub(super) struct Module {
    /// The file it stands in, from the folder of the crate's root file.
    pub(super) file: PathBuf,
    /// `None` for the root.
    pub(super) parent: Option<ModuleId>,
    pub(super) children: BTreeMap<String, ModuleId>,
    /// Names of the items it defines itself.
    pub(super) items: BTreeSet<String>,
    /// Those of its `use` declarations, within functions too.
    pub(super) imports: Vec<Import>,
    pub(super) code: Vec<Item>,
}

/// All modules of one crate that are compiled without tests.
pub(super) struct Tree {
    pub(super) modules: Vec<Module>,
    /// The modules that define `macro_rules!` macros, by the macro's name: these are visible without a path.
    pub(super) macros: BTreeMap<String, ModuleId>,
}

impl Tree {
    /// Reads the crate whose root file is `root`; `read` gives the text of a file, if it exists.
    pub(super) fn read(root: &Path, read: &dyn Fn(&Path) -> Option<String>) -> Self {
        let folder = root.parent().unwrap_or(Path::new("")).to_owned();
        let mut reader = Reader {
            read,
            folder: folder.clone(),
            tree: Self { modules: Vec::new(), macros: BTreeMap::new() },
        };
        let file = reader.parse(root);
        reader.add(file.items, root, folder, None);
        reader.tree
    }

    /// Whether `module` is `ancestor` or stands below it.
    pub(super) fn is_within(&self, module: ModuleId, ancestor: ModuleId) -> bool {
        let mut current = Some(module);
        while let Some(id) = current {
            if id == ancestor {
                return true;
            }
            current = self.modules[id].parent;
        }
        false
    }
}

struct Reader<'a> {
    read: &'a dyn Fn(&Path) -> Option<String>,
    folder: PathBuf,
    tree: Tree,
}

impl Reader<'_> {
    fn parse(&self, path: &Path) -> syn::File {
        let text = (self.read)(path).unwrap_or_else(|| panic!("{} cannot be read", path.display()));
        syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Adds a module and those below it; `below` is the folder of its child files.
    fn add(&mut self, items: Vec<Item>, path: &Path, below: PathBuf, parent: Option<ModuleId>) -> ModuleId {
        let id = self.tree.modules.len();
        let file = path.strip_prefix(&self.folder).unwrap_or(path).to_owned();
        let module = Module {
            file,
            parent,
            children: BTreeMap::new(),
            items: BTreeSet::new(),
            imports: Vec::new(),
            code: Vec::new(),
        };
        self.tree.modules.push(module);
        for item in items {
            if is_test_only(attributes(&item)) {
                continue;
            }
            if let Item::Mod(child) = item {
                let name = child.ident.to_string();
                if let Some(child) = self.add_child(child, path, &below, id) {
                    self.tree.modules[id].children.insert(name, child);
                }
                continue;
            }
            self.register(&item, id);
            let mut nested = NestedImports::default();
            nested.visit_item(&item);
            self.tree.modules[id].imports.append(&mut nested.0);
            self.tree.modules[id].code.push(item);
        }
        id
    }

    fn add_child(&mut self, child: ItemMod, path: &Path, below: &Path, parent: ModuleId) -> Option<ModuleId> {
        let name = child.ident.to_string();
        let folder = below.join(&name);
        if let Some((_, items)) = child.content {
            return Some(self.add(items, path, folder, Some(parent)));
        }
        let files = [below.join(format!("{name}.rs")), folder.join("mod.rs")];
        let file = files.iter().find(|file| (self.read)(file).is_some());
        let file = file.unwrap_or_else(|| panic!("{}: no file for mod {name}", path.display()));
        let parsed = self.parse(file);
        (!is_test_only(&parsed.attrs)).then(|| self.add(parsed.items, file, folder, Some(parent)))
    }

    /// Notes the name that an item defines.
    fn register(&mut self, item: &Item, id: ModuleId) {
        let name = match item {
            Item::Const(item) => &item.ident,
            Item::Enum(item) => &item.ident,
            Item::Fn(item) => &item.sig.ident,
            Item::Static(item) => &item.ident,
            Item::Struct(item) => &item.ident,
            Item::Trait(item) => &item.ident,
            Item::TraitAlias(item) => &item.ident,
            Item::Type(item) => &item.ident,
            Item::Union(item) => &item.ident,
            Item::Macro(item) => match &item.ident {
                Some(name) => {
                    self.tree.macros.insert(name.to_string(), id);
                    name
                }
                None => return,
            },
            Item::Use(item) => {
                let is_public = !matches!(item.vis, Visibility::Inherited);
                if item.leading_colon.is_none() {
                    self.tree.modules[id].imports.extend(flatten(&item.tree, is_public));
                }
                return;
            }
            _ => return,
        };
        self.tree.modules[id].items.insert(name.to_string());
    }
}

/// The `use` declarations within a function.
#[derive(Default)]
struct NestedImports(Vec<Import>);

impl<'ast> Visit<'ast> for NestedImports {
    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        if let Stmt::Item(Item::Use(item)) = statement
            && item.leading_colon.is_none()
            && !is_test_only(&item.attrs)
        {
            self.0.extend(flatten(&item.tree, false));
        }
        visit::visit_stmt(self, statement);
    }
}

/// The attributes of an item.
pub(super) fn attributes(item: &Item) -> &[syn::Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
