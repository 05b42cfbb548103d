//! Collects the paths that a module's code names.

use super::{
    cfg::is_test_only,
    imports::{Import, flatten},
    tokens::{self, Role},
    tree::attributes,
};
use std::collections::BTreeSet;
use syn::{
    Arm, Attribute, Block, Expr, Field, FieldValue, ImplItem, Item, ItemUse, Macro, PatIdent, Path, Stmt,
    TraitItem, Variant, Visibility,
    visit::{self, Visit},
};

/// What a module's code names.
#[derive(Default)]
pub(super) struct References {
    /// Paths in the code.
    pub(super) paths: BTreeSet<Vec<String>>,
    /// Names of macros that are called without a path.
    pub(super) macros: BTreeSet<String>,
    /// `use` declarations, those within functions too.
    pub(super) imports: Vec<Import>,
    /// Names that the current function binds: they are variables, whatever the module's scope has of that name.
    bound: Vec<BTreeSet<String>>,
}

impl References {
    /// Reads the code of one module.
    pub(super) fn read(code: &[Item]) -> Self {
        let mut references = Self::default();
        for item in code {
            references.visit_item(item);
        }
        references
    }

    fn add(&mut self, segments: Vec<String>, is_expression: bool) {
        let is_variable = is_expression
            && segments.len() == 1
            && self.bound.iter().any(|names| names.contains(&segments[0]));
        if !is_variable && !segments.is_empty() {
            self.paths.insert(segments);
        }
    }

    fn within(&mut self, bound: BTreeSet<String>, visit: impl FnOnce(&mut Self)) {
        self.bound.push(bound);
        visit(self);
        self.bound.pop();
    }
}

/// The names that patterns bind, in whatever is visited.
#[derive(Default)]
struct Bindings(BTreeSet<String>);

impl<'ast> Visit<'ast> for Bindings {
    fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
        self.0.insert(pattern.ident.to_string());
        visit::visit_pat_ident(self, pattern);
    }
}

fn bindings(visit: impl FnOnce(&mut Bindings)) -> BTreeSet<String> {
    let mut bindings = Bindings::default();
    visit(&mut bindings);
    // A constant in a pattern looks like a binding.
    bindings.0.retain(|name| name.starts_with(|first: char| first.is_lowercase() || first == '_'));
    bindings.0
}

fn segments(path: &Path) -> Vec<String> {
    if path.leading_colon.is_some() {
        return Vec::new();
    }
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

/// The attributes of an expression statement that may carry a `cfg`.
fn statement_attributes(statement: &Stmt) -> &[Attribute] {
    match statement {
        Stmt::Local(local) => &local.attrs,
        Stmt::Item(item) => attributes(item),
        Stmt::Macro(call) => &call.attrs,
        Stmt::Expr(Expr::Block(block), _) => &block.attrs,
        Stmt::Expr(Expr::If(branch), _) => &branch.attrs,
        Stmt::Expr(Expr::Call(call), _) => &call.attrs,
        Stmt::Expr(Expr::MethodCall(call), _) => &call.attrs,
        Stmt::Expr(..) => &[],
    }
}

impl<'ast> Visit<'ast> for References {
    fn visit_item(&mut self, item: &'ast Item) {
        if is_test_only(attributes(item)) {
            return;
        }
        match item {
            Item::Fn(function) => {
                let bound = bindings(|bindings| bindings.visit_item_fn(function));
                self.within(bound, |references| visit::visit_item(references, item));
            }
            Item::Macro(definition) if definition.ident.is_some() => {
                // The body of a `macro_rules!`: its paths are those of whoever calls it, but `$crate` ones are named here.
                self.visit_macro(&definition.mac);
            }
            _ => visit::visit_item(self, item),
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes: &[Attribute] = match item {
            ImplItem::Fn(function) => &function.attrs,
            ImplItem::Const(constant) => &constant.attrs,
            ImplItem::Type(alias) => &alias.attrs,
            _ => &[],
        };
        if is_test_only(attributes) {
            return;
        }
        let bound = bindings(|bindings| bindings.visit_impl_item(item));
        self.within(bound, |references| visit::visit_impl_item(references, item));
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        let bound = bindings(|bindings| bindings.visit_trait_item(item));
        self.within(bound, |references| visit::visit_trait_item(references, item));
    }

    fn visit_block(&mut self, block: &'ast Block) {
        for statement in &block.stmts {
            if !is_test_only(statement_attributes(statement)) {
                self.visit_stmt(statement);
            }
        }
    }

    fn visit_arm(&mut self, arm: &'ast Arm) {
        if !is_test_only(&arm.attrs) {
            visit::visit_arm(self, arm);
        }
    }

    fn visit_field(&mut self, field: &'ast Field) {
        if !is_test_only(&field.attrs) {
            visit::visit_field(self, field);
        }
    }

    fn visit_field_value(&mut self, field: &'ast FieldValue) {
        if !is_test_only(&field.attrs) {
            visit::visit_field_value(self, field);
        }
    }

    fn visit_variant(&mut self, variant: &'ast Variant) {
        if !is_test_only(&variant.attrs) {
            visit::visit_variant(self, variant);
        }
    }

    // `pub(in crate::a)` uses nothing of that module.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if item.leading_colon.is_none() {
            let is_public = !matches!(item.vis, Visibility::Inherited);
            self.imports.extend(flatten(&item.tree, is_public));
        }
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        for path in tokens::attribute_paths(attribute) {
            // One bare name is an option of the attribute, as `default` is.
            if path.len() > 1 {
                self.paths.insert(path);
            }
        }
    }

    fn visit_expr(&mut self, expression: &'ast Expr) {
        match expression {
            Expr::Path(path) if path.qself.is_none() => {
                self.add(segments(&path.path), true);
                visit::visit_path(self, &path.path);
            }
            other => visit::visit_expr(self, other),
        }
    }

    fn visit_path(&mut self, path: &'ast Path) {
        let segments = segments(path);
        // A bare lower-case name has been dealt with as an expression; elsewhere it is a primitive type or an external name.
        if segments.len() > 1 || segments.first().is_some_and(|name| name.starts_with(char::is_uppercase)) {
            self.add(segments, false);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        let name = segments(&call.path);
        match name.as_slice() {
            [only] => drop(self.macros.insert(only.clone())),
            _ => self.add(name, false),
        }
        for path in tokens::paths(call.tokens.clone()) {
            let is_type = path.segments[0].starts_with(char::is_uppercase);
            match path.role {
                Role::Macro if path.segments.len() == 1 => drop(self.macros.insert(path.segments[0].clone())),
                Role::Called => self.add(path.segments, true),
                _ if path.segments.len() > 1 || is_type => self.add(path.segments, false),
                _ => {}
            }
        }
    }
}
