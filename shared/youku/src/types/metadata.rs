//! What is stated about a video: one table of fields, from which all that treats them alike derives.

use super::{
    invalid::Invalid,
    metadata_field::{FieldKind, FieldValue},
    words::{CopyrightType, PublicType},
};
use secrecy::SecretString;
use serde::{
    Deserialize, Serialize,
    de::{Error as _, MapAccess},
    ser::SerializeMap,
};

/// The table's `Password` where nobody chooses another form.
type Password = SecretString;

/// Replaces the value of the watch password, and passes that of every other field on.
macro_rules! with_password_replaced {
    (watch_password, $value:expr, $replace:expr) => {
        $value.map($replace).transpose()?
    };
    ($other:ident, $value:expr, $replace:expr) => {
        $value
    };
}

/// Defines [`VideoMetadata`] from the table of its fields.
macro_rules! video_metadata {
    ($($(#[doc = $doc:literal])* $field:ident: $value:ty,)*) => {
        /// What is stated about a video. As a JSON object it has these fields, each optional, and no others.
        ///
        /// Nothing here is checked: see [`NewVideo::new`](crate::NewVideo::new). Lengths are counted in characters (Unicode scalar
        /// values). `Password` is the form of the watch password: plain, or sealed for storage.
        #[derive(Debug, Clone, PartialEq, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct VideoMetadata<Password = SecretString> {
            $($(#[doc = $doc])* pub $field: Option<$value>,)*
        }

        // Derived, it would ask for a default password.
        impl<Password> Default for VideoMetadata<Password> {
            fn default() -> Self {
                Self { $($field: None,)* }
            }
        }

        impl VideoMetadata {
            /// The name and kind of every field, in the order in which they are written.
            pub const FIELDS: &[(&str, FieldKind)] =
                &[$((stringify!($field), <$value as FieldValue>::KIND),)*];

            /// Reads a field from its text; `false` if there is no such field.
            ///
            /// # Errors
            /// Names the field, and as its limit what the text must be.
            pub fn set_from_text(&mut self, field: &str, text: &str) -> Result<bool, Invalid> {
                match field {
                    $(stringify!($field) => {
                        self.$field = Some(FieldValue::from_text(stringify!($field), text)?);
                    })*
                    _ => return Ok(false),
                }
                Ok(true)
            }

            /// The stated fields as parameters of Youku's.
            #[cfg(feature = "client")]
            pub(crate) fn to_parameters(&self) -> Vec<(&'static str, String)> {
                let all = [$((stringify!($field), self.$field.as_ref().map(FieldValue::to_parameter)),)*];
                all.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()
            }
        }

        impl<Password> VideoMetadata<Password> {
            /// Whether a field is stated; `None` if there is no such field.
            #[must_use]
            pub fn states(&self, field: &str) -> Option<bool> {
                match field {
                    $(stringify!($field) => Some(self.$field.is_some()),)*
                    _ => None,
                }
            }

            /// Drops the fields whose names do not pass.
            #[must_use]
            pub fn retain(self, passes: impl Fn(&str) -> bool) -> Self {
                Self { $($field: self.$field.filter(|_| passes(stringify!($field))),)* }
            }

            /// Takes each field from `higher` if it states one, else from `lower`.
            #[must_use]
            pub fn merge(higher: Self, lower: Self) -> Self {
                Self { $($field: higher.$field.or(lower.$field),)* }
            }

            /// Converts the watch password to another form, such as a sealed one.
            ///
            /// # Errors
            /// The error of `convert`.
            pub fn try_map_password<Other, E>(
                self,
                convert: impl FnOnce(Password) -> Result<Other, E>,
            ) -> Result<VideoMetadata<Other>, E> {
                Ok(VideoMetadata { $($field: with_password_replaced!($field, self.$field, convert),)* })
            }
        }

        impl<Password: PartialEq> VideoMetadata<Password> {
            /// Names the fields that are stated here and have another value, or none, in `other`.
            #[must_use]
            pub fn list_differences(&self, other: &Self) -> Vec<&'static str> {
                let fields = [$((stringify!($field), self.$field.is_some() && self.$field != other.$field),)*];
                fields.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect()
            }
        }

        impl<Password: Serialize> VideoMetadata<Password> {
            /// Writes a field as an entry of a map, if it is stated.
            ///
            /// # Errors
            /// The error of `map`.
            pub fn serialize_field<M: SerializeMap>(&self, field: &str, map: &mut M) -> Result<(), M::Error> {
                match field {
                    $(stringify!($field) => match &self.$field {
                        Some(value) => map.serialize_entry(stringify!($field), value),
                        None => Ok(()),
                    },)*
                    _ => Ok(()),
                }
            }
        }

        impl<'de, Password: Deserialize<'de>> VideoMetadata<Password> {
            /// Reads the value of the entry whose name `map` has just read; `false`, without reading it, if there is no such field.
            ///
            /// # Errors
            /// The error of `map`; a field that occurs twice.
            pub fn deserialize_field<M: MapAccess<'de>>(
                &mut self,
                field: &str,
                map: &mut M,
            ) -> Result<bool, M::Error> {
                match field {
                    $(stringify!($field) if self.$field.is_some() => {
                        return Err(M::Error::duplicate_field(stringify!($field)));
                    }
                    stringify!($field) => self.$field = map.next_value()?,)*
                    _ => return Ok(false),
                }
                Ok(true)
            }
        }
    };
}

// A field's name here is its name in JSON, in the ledger, in Youku's `create` and, with `-` for `_`, in an object's user metadata.
video_metadata! {
    /// 1 to 60 characters; Youku insists on one.
    title: String,
    /// 1 to 10 tags of 2 to 20 characters, without commas; Youku insists on one.
    tags: Vec<String>,
    /// One of [`CATEGORIES`](crate::CATEGORIES).
    category: String,
    /// Under 2,000 characters; it may have several lines.
    description: String,
    /// Youku assumes [`CopyrightType::Original`].
    copyright_type: CopyrightType,
    /// Youku assumes [`PublicType::All`].
    public_type: PublicType,
    /// Needed with [`PublicType::Password`], and refused without it.
    watch_password: Password,
    /// Passed on as it is; its form is not documented.
    thumbnail: String,
    /// Degrees north, -90 to 90.
    latitude: f64,
    /// Degrees east, -180 to 180.
    longitude: f64,
    /// When it was shot. Passed on as it is; its form is not documented.
    shoot_time: String,
    /// Whether Youku should steady the picture; sent as 1 or 0.
    deshake: bool,
}
