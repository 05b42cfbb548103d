//! The port over a folder, and a ledger on top of it.

use crate::scripted_bucket::{response, start_bucket};
use app::{
    Readable,
    ledger::{AesSeal, StoreLedger},
    store_client,
};
use object_storage::{Credentials, Provider, Store, StoreConfig};
use std::{
    fs,
    sync::Arc,
    time::{Duration, SystemTime},
};
use tempfile::TempDir;
use upload_core::{
    ErrorKind, Job, Location, Mode, Object, SystemClock, UploadId,
    ledger::{
        Claim, Created, Failure, Ledger, LedgerSettings, LedgerStore, Page, State, Step, UploadRequest,
    },
};

fn open_folder() -> (TempDir, StoreLedger) {
    let folder = tempfile::tempdir().expect("a folder");
    let http = store_client().expect("a client");
    let store = Store::new(StoreConfig::folder(folder.path()), http).expect("a store");
    (folder, StoreLedger::new(store, "oss2youku/"))
}

#[tokio::test]
async fn an_entry_is_created_once_replaced_read_and_deleted() {
    let (folder, store) = open_folder();
    store.check_at_start().await.expect("a folder will do");
    let Ok(Created::Yes { now, .. }) = store.create("a/1", "first".into()).await else {
        panic!("not created")
    };
    assert_eq!(store.create("a/1", "second".into()).await.expect("answered"), Created::Exists);
    let found = store.read("a/1").await.expect("read").expect("it is there");
    assert_eq!(found.bytes, "first");
    assert!(found.modified <= found.now && now <= found.now);
    assert!(found.now.duration_since(found.modified).expect("older") < Duration::from_secs(60));
    store.write("a/1", "third".into()).await.expect("replaced");
    assert_eq!(fs::read(folder.path().join("oss2youku/a/1")).expect("below the prefix"), b"third");
    store.delete("a/1").await.expect("deleted");
    store.delete("a/1").await.expect("deleted before");
    assert!(store.read("a/1").await.expect("read").is_none());
}

#[tokio::test]
async fn lists_are_in_order_in_pages_and_without_the_prefix() {
    let (_folder, store) = open_folder();
    for key in ["b/3", "b/1", "a/9", "b/2", "c"] {
        store.write(key, "x".into()).await.expect("written");
    }
    let first = store.list("b/", None, 2).await.expect("listed");
    let keys = |page: &Page| page.keys.iter().map(|listed| listed.key.clone()).collect::<Vec<_>>();
    assert_eq!((keys(&first), first.next.as_deref()), (vec!["b/1".into(), "b/2".into()], Some("b/2")));
    let rest = store.list("b/", Some("b/2"), 2).await.expect("listed");
    assert_eq!((keys(&rest), rest.next), (vec!["b/3".to_owned()], None));
}

#[tokio::test]
async fn a_folders_time_is_the_one_it_writes_on_files() {
    let (folder, store) = open_folder();
    store.write("k", "x".into()).await.expect("written");
    let file = fs::File::options().write(true).open(folder.path().join("oss2youku/k")).expect("there");
    let earlier = SystemTime::now() - Duration::from_secs(20);
    file.set_modified(earlier).expect("set");
    let found = store.read("k").await.expect("read").expect("it is there");
    let age = found.now.duration_since(found.modified).expect("older");
    assert!(age >= Duration::from_secs(19) && age < Duration::from_secs(60), "{age:?}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_an_error_of_the_ledger() {
    let (folder, store) = open_folder();
    fs::create_dir_all(folder.path().join("oss2youku/a/b")).expect("made");
    let error = store.write("a", "x".into()).await.expect_err("there is a folder in the way");
    assert_eq!(error.kind(), ErrorKind::Ledger);
}

#[tokio::test]
async fn a_ledger_in_a_folder_lives_through_two_holders() {
    let (folder, store) = open_folder();
    let seal = AesSeal::from_folder(&folder.path().join("oss2youku")).expect("a key");
    let ledger =
        Ledger::new(Arc::new(store), Arc::new(seal), LedgerSettings::default(), Arc::new(SystemClock));
    let location =
        Location { provider: upload_core::Provider::Oss, bucket: "b".into(), key: "k".into(), region: None };
    let job = Job {
        location: location.clone(),
        account: "main".into(),
        video: Default::default(),
        publication: None,
        mode: Mode::Oss,
        md5: None,
        force_nonce: None,
    };
    let object = Object::new(location, "A", 1);
    let id = UploadId::new(&object, &job);
    let work = UploadRequest::new(job, object);
    ledger.birth().await.expect("born");
    let Ok(Claim::Acquired(held)) = ledger.claim(&id, &work).await else { panic!("nobody holds it") };
    let error = ledger.claim(&id, &work).await.expect_err("it is held");
    assert_eq!(error.kind(), ErrorKind::InProgress);
    held.release().await;
    let Ok(Claim::Acquired(mut held)) = ledger.resume(&id).await else { panic!("it was released") };
    let failure = Failure { code: "source_missing".into(), text: "it is gone".into(), advice: None };
    held.append(Step::Failed(failure)).await.expect("appended");
    held.release().await;
    let record = ledger.read(&id).await.expect("readable").expect("it is there");
    assert_eq!((record.state, record.sequence(), record.epoch), (State::Failed, 3, 2));
    assert!(ledger.open_marks(None, 10).await.expect("listed").uploads.is_empty());
    assert!(ledger.birth().await.expect("born") <= SystemTime::now());
}

fn open_bucket(config: StoreConfig, endpoint: &str) -> StoreLedger {
    let credentials = Credentials::Static {
        access_key_id: "id".into(),
        access_key_secret: "secret".into(),
        security_token: None,
    };
    let config = config.endpoint(endpoint).region(Some("cn-hangzhou".into())).credentials(credentials);
    let http = store_client().expect("a client");
    let window = Duration::from_millis(500);
    StoreLedger::new(Store::new(config, http).expect("a store"), "oss2youku/").with_window(window)
}

/// On OSS a version in the response to a write stops the work at once: steps can be overwritten there.
#[tokio::test]
async fn a_version_in_the_response_to_a_write_is_refused() {
    for version in ["null", "CAEQ7"] {
        let headers = format!("ETag: \"A\"\r\nx-oss-version-id: {version}\r\n");
        let (endpoint, asked) = start_bucket(move |_| response("200 OK", &headers, ""));
        let store = open_bucket(StoreConfig::oss("b"), &endpoint);
        let created = store.create("a/1", "x".into()).await.expect_err("steps can be overwritten");
        let written = store.write("lease", "x".into()).await.expect_err("the same");
        for error in [created, written] {
            assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Config, false), "{error}");
            assert!(error.to_string().contains("versioning") && error.to_string().contains("bucket: b"));
        }
        assert_eq!(asked.lock().expect("no panic").len(), 2, "nobody asks the bucket a further question");
        store.read("a/1").await.expect("reads are none of that").expect("it is there");
    }
}

#[tokio::test]
async fn create_only_holds_on_an_s3_bucket_that_keeps_versions() {
    let headers = "ETag: \"A\"\r\nx-amz-version-id: v1\r\n";
    let (endpoint, _) = start_bucket(move |_| response("200 OK", headers, ""));
    let store = open_bucket(StoreConfig::s3("b"), &endpoint);
    assert!(matches!(store.create("a/1", "x".into()).await, Ok(Created::Yes { .. })));
    assert_eq!(store.window(), Duration::ZERO);
}

/// An entry's tag is the same text in the response to a put, in a read and in a list.
#[tokio::test]
async fn an_entrys_tag_is_spelled_the_same_everywhere() {
    let list = "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>oss2youku/a/1</Key><Size>1</Size>\
                <ETag>&quot;5D41402A&quot;</ETag><LastModified>2027-01-15T07:59:00.000Z</LastModified></Contents></ListBucketResult>";
    let (endpoint, _) = start_bucket(move |request| match request {
        _ if request.contains("list-type") => response("200 OK", "", list),
        _ if request.starts_with("put") => response("200 OK", "ETag: 5d41402a\r\n", ""),
        _ => response("200 OK", "ETag: \"5d41402A\"\r\n", "x"),
    });
    let store = open_bucket(StoreConfig::oss("b"), &endpoint);
    let created = store.create("a/1", "x".into()).await.expect("created");
    let Created::Yes { tag: created, .. } = created else { panic!("not created") };
    let read = store.read("a/1").await.expect("read").expect("it is there").tag;
    let listed = store.list("a/", None, 10).await.expect("listed").keys[0].tag.clone();
    assert_eq!([created, read, listed].map(|tag| tag.expect("told")), ["5D41402A"; 3]);
    assert_eq!(store.window(), Duration::from_millis(500));
}

#[tokio::test]
async fn a_folders_tags_agree_and_it_has_no_window() {
    let (_folder, store) = open_folder();
    let store = store.with_window(Duration::from_millis(500));
    let created = store.create("a/1", "x".into()).await.expect("created");
    let Created::Yes { tag: Some(tag), .. } = created else { panic!("not created, or no tag") };
    assert_eq!(store.read("a/1").await.expect("read").expect("there").tag.as_ref(), Some(&tag));
    assert_eq!(store.list("a/", None, 1).await.expect("listed").keys[0].tag.as_ref(), Some(&tag));
    assert_eq!(store.window(), Duration::ZERO);
}

/// What the bucket does to entries is read as far as the key may ask.
#[tokio::test]
async fn the_buckets_properties_are_read_as_far_as_allowed() {
    let rule = |prefix: &str| {
        format!(
            "<Rule><ID>{prefix}</ID><Prefix>{prefix}</Prefix><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>"
        )
    };
    let rules =
        format!("<LifecycleConfiguration>{}{}</LifecycleConfiguration>", rule("oss2"), rule("other/"));
    let versions = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    let (endpoint, _) = start_bucket(move |request| {
        response("200 OK", "", if request.contains("lifecycle") { &rules } else { versions })
    });
    let seen = open_bucket(StoreConfig::s3("b"), &endpoint).bucket().await.expect("asked");
    assert_eq!((seen.provider, seen.versions), (Provider::S3, Readable::Known(true)));
    let Readable::Known(rules) = seen.deleting_rules else { panic!("not known") };
    assert_eq!(rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>(), ["oss2"]);

    let refused = |status: &'static str, code: &'static str| {
        let body = format!("<Error><Code>{code}</Code><Message>x</Message></Error>");
        start_bucket(move |_| response(status, "", &body)).0
    };
    let unseen =
        |endpoint: String| async move { open_bucket(StoreConfig::oss("b"), &endpoint).bucket().await };
    let denied = unseen(refused("403 Forbidden", "AccessDenied")).await.expect("asked");
    assert_eq!((denied.versions, denied.deleting_rules), (Readable::Denied, Readable::Denied));
    let unknown = unseen(refused("501 Not Implemented", "NotImplemented")).await.expect("asked");
    assert_eq!((unknown.versions, unknown.deleting_rules), (Readable::Unknown, Readable::Unknown));
    let error = unseen(refused("503 Service Unavailable", "ServiceUnavailable")).await.expect_err("down");
    assert!(error.is_retryable(), "{error:?}");
}
