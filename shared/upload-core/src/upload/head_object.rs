//! Asks the source which version of a file is there.

use crate::{Error, Location, Object, RetryPolicy, Source, retry::RetryBudget};

/// The version of a file that is there now.
///
/// # Errors
/// [`SourceMissing`](crate::ErrorKind::SourceMissing) where there is none; else the error of the source once the retry budget is used up.
pub async fn head_object(
    source: &dyn Source,
    location: &Location,
    retry: &RetryPolicy,
) -> Result<Object, Error> {
    RetryBudget::new(*retry).retry(|| source.head(location)).await
}
