//! Sealing with AES-256-GCM. The context is authenticated with the secret: sealed text does not open elsewhere.

use super::error::config;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac::{self, HMAC_SHA256},
    rand::{SecureRandom, SystemRandom},
};
use secrecy::{ExposeSecret, SecretString};
use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};
use upload_core::{Error, ErrorKind, ledger::Seal};

const KEY_BYTES: usize = 32;
const KEY_FILE: &str = "seal.key";
/// How sealed text begins; another way of sealing begins otherwise.
const FORMAT: &str = "a1.";
/// Keeps the key of hashes apart from that of secrets.
const HASHES: &[u8] = b"oss2youku keyed hashes";

/// Seals with one key.
pub struct AesSeal {
    key: LessSafeKey,
    hashes: hmac::Key,
    random: SystemRandom,
}

impl AesSeal {
    /// From 32 bytes in base64, as `openssl rand -base64 32` prints them.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where it is no such key.
    pub fn from_base64(key: &SecretString) -> Result<Self, Error> {
        let wrong =
            || config("the ledger's key is not 32 bytes in base64; `openssl rand -base64 32` makes one");
        let bytes = BASE64.decode(key.expose_secret().trim()).map_err(|_| wrong())?;
        let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| wrong())?;
        let derived = hmac::sign(&hmac::Key::new(HMAC_SHA256, &bytes), HASHES);
        let hashes = hmac::Key::new(HMAC_SHA256, derived.as_ref());
        Ok(Self { key: LessSafeKey::new(key), hashes, random: SystemRandom::new() })
    }

    /// From the key file of a ledger kept in `folder`; the first use makes it, readable for its owner alone.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where it cannot be read, made, or is no key.
    pub fn from_folder(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(KEY_FILE);
        let key = read_or_make(&path).map_err(|error| {
            let message = "the ledger's key file cannot be read or made";
            config(message).with_context("file", path.display().to_string()).with_source(error)
        })?;
        Self::from_base64(&key)
    }
}

impl Seal for AesSeal {
    fn seal(&self, plain: &[u8], context: &str) -> Result<String, Error> {
        let failed = || Error::new(ErrorKind::Ledger, "seal", "a secret could not be sealed");
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| failed())?;
        let mut sealed = plain.to_vec();
        let aad = Aad::from(context.as_bytes());
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)
            .map_err(|_| failed())?;
        Ok(format!("{FORMAT}{}", BASE64.encode([&nonce[..], &sealed].concat())))
    }

    fn open(&self, sealed: &str, context: &str) -> Result<SecretString, Error> {
        let open = || {
            let mut bytes = BASE64.decode(sealed.strip_prefix(FORMAT)?).ok()?;
            let (nonce, text) = bytes.split_at_mut_checked(NONCE_LEN)?;
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let plain = self.key.open_in_place(nonce, Aad::from(context.as_bytes()), text).ok()?;
            Some(SecretString::from(str::from_utf8(plain).ok()?))
        };
        open().ok_or_else(|| {
            let message = "a secret in the ledger was sealed with another key, or is damaged: set the key that this ledger began with";
            Error::new(ErrorKind::Ledger, "open", message)
        })
    }

    fn keyed_hash(&self, text: &[u8]) -> String {
        hmac::sign(&self.hashes, text).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A key as [`AesSeal::from_base64`] takes it, made of randomness.
///
/// # Errors
/// [`Config`](ErrorKind::Config) where the machine has none.
pub fn random_seal_key() -> Result<String, Error> {
    let mut key = [0; KEY_BYTES];
    SystemRandom::new().fill(&mut key).map_err(|_| config("the machine has no randomness for a key"))?;
    Ok(BASE64.encode(key))
}

fn read_or_make(path: &Path) -> io::Result<SecretString> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(path)?,
        found => return found.map(Into::into),
    }
    fs::read_to_string(path).map(Into::into)
}

/// Makes the file whole or not at all; where two processes do so at once, the first one's stays.
fn make(path: &Path) -> io::Result<()> {
    let mut random = [0; KEY_BYTES + 8];
    let fill = SystemRandom::new().fill(&mut random);
    fill.map_err(|_| io::Error::other("no randomness"))?;
    let (key, name) = random.split_at(KEY_BYTES);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let name: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
    let unfinished = Unfinished(path.with_file_name(format!(".unfinished-{name}")));
    let mut options = fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished.0)?;
    file.write_all(format!("{}\n", BASE64.encode(key)).as_bytes())?;
    file.sync_all()?;
    match fs::hard_link(&unfinished.0, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

/// Takes the other name of the key away.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _gone_already = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
#[expect(clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn key(byte: u8) -> SecretString {
        BASE64.encode([byte; KEY_BYTES]).into()
    }

    #[test]
    fn a_keyed_hash_tells_texts_and_keys_apart_and_stays_the_same() {
        let seal = |byte| AesSeal::from_base64(&key(byte)).expect("a key");
        let hash = seal(1).keyed_hash(b"token");
        assert!(hash.len() == 64 && hash == seal(1).keyed_hash(b"token"));
        assert!(hash != seal(1).keyed_hash(b"other") && hash != seal(2).keyed_hash(b"token"));
    }

    #[test]
    fn what_was_sealed_opens_with_the_same_key_and_context_only() {
        let seal = AesSeal::from_base64(&key(1)).expect("a key");
        let sealed = seal.seal("口令".as_bytes(), "id/field").expect("sealed");
        assert_ne!(
            sealed,
            seal.seal("口令".as_bytes(), "id/field").expect("sealed"),
            "no nonce is used twice"
        );
        assert_eq!(seal.open(&sealed, "id/field").expect("opens").expose_secret(), "口令");
        let other = AesSeal::from_base64(&key(2)).expect("a key");
        let damaged = format!("{}A{}", &sealed[..8], &sealed[9..]);
        for (seal, sealed, context) in [
            (&other, sealed.as_str(), "id/field"),
            (&seal, &sealed, "id/other"),
            (&seal, &damaged, "id/field"),
            (&seal, &sealed[..12], "id/field"),
            (&seal, "plain", "id/field"),
        ] {
            let error = seal.open(sealed, context).expect_err("it does not open");
            assert_eq!(error.kind(), ErrorKind::Ledger);
        }
    }

    #[test]
    fn text_that_another_implementation_sealed_opens() {
        let seal = AesSeal::from_base64(&key(7)).expect("a key");
        let kept = "a1.AAECAwQFBgcICQoLa+SKAnh9U5jFPUZjM61GEYtOJ6AFMA==";
        assert_eq!(seal.open(kept, "id/field").expect("opens").expose_secret(), "secret");
    }

    #[test]
    fn a_key_that_is_none_is_refused_without_being_shown() {
        for wrong in ["", "c2hvcnQ=", "not base64!"] {
            let Err(error) = AesSeal::from_base64(&wrong.into()) else { panic!("it is no key") };
            let shown = format!("{error:?}");
            assert!(
                error.kind() == ErrorKind::Config && (wrong.is_empty() || !shown.contains(wrong)),
                "{shown}"
            );
        }
    }

    #[test]
    fn a_folder_gets_one_key_that_only_its_owner_reads() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep/ledger");
        let sealed = std::thread::scope(|scope| {
            let makers = [(); 8].map(|()| scope.spawn(|| AesSeal::from_folder(&path)));
            makers.map(|maker| {
                maker.join().expect("no panic").expect("a key").seal(b"secret", "c").expect("sealed")
            })
        });
        let seal = AesSeal::from_folder(&path).expect("the same key");
        for sealed in sealed {
            assert_eq!(seal.open(&sealed, "c").expect("opens").expose_secret(), "secret");
        }
        let names = fs::read_dir(&path).expect("listed").count();
        assert_eq!(names, 1, "nothing unfinished stays");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(path.join(KEY_FILE)).expect("it is there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
