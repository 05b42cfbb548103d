use std::fs;

use futures_util::TryStreamExt as _;
use tempfile::TempDir;

use crate::support::{chunks, http};
use object_storage::{ErrorKind, ObjectVersion, Provider, PutBody, PutOptions, Store, StoreConfig};

fn folder() -> (TempDir, Store) {
    let directory = TempDir::new().unwrap();
    let store = Store::new(StoreConfig::folder(directory.path().join("store")), http()).unwrap();
    (directory, store)
}

fn create_only() -> PutOptions {
    PutOptions { create_only: true, ..PutOptions::default() }
}

#[tokio::test]
async fn what_was_put_is_read_back_by_range() {
    let (_directory, store) = folder();
    let content: Vec<u8> = (0..700_000_u32).map(|at| (at % 251) as u8).collect();
    let receipt = store.put("片/a b.mp4", content.clone(), &PutOptions::default()).await.unwrap();
    let head = store.head("片/a b.mp4").await.unwrap();
    assert_eq!((head.size, &head.etag), (700_000, &receipt.etag));
    assert!(head.date.unwrap() >= head.last_modified.unwrap());
    let body = store.read("片/a b.mp4", 10..600_000, &head.version()).await.unwrap();
    let chunks: Vec<_> = body.try_collect().await.unwrap();
    assert!(chunks.iter().all(|chunk| chunk.len() <= 256 << 10));
    assert_eq!(chunks.concat(), content[10..600_000]);
    assert_eq!(store.provider(), Provider::Folder);
}

#[tokio::test]
async fn create_only_keeps_the_first_and_a_plain_put_replaces() {
    let (_directory, store) = folder();
    store.put("a", "first", &create_only()).await.unwrap();
    assert_eq!(store.put("a", "second", &create_only()).await.unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(store.read_all("a", 99).await.unwrap().1, "first");
    store.put("a", "third", &PutOptions::default()).await.unwrap();
    assert_eq!(store.read_all("a", 99).await.unwrap().1, "third");
    assert_eq!(store.read_all("a", 4).await.unwrap_err().kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn of_many_that_create_at_once_one_succeeds() {
    let (_directory, store) = folder();
    let tries = (0..16).map(|number| {
        let store = store.clone();
        tokio::spawn(async move { store.put("a/b", number.to_string(), &create_only()).await.is_ok() })
    });
    let outcomes = futures_util::future::join_all(tries).await;
    assert_eq!(outcomes.into_iter().filter(|outcome| *outcome.as_ref().unwrap()).count(), 1);
}

#[tokio::test]
async fn a_file_that_changed_fails_its_pin_also_half_way() {
    let (directory, store) = folder();
    store.put("a", vec![1; 400_000], &PutOptions::default()).await.unwrap();
    let pin = store.head("a").await.unwrap().version();
    let mut body = store.read("a", 0..400_000, &pin).await.unwrap();
    body.try_next().await.unwrap().unwrap();
    fs::write(directory.path().join("store/a"), vec![2; 400_001]).unwrap();
    assert_eq!(body.try_next().await.unwrap_err().kind(), ErrorKind::PreconditionFailed);
    assert_eq!(store.read("a", 0..9, &pin).await.unwrap_err().kind(), ErrorKind::PreconditionFailed);
    // An MD5 says nothing to a folder: the caller compares.
    let md5 = ObjectVersion { etag: Some("5d41402abc4b2a76b9719d911017c592".into()), version_id: None };
    assert!(store.read("a", 0..9, &md5).await.is_ok());
    assert_eq!(store.read("a", 0..400_002, &md5).await.unwrap_err().kind(), ErrorKind::InvalidRange);
}

#[tokio::test]
async fn a_list_is_in_order_of_keys_and_paged() {
    let (_directory, store) = folder();
    for key in ["open/b", "open/a/x", "open/a.txt", "ledger/1", "openly"] {
        store.put(key, "x", &PutOptions::default()).await.unwrap();
    }
    let mut seen = Vec::new();
    let mut next = None;
    loop {
        let page = store.list("open/", next.as_deref(), 2).await.unwrap();
        seen.extend(page.objects.into_iter().map(|object| object.key));
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["open/a.txt", "open/a/x", "open/b"]);
    assert_eq!(store.list("open", None, 9).await.unwrap().objects.len(), 4);
    assert!(store.list("none/", None, 9).await.unwrap().objects.is_empty());
}

#[tokio::test]
async fn a_write_that_fails_leaves_nothing() {
    let (directory, store) = folder();
    for body in [chunks(vec![Ok("hel"), Err("gone")]), chunks(vec![Ok("hel")])] {
        let error = store.put("a/b", PutBody::stream(body, 5), &PutOptions::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BodyFailed);
    }
    assert_eq!(fs::read_dir(directory.path().join("store/a")).unwrap().count(), 0);
    store
        .put("a/b", PutBody::stream(chunks(vec![Ok("hel"), Ok("lo")]), 5), &PutOptions::default())
        .await
        .unwrap();
    assert_eq!(fs::read_dir(directory.path().join("store/a")).unwrap().count(), 1);
}

#[tokio::test]
async fn a_file_in_the_way_of_a_folder_is_not_an_entry_that_exists() {
    let (_directory, store) = folder();
    store.put("a", "x", &PutOptions::default()).await.unwrap();
    for key in ["a/b", "a/b/c"] {
        assert_eq!(store.put(key, "x", &create_only()).await.unwrap_err().kind(), ErrorKind::Io, "{key}");
    }
}

#[tokio::test]
async fn keys_stay_below_the_folder() {
    let (_directory, store) = folder();
    for key in ["../a", "a/../../b", "/a", "a//b", "a/", ""] {
        assert_eq!(
            store.put(key, "x", &PutOptions::default()).await.unwrap_err().kind(),
            ErrorKind::InvalidKey,
            "{key}"
        );
    }
}

#[tokio::test]
async fn a_folder_has_no_uploads_and_no_versions_and_forgets_quietly() {
    let (_directory, store) = folder();
    let error = store.initiate_multipart("a", &PutOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(!store.versioning().await.unwrap());
    store.delete("a").await.unwrap();
    assert_eq!(store.head("a").await.unwrap_err().kind(), ErrorKind::NotFound);
    store.put("a/b", "x", &PutOptions::default()).await.unwrap();
    assert_eq!(store.head("a").await.unwrap_err().kind(), ErrorKind::NotFound);
}
