//! What the id of an upload depends on.

use upload_core::{Job, Location, Mode, Object, Provider, UploadId, metadata::StatedMetadata};

fn upload(etag: &str, key: &str, account: &str, again: Option<&str>) -> UploadId {
    let location = Location { provider: Provider::Oss, bucket: "b".into(), key: key.into(), region: None };
    let object = Object::new(location.clone(), etag, 1);
    let job = Job {
        location,
        account: account.into(),
        video: StatedMetadata::default(),
        publication: None,
        mode: Mode::Oss,
        md5: None,
        force_nonce: again.map(Into::into),
    };
    UploadId::new(&object, &job)
}

/// The upload id depends on version, account and nonce, but not on the ETag's case.
#[test]
fn the_upload_id_ignores_the_etags_case() {
    let id = upload("AB-1", "k", "main", None);
    assert_eq!(id.as_str().len(), 32);
    assert_eq!(id, upload("ab-1", "k", "main", None));
    for other in [
        upload("AB-2", "k", "main", None),
        upload("AB-1", "l", "main", None),
        upload("AB-1", "k", "other", None),
        upload("AB-1", "k", "main", Some("n")),
    ] {
        assert_ne!(id, other);
    }
}

#[test]
fn fields_cannot_run_into_each_other() {
    assert_ne!(upload("A", "kx", "main", None), upload("A", "k", "xmain", None));
}
