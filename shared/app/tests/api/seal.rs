//! Sealing the ledger's secrets.

use app::ledger::AesSeal;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use secrecy::{ExposeSecret, SecretString};
use std::fs;
use upload_core::{ErrorKind, ledger::Seal};

/// Bytes of a key.
const KEY_BYTES: usize = 32;

fn key(byte: u8) -> SecretString {
    BASE64.encode([byte; KEY_BYTES]).into()
}

#[test]
fn a_keyed_hash_tells_texts_and_keys_apart_and_stays_the_same() {
    let seal = |byte| AesSeal::from_base64(&key(byte)).expect("a key");
    let hash = seal(1).keyed_hash(b"token");
    assert!(hash.as_ref().is_some_and(|hash| hash.len() == 64) && hash == seal(1).keyed_hash(b"token"));
    assert!(hash != seal(1).keyed_hash(b"other") && hash != seal(2).keyed_hash(b"token"));
}

#[test]
fn what_was_sealed_opens_with_the_same_key_and_context_only() {
    let seal = AesSeal::from_base64(&key(1)).expect("a key");
    let sealed = seal.seal("口令".as_bytes(), "id/field").expect("sealed");
    assert_ne!(sealed, seal.seal("口令".as_bytes(), "id/field").expect("sealed"), "no nonce is used twice");
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
        assert!(error.kind() == ErrorKind::Config && (wrong.is_empty() || !shown.contains(wrong)), "{shown}");
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
        let mode = fs::metadata(path.join("seal.key")).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
