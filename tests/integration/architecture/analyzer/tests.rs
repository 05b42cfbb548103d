//! The analyzer itself, held to small made-up crates.

use super::find_cycles;
use std::{collections::BTreeMap, path::Path};

/// The cycles of a crate given as files, one arrow a line.
fn cycles(files: &[(&str, &str)]) -> Vec<String> {
    let files: BTreeMap<_, _> = files.iter().copied().collect();
    let read = |path: &Path| files.get(path.to_str()?).map(|text| (*text).to_owned());
    find_cycles(Path::new("lib.rs"), &read).iter().map(ToString::to_string).collect()
}

const TWO: (&str, &str) = ("lib.rs", "mod a; mod b;");

#[test]
fn two_files_that_use_each_other_are_a_cycle() {
    let a = ("a.rs", "use crate::b::B; pub struct A(B);");
    let b = ("b.rs", "pub struct B; fn f(_: &super::a::A) {}");
    assert_eq!(cycles(&[TWO, a, b]), ["  a.rs -> b.rs (B)\n  b.rs -> a.rs (A)\n"]);
    assert_eq!(cycles(&[TWO, a, ("b.rs", "pub struct B;")]), [""; 0]);
}

#[test]
fn three_files_in_a_ring_are_one_cycle() {
    let found = cycles(&[
        ("lib.rs", "mod a; mod b; mod c; mod d;"),
        ("a.rs", "pub fn a() { crate::b::b() }"),
        ("b.rs", "use super::c; pub fn b() { c::c() }"),
        ("c.rs", "pub fn c() { Some(()).map(crate::a::a); }"),
        ("d.rs", "pub fn d() { crate::a::a() }"),
    ]);
    assert_eq!(found, ["  a.rs -> b.rs (b)\n  b.rs -> c.rs (c)\n  c.rs -> a.rs (a)\n"]);
}

/// `crate::Error` is `crate::error::Error`: the root that re-exports it is not used.
#[test]
fn a_re_export_makes_no_cycle() {
    let error = ("error.rs", "pub struct Error;");
    let a = ("a.rs", "use crate::Error; pub struct A(Error); fn f() -> crate::Error { crate::Error }");
    assert_eq!(
        cycles(&[("lib.rs", "mod a; mod error; pub use error::Error; pub use a::A;"), error, a]),
        [""; 0]
    );
    let glob = ("lib.rs", "mod a; mod error; pub use error::*; pub use self::a::A;");
    assert_eq!(cycles(&[glob, error, a]), [""; 0]);
    let renamed = ("lib.rs", "mod a; mod error; pub use error::Error as Failure; pub use a::A;");
    let a = ("a.rs", "use crate::Failure as Error; pub struct A(Error);");
    assert_eq!(cycles(&[renamed, error, a]), [""; 0]);
}

#[test]
fn a_re_export_that_its_file_uses_itself_is_an_arrow() {
    let root = ("lib.rs", "mod a; pub use a::A; pub struct Root; fn f() -> A { A }");
    let a = ("a.rs", "pub struct A; fn f(_: crate::Root) {}");
    assert_eq!(cycles(&[root, a]), ["  a.rs -> lib.rs (Root)\n  lib.rs -> a.rs (A)\n"]);
}

#[test]
fn a_parent_and_a_child_that_use_each_other_are_a_cycle() {
    let parent = ("a/mod.rs", "mod child; pub(super) struct Parent; fn f() { child::f() }");
    let child = ("a/child.rs", "pub fn f() { let _ = super::Parent; }");
    let found = cycles(&[("lib.rs", "mod a;"), parent, child]);
    assert_eq!(found, ["  a/child.rs -> a/mod.rs (Parent)\n  a/mod.rs -> a/child.rs (f)\n"]);
    let parent = ("a.rs", "mod child; pub use child::f; pub struct Parent;");
    assert_eq!(
        cycles(&[("lib.rs", "mod a;"), parent, child]),
        [""; 0],
        "declaring and re-exporting is no use"
    );
}

#[test]
fn siblings_reached_through_the_parent_are_no_use_of_it() {
    let found = cycles(&[
        ("lib.rs", "mod a;"),
        ("a/mod.rs", "mod one; mod two; use one::One; fn f(_: One) {}"),
        ("a/one.rs", "pub struct One(super::two::Two);"),
        ("a/two.rs", "use super::*; pub struct Two;"),
    ]);
    assert_eq!(found, [""; 0]);
}

#[test]
fn what_only_tests_compile_is_left_out() {
    let a =
        ("a.rs", "pub struct A; #[cfg(test)] use crate::b::B; #[cfg(test)] mod tests { use crate::b::B; }");
    let b = ("b.rs", "use crate::a::A; pub struct B(A); #[cfg(all(test, unix))] fn f() {}");
    assert_eq!(cycles(&[TWO, a, b]), [""; 0]);
    let a = ("a.rs", "pub struct A; #[cfg(not(test))] fn f(_: crate::b::B) {}");
    assert_eq!(cycles(&[TWO, a, b]).len(), 1);
    let a = ("a.rs", "pub struct A; fn f() { #[cfg(test)] crate::b::f(); }");
    assert_eq!(cycles(&[TWO, a, b]), [""; 0]);
}

#[test]
fn paths_in_macros_and_attributes_count() {
    let b = ("b.rs", "use crate::a::A; pub struct B(A);");
    let called = ("a.rs", r#"pub struct A; fn f() { assert!(x.is_empty(), "{}", crate::b::B); }"#);
    assert_eq!(cycles(&[TWO, called, b]).len(), 1);
    let with = ("a.rs", r#"pub struct A { #[serde(with = "crate::b::B")] x: u8 }"#);
    assert_eq!(cycles(&[TWO, with, b]).len(), 1);
    let field = ("a.rs", "pub struct A; fn f() { assert!(x.b, y.b::<u8>()); }");
    assert_eq!(cycles(&[TWO, field, b]), [""; 0]);
}

#[test]
fn macros_are_found_without_a_path() {
    let a = ("a.rs", "macro_rules! say { () => {} } pub(crate) use say; fn f() { crate::b::b() }");
    let b = ("b.rs", "pub fn b() { say!() }");
    assert_eq!(cycles(&[TWO, a, b]), ["  a.rs -> b.rs (b)\n  b.rs -> a.rs (say!)\n"]);
}

#[test]
fn a_variable_is_not_the_function_of_its_name() {
    let a =
        ("a/mod.rs", "mod place; pub(crate) use place::place; pub struct A; fn f(place: u8) -> u8 { place }");
    let place = ("a/place.rs", "pub fn place() -> super::A { super::A }");
    assert_eq!(cycles(&[("lib.rs", "mod a;"), a, place]), [""; 0]);
    let a = ("a/mod.rs", "mod place; pub(crate) use place::place; pub struct A; fn f() { place(); }");
    assert_eq!(cycles(&[("lib.rs", "mod a;"), a, place]).len(), 1);
}

#[test]
fn variants_and_associated_items_belong_to_their_type() {
    let a = ("a.rs", "use crate::b::Kind; pub struct A; fn f() -> Kind { Kind::One }");
    let b = ("b.rs", "pub enum Kind { One } use Kind::One; fn f() { crate::a::A::new(); }");
    assert_eq!(cycles(&[TWO, a, b]), ["  a.rs -> b.rs (Kind)\n  b.rs -> a.rs (A)\n"]);
}

#[test]
fn an_inline_module_belongs_to_its_file() {
    let a = ("a.rs", "pub mod inner { pub struct Inner; fn f() { super::f(); } } fn f() { inner::Inner; }");
    assert_eq!(cycles(&[TWO, a, ("b.rs", "fn f(_: crate::a::inner::Inner) {}")]), [""; 0]);
}

#[test]
fn a_name_that_leads_to_itself_is_no_endless_search() {
    let root = ("lib.rs", "mod a; pub use a::*; use missing::missing; fn f() { missing::x(); other(); }");
    assert_eq!(cycles(&[root, ("a.rs", "pub use super::*; pub use crate::a::nothing;")]), [""; 0]);
}
