//! How a handler's error becomes the report of a failed call.

use aliyun_fc_runtime::{Diagnostic, Error, FcEvent, Runtime, service_fn};
use std::fmt;

/// An error of a user's crate. It displays itself and has a conversion of its own: both at once must compile.
#[derive(Debug)]
struct OutOfStock(&'static str);

impl fmt::Display for OutOfStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no {} left", self.0)
    }
}

impl std::error::Error for OutOfStock {}

impl From<OutOfStock> for Diagnostic {
    fn from(error: OutOfStock) -> Self {
        Self { error_type: "OutOfStock".to_owned(), error_message: error.to_string() }
    }
}

#[test]
fn a_user_error_may_have_a_conversion_of_its_own() {
    let handler = async |_: FcEvent<()>| Err::<(), _>(OutOfStock("chairs"));
    let _runtime = Runtime::new(service_fn(handler));
    let diagnostic = Diagnostic::from(OutOfStock("chairs"));
    assert_eq!(diagnostic, Diagnostic::new("OutOfStock", "no chairs left"));
    assert_eq!(diagnostic.to_string(), "OutOfStock: no chairs left");
}

/// A handler that returns `Error` takes every standard error by `?`; one that returns a `Diagnostic` takes those that
/// `lambda_runtime` converts, too.
#[test]
fn standard_errors_pass_by_the_question_mark() {
    fn boxed() -> Result<(), Error> {
        "ten".parse::<u8>()?;
        Ok(())
    }
    fn direct() -> Result<(), Diagnostic> {
        Err(std::io::Error::other("full"))?;
        Ok(())
    }
    fn through_a_box() -> Result<(), Diagnostic> {
        boxed()?;
        Ok(())
    }
    assert_eq!(Diagnostic::from(boxed().unwrap_err()).error_message, "invalid digit found in string");
    assert_eq!(direct().unwrap_err(), Diagnostic::new("Error", "full"));
    assert_eq!(through_a_box().unwrap_err().error_type, "Error");
}

#[test]
fn a_diagnostic_passes_through_a_box_unchanged() {
    let own = Diagnostic::new("OutOfStock", "no chairs left");
    assert_eq!(Diagnostic::from(Error::from(own.clone())), own);
    assert_eq!(Diagnostic::from(Box::<dyn std::error::Error>::from(own.clone())), own);
}

#[test]
fn the_error_type_is_the_short_name_of_the_type() {
    let boxed: Error = "full".into();
    assert_eq!(Diagnostic::from(boxed), Diagnostic::new("Error", "full"));
    assert_eq!(Diagnostic::from("full"), Diagnostic::new("Error", "full"));
    assert_eq!(Diagnostic::from(String::from("full")), Diagnostic::new("Error", "full"));
    assert_eq!(Diagnostic::from(std::io::Error::other("full")), Diagnostic::new("Error", "full"));
    assert_eq!(Diagnostic::from_error(std::fmt::Error).error_type, "Error");
    assert_eq!(Diagnostic::from_error(std::sync::mpsc::SendError(1)).error_type, "SendError");
    assert_eq!(Diagnostic::from_error(Box::new(std::fmt::Error)).error_type, "Error");
}
