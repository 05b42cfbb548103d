use crate::error::Error;
use serde::{Serialize, Serializer, ser::SerializeStruct};
use std::{any::type_name, convert::Infallible, fmt};

/// The report of a failed call, as the platform and the caller get it.
///
/// A handler may return any error that converts into a `Diagnostic`. As in `lambda_runtime`, these do: [`Error`] and
/// every other boxed error, texts, [`std::io::Error`], [`Infallible`]. Give an error of your own a `From` to choose the
/// type and the message:
///
/// ```
/// use aliyun_fc_runtime::{Diagnostic, FcEvent};
/// use std::fmt;
///
/// #[derive(Debug)]
/// enum OrderError {
///     OutOfStock { article: String },
/// }
///
/// impl fmt::Display for OrderError {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         match self {
///             Self::OutOfStock { article } => write!(f, "no {article} left"),
///         }
///     }
/// }
///
/// impl std::error::Error for OrderError {}
///
/// impl From<OrderError> for Diagnostic {
///     fn from(error: OrderError) -> Self {
///         Self::new("OutOfStock", error.to_string())
///     }
/// }
///
/// async fn order(event: FcEvent<String>) -> Result<(), OrderError> {
///     Err(OrderError::OutOfStock { article: event.payload })
/// }
///
/// let diagnostic = Diagnostic::from(OrderError::OutOfStock { article: "chairs".into() });
/// assert_eq!(diagnostic.to_string(), "OutOfStock: no chairs left");
/// assert_eq!(
///     serde_json::to_string(&diagnostic).unwrap(),
///     r#"{"errorMessage":"no chairs left","errorType":"OutOfStock","stackTrace":[]}"#
/// );
/// # let _ = order;
/// ```
///
/// Inside a handler, `?` takes every standard error where the handler returns [`Error`]. Where it returns a `Diagnostic`,
/// [`Diagnostic::from_error`] converts the rest:
///
/// ```
/// # use aliyun_fc_runtime::{Diagnostic, Error, FcEvent};
/// async fn double(event: FcEvent<String>) -> Result<u8, Error> {
///     Ok(event.payload.parse::<u8>()? * 2)
/// }
///
/// async fn half(event: FcEvent<String>) -> Result<u8, Diagnostic> {
///     let number: u8 = event.payload.parse().map_err(Diagnostic::from_error)?;
///     Ok(number / 2)
/// }
/// # let _ = (double, half);
/// ```
///
/// It is an error itself, so that it passes through [`Error`] without losing its type.
///
/// The JSON is that of the built-in runtimes: `{"errorMessage","errorType","stackTrace":[]}`. Source: the page error
/// handling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable name of the kind of error.
    pub error_type: String,
    /// One line for people. The caller sees it, and so does the log.
    pub error_message: String,
}

impl Diagnostic {
    /// An error of this type with this message.
    pub fn new(error_type: impl Into<String>, error_message: impl Into<String>) -> Self {
        Self { error_type: error_type.into(), error_message: error_message.into() }
    }

    /// Reports any error: the short name of its Rust type becomes the error type, its text the message.
    ///
    /// ```
    /// use aliyun_fc_runtime::Diagnostic;
    ///
    /// let diagnostic = Diagnostic::from_error("ten".parse::<u8>().unwrap_err());
    /// assert_eq!(diagnostic.error_type, "ParseIntError");
    /// ```
    pub fn from_error<E: std::error::Error>(error: E) -> Self {
        Self::new(short_type_name::<E>(), error.to_string())
    }

    /// An error whose type says nothing about its kind.
    fn from_text(message: impl Into<String>) -> Self {
        Self::new("Error", message)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.error_type, self.error_message)
    }
}

impl std::error::Error for Diagnostic {}

impl From<Error> for Diagnostic {
    /// A boxed `Diagnostic` keeps its type and message.
    fn from(error: Error) -> Self {
        error.downcast::<Self>().map_or_else(|error| Self::from_text(error.to_string()), |own| *own)
    }
}

impl From<Box<dyn std::error::Error>> for Diagnostic {
    /// A boxed `Diagnostic` keeps its type and message.
    fn from(error: Box<dyn std::error::Error>) -> Self {
        error.downcast::<Self>().map_or_else(|error| Self::from_text(error.to_string()), |own| *own)
    }
}

impl From<std::io::Error> for Diagnostic {
    fn from(error: std::io::Error) -> Self {
        Self::from_error(error)
    }
}

impl From<Infallible> for Diagnostic {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl From<String> for Diagnostic {
    fn from(message: String) -> Self {
        Self::from_text(message)
    }
}

impl From<&'static str> for Diagnostic {
    fn from(message: &'static str) -> Self {
        Self::from_text(message)
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

/// `ParseIntError` of `core::num::ParseIntError`. A box says nothing about the kind: `Error`.
fn short_type_name<E>() -> &'static str {
    let name = type_name::<E>();
    let name = name.split('<').next().unwrap_or(name);
    match name.rsplit("::").next().unwrap_or(name) {
        "Box" => "Error",
        short => short,
    }
}
