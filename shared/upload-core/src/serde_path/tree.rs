//! A document in memory, and reading it with an eye on the place.

use serde::de::value::{Error, StrDeserializer, StringDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, Visitor,
};
use std::{cell::Cell, fmt, vec};

/// A value. Fields keep their order, and a field that stands twice stays twice.
pub(crate) enum Node {
    Null,
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Whole)
    }
}

struct Whole;

impl<'de> Visitor<'de> for Whole {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Signed(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Unsigned(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Node, A::Error> {
        let mut object = Vec::new();
        while let Some(field) = fields.next_entry()? {
            object.push(field);
        }
        Ok(Node::Object(object))
    }
}

/// The way from the root to a node.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    Root,
    Item(&'a Place<'a>, usize),
    Field(&'a Place<'a>, &'a str),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
            Self::Field(Self::Root, name) => f.write_str(name),
            Self::Field(parent, name) => write!(f, "{parent}.{name}"),
        }
    }
}

/// A node at its place. The innermost place that failed is left in `fault`.
pub(crate) struct Placed<'a> {
    pub(crate) node: Node,
    pub(crate) place: Place<'a>,
    pub(crate) fault: &'a Cell<Option<String>>,
}

fn note(fault: &Cell<Option<String>>, place: Place<'_>) {
    let known = fault.take();
    fault.set(Some(known.unwrap_or_else(|| place.to_string())));
}

impl<'de> Deserializer<'de> for Placed<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Self { node, place, fault } = self;
        match node {
            Node::Null => visitor.visit_unit(),
            Node::Bool(value) => visitor.visit_bool(value),
            Node::Signed(value) => visitor.visit_i64(value),
            Node::Unsigned(value) => visitor.visit_u64(value),
            Node::Float(value) => visitor.visit_f64(value),
            Node::Text(value) => visitor.visit_string(value),
            Node::List(items) => {
                let length = items.len();
                let mut items = Items { items: items.into_iter(), next: 0, place, fault };
                visitor.visit_seq(&mut items).and_then(|value| match items.items.len() {
                    0 => Ok(value),
                    _ => Err(Error::invalid_length(length, &"fewer elements")),
                })
            }
            Node::Object(fields) => {
                visitor.visit_map(Fields { fields: fields.into_iter(), current: None, place, fault })
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.node {
            Node::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    /// Words alone: no document here has variants with a content.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match &self.node {
            Node::Text(word) => {
                let word: StrDeserializer<'_, Error> = word.as_str().into_deserializer();
                visitor.visit_enum(word)
            }
            _ => Err(Error::invalid_type(Unexpected::Other("no word"), &"a word")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier
    }
}

struct Items<'a> {
    items: vec::IntoIter<Node>,
    next: usize,
    place: Place<'a>,
    fault: &'a Cell<Option<String>>,
}

impl<'de> SeqAccess<'de> for &mut Items<'_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some(node) = self.items.next() else { return Ok(None) };
        let place = Place::Item(&self.place, self.next);
        self.next += 1;
        let read = seed.deserialize(Placed { node, place, fault: self.fault }).map(Some);
        read.inspect_err(|_| note(self.fault, place))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Fields<'a> {
    fields: vec::IntoIter<(String, Node)>,
    current: Option<(String, Node)>,
    place: Place<'a>,
    fault: &'a Cell<Option<String>>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        self.current = self.fields.next();
        let Some((name, _)) = &self.current else { return Ok(None) };
        let name_of_field: StringDeserializer<Error> = name.clone().into_deserializer();
        let read = seed.deserialize(name_of_field).map(Some);
        read.inspect_err(|_| note(self.fault, Place::Field(&self.place, name)))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let (name, node) = self.current.take().ok_or_else(|| Error::custom("a value without its name"))?;
        let place = Place::Field(&self.place, &name);
        let read = seed.deserialize(Placed { node, place, fault: self.fault });
        read.inspect_err(|_| note(self.fault, place))
    }
}
