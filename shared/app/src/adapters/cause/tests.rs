//! Each cause is found behind the error that an adapter makes of it.

use super::*;
use object_storage::{HttpClient, Store, StoreConfig};
use upload_core::ErrorKind;

/// The core's error of a store's error, as the adapters make it.
fn wrap(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
    Error::new(ErrorKind::Ledger, "put", "the ledger's store failed").with_source(error)
}

/// The outermost known cause counts, whatever the texts around it say.
#[test]
fn a_cause_is_found_behind_other_errors() {
    let io = |kind: io::ErrorKind| wrap(wrap(io::Error::from(kind)));
    let cases = [
        (io(io::ErrorKind::StorageFull), Some(Cause::DiskFull)),
        (io(io::ErrorKind::QuotaExceeded), Some(Cause::DiskFull)),
        (io(io::ErrorKind::ReadOnlyFilesystem), Some(Cause::ReadOnlyDisk)),
        (io(io::ErrorKind::PermissionDenied), Some(Cause::FileDenied)),
        (io(io::ErrorKind::ConnectionRefused), None),
        (wrap(Cause::WrongSealKey), Some(Cause::WrongSealKey)),
        (Error::new(ErrorKind::SourceDenied, "read", "the object is archived; restore it first"), None),
    ];
    for (error, cause) in cases {
        assert_eq!(find_cause(&error), cause, "{error:?}");
    }
}

/// A store that is not there is named with its host and port.
#[tokio::test]
async fn an_unreachable_store_is_named_by_its_host() {
    let http = HttpClient::new(crate::adapters::tls::client_config().expect("TLS"));
    let config = StoreConfig::oss("films").endpoint("http://127.0.0.1:1").region(Some("cn-hangzhou".into()));
    let store =
        Store::new(config.credentials(object_storage::Credentials::Anonymous), http).expect("a store");
    let error = store.head("a.mp4").await.expect_err("nobody listens");
    assert!(error.to_string().contains("cannot be reached (host 127.0.0.1:1"), "{error}");
    let host = Some("127.0.0.1:1".to_owned());
    assert_eq!(find_cause(&wrap(error)), Some(Cause::Unreachable { host }));
}

/// A disk that is full names itself: on Linux `/dev/full` is one.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_found_by_the_systems_own_error() {
    use std::io::Write as _;
    let mut full = std::fs::File::options().write(true).open("/dev/full").expect("Linux has it");
    let error = full.write_all(b"x").expect_err("it is full");
    assert_eq!(find_cause(&wrap(error)), Some(Cause::DiskFull));
}
