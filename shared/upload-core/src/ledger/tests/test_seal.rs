//! A seal that needs no key.

use super::super::Seal;
use crate::{Error, ErrorKind, tests::memory::crc64};
use secrecy::SecretString;

/// Hides a secret from the eye and binds it to its context.
pub(crate) struct TestSeal;

impl Seal for TestSeal {
    fn seal(&self, plain: &[u8], context: &str) -> Result<String, Error> {
        let hex: String = plain.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(format!("{hex}@{context}"))
    }

    fn open(&self, sealed: &str, context: &str) -> Result<SecretString, Error> {
        let hex = sealed.strip_suffix(context).and_then(|rest| rest.strip_suffix('@'));
        let hex = hex.ok_or_else(|| Error::new(ErrorKind::Ledger, "open", "sealed for something else"))?;
        let bytes: Vec<u8> = (0..hex.len() / 2)
            .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("our own hex"))
            .collect();
        Ok(String::from_utf8(bytes).expect("our own text").into())
    }

    fn keyed_hash(&self, text: &[u8]) -> Option<String> {
        Some(format!("{:016x}", crc64(text)))
    }
}
