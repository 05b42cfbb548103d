use serde::{Serialize, Serializer, ser::SerializeStruct};
use std::fmt::Display;

/// What the platform is told about a failed call.
///
/// Anything that displays itself converts into a `Diagnostic`: its type becomes the error type, its text the message.
/// Give a handler's error a `From` of its own to choose both. The JSON is that of the built-in runtimes:
/// `{"errorMessage","errorType","stackTrace":[]}`. Source: the page error handling.
///
/// ```
/// use aliyun_fc_runtime::Diagnostic;
///
/// let named = Diagnostic::new("OutOfStock", "no chairs left");
/// assert_eq!(
///     serde_json::to_string(&named).unwrap(),
///     r#"{"errorMessage":"no chairs left","errorType":"OutOfStock","stackTrace":[]}"#
/// );
///
/// let converted = Diagnostic::from("ten".parse::<u8>().unwrap_err());
/// assert_eq!(converted.error_type, "ParseIntError");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// A stable name of the kind of error.
    pub error_type: String,
    /// One line for people. The caller sees it, and so does the log.
    pub error_message: String,
}

impl Diagnostic {
    /// An error of this kind with this message.
    pub fn new(error_type: impl Into<String>, error_message: impl Into<String>) -> Self {
        Self { error_type: error_type.into(), error_message: error_message.into() }
    }
}

impl<E: Display> From<E> for Diagnostic {
    fn from(error: E) -> Self {
        Self::new(short_type_name::<E>(), error.to_string())
    }
}

impl Serialize for Diagnostic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Diagnostic", 3)?;
        fields.serialize_field("errorMessage", &self.error_message)?;
        fields.serialize_field("errorType", &self.error_type)?;
        fields.serialize_field("stackTrace", &[(); 0])?;
        fields.end()
    }
}

/// `ParseIntError` of `core::num::ParseIntError`. A box or a text says nothing about the kind: `Error`.
fn short_type_name<E>() -> &'static str {
    let name = std::any::type_name::<E>();
    let name = name.split('<').next().unwrap_or(name);
    match name.rsplit("::").next().unwrap_or(name) {
        "Box" | "String" | "&str" => "Error",
        short => short,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_type_is_the_short_name_of_the_type() {
        let boxed: crate::Error = "full".into();
        assert_eq!(Diagnostic::from(boxed), Diagnostic::new("Error", "full"));
        assert_eq!(Diagnostic::from("full"), Diagnostic::new("Error", "full"));
        assert_eq!(Diagnostic::from(String::from("full")), Diagnostic::new("Error", "full"));
        assert_eq!(Diagnostic::from(std::io::Error::other("full")), Diagnostic::new("Error", "full"));
        assert_eq!(Diagnostic::from(std::fmt::Error).error_type, "Error");
        assert_eq!(Diagnostic::from(std::sync::mpsc::SendError(1)).error_type, "SendError");
    }
}
