//! The port over a folder, and a ledger on top of it.

use super::*;
use object_storage::StoreConfig;
use std::{fs, sync::Arc, time::Duration};
use tempfile::TempDir;
use upload_core::{
    ErrorKind, Job, Location, Mode, Object, UploadId,
    ledger::{Claim, Failure, Ledger, LedgerSettings, State, Step, Work},
};

fn folder() -> (TempDir, StoreLedger) {
    let folder = tempfile::tempdir().expect("a folder");
    let http = crate::http::store_client().expect("a client");
    let store = Store::new(StoreConfig::folder(folder.path()), http).expect("a store");
    (folder, StoreLedger::new(store, "oss2youku/"))
}

#[tokio::test]
async fn an_entry_is_created_once_replaced_read_and_deleted() {
    let (folder, store) = folder();
    store.check_at_start().await.expect("a folder will do");
    let Ok(Created::Yes { now }) = store.create("a/1", "first".into()).await else { panic!("not created") };
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
    let (_folder, store) = folder();
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
    let (folder, store) = folder();
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
    let (folder, store) = folder();
    fs::create_dir_all(folder.path().join("oss2youku/a/b")).expect("made");
    let error = store.write("a", "x".into()).await.expect_err("there is a folder in the way");
    assert_eq!(error.kind(), ErrorKind::Ledger);
}

#[tokio::test]
async fn a_ledger_in_a_folder_lives_through_two_holders() {
    let (folder, store) = folder();
    let seal = crate::ledger::AesSeal::from_folder(&folder.path().join("oss2youku")).expect("a key");
    let ledger = Ledger::new(Arc::new(store), Arc::new(seal), LedgerSettings::default());
    let location =
        Location { provider: upload_core::Provider::Oss, bucket: "b".into(), key: "k".into(), region: None };
    let job = Job {
        location: location.clone(),
        account: "main".into(),
        video: Default::default(),
        mode: Mode::Oss,
        md5: None,
        again: None,
    };
    let object = Object::new(location, "A", 1);
    let id = UploadId::of(&object, &job);
    let work = Work { job, object, called: None, callback: None, brought: None };
    ledger.birth().await.expect("born");
    let Ok(Claim::Held(held)) = ledger.claim(&id, &work).await else { panic!("nobody holds it") };
    let error = ledger.claim(&id, &work).await.expect_err("it is held");
    assert_eq!(error.kind(), ErrorKind::InProgress);
    held.release().await;
    let Ok(Claim::Held(mut held)) = ledger.resume(&id).await else { panic!("it was released") };
    let failure = Failure { code: "source_missing".into(), text: "it is gone".into(), advice: None };
    held.append(Step::Failed(failure)).await.expect("appended");
    held.release().await;
    let record = ledger.read(&id).await.expect("readable").expect("it is there");
    assert_eq!((record.state, record.sequence(), record.epoch), (State::Failed, 3, 2));
    assert!(ledger.open_marks(None, 10).await.expect("listed").uploads.is_empty());
    assert!(ledger.birth().await.expect("born") <= SystemTime::now());
}
