//! The file that holds the bearer token.

use http::HeaderValue;
use std::{fs, io, path::Path};
use thiserror::Error;

/// What is wrong with a file that must hold a token.
#[derive(Debug, Error)]
pub(crate) enum TokenFileError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("must hold one token: a line of visible ASCII characters")]
    NotOneToken,
}

/// Reads the file and makes the value of the `Authorization` header, marked as sensitive.
///
/// # Errors
/// A file that cannot be read or does not hold one token. The text does not repeat the file's content.
pub(crate) fn read_token(file: &Path) -> Result<HeaderValue, TokenFileError> {
    parse_token(&fs::read_to_string(file)?).ok_or(TokenFileError::NotOneToken)
}

fn parse_token(text: &str) -> Option<HeaderValue> {
    let token = text.trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return None;
    }
    let mut value = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}
