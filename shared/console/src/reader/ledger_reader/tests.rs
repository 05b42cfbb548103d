use super::*;
use crate::{
    rows::{Row, RowQuery, RowState, Word},
    tests::{
        memory_store::MemoryStore,
        uploads::{
            LIFE, PART, SIZE, append_session, claim, fail, id_of, new_request, open_ledger, publish, wait,
            with_callback,
        },
    },
};
use app::core::{
    UploadId,
    ledger::{Reopening, UploadedPart, UploadedParts, WaitReason},
};
use tokio::time::{sleep, timeout};

/// A ledger, and a reader of it that looks when it is told to.
struct World {
    store: MemoryStore,
    ledger: Ledger,
    table: Arc<Table>,
    reader: LedgerReader,
}

impl World {
    fn new() -> Self {
        let (store, table) = (MemoryStore::new(), Arc::new(Table::default()));
        Self { ledger: open_ledger(store.clone()), store, reader: LedgerReader::new(table.clone()), table }
    }

    /// Looks, and returns the row of the upload of this key.
    async fn look(&mut self, key: &str) -> Option<Row> {
        self.reader.read(&self.ledger).await.unwrap();
        self.table.row(&id_of(key))
    }

    /// Looks, and returns the state in both words.
    async fn state(&mut self, key: &str) -> (RowState, String) {
        let row = self.look(key).await.unwrap();
        (row.state, row.ledger_state)
    }

    /// Runs the reader as the console does, with a page open.
    fn run(self) -> (MemoryStore, Arc<Table>, impl Future<Output = ()>) {
        let Self { store, ledger, table, reader } = self;
        let watching = Arc::new(Watching::default());
        let running = async move {
            let _page = watching.connect();
            let open: OpenLedger = Box::new(move || {
                let ledger = ledger.clone();
                Box::pin(std::future::ready(Ok(Some(ledger))))
            });
            reader.run(open, watching.clone()).await;
        };
        (store, table, running)
    }
}

fn parts(numbers: &[u32]) -> UploadedParts {
    let part = |number: &u32| UploadedPart { number: *number, etag: "E".into(), crc64: 1 };
    UploadedParts { session: 2, parts: numbers.iter().map(part).collect() }
}

/// An upload is hashing, uploading with its bytes and their rate, and a video, though no mark changes on the way.
#[tokio::test(start_paused = true)]
async fn an_upload_is_followed_from_its_claim_to_its_video() {
    let mut world = World::new();
    let mut held = claim(&world.ledger, &new_request("film.mp4")).await;
    assert_eq!(world.state("film.mp4").await, (RowState::Hashing, "claimed".into()));
    append_session(&mut held).await;
    let row = world.look("film.mp4").await.unwrap();
    assert_eq!((row.state, row.moved, row.rate, row.size), (RowState::Uploading, Some(0), None, Some(SIZE)));
    let lease = held.lease();
    for numbers in [&[1][..], &[1, 2, 3]] {
        _ = timeout(LIFE / 3 + Duration::from_secs(1), lease.keep_renewed(|| parts(numbers))).await;
        let row = world.look("film.mp4").await.unwrap();
        assert_eq!((row.state, row.moved), (RowState::Uploading, Some(numbers.len() as u64 * PART)));
        assert!(row.rate.is_some_and(|rate| rate > PART / 10 && rate < PART), "{row:?}");
    }
    publish(held).await;
    let row = world.look("film.mp4").await.unwrap();
    assert_eq!(
        (row.state, row.ledger_state.as_str(), row.moved, row.rate),
        (RowState::Published, "committed", Some(SIZE), None)
    );
    assert_eq!(
        (row.videoid.as_deref(), row.title.as_deref(), row.file.as_str()),
        (Some("X1"), Some("film"), "film.mp4")
    );
    assert!(row.begun.is_some_and(|begun| begun < row.at));
    // Nothing is read again.
    let before = world.store.world().calls;
    world.look("film.mp4").await;
    world.look("film.mp4").await;
    assert!(world.store.world().calls - before <= 3, "two lists of marks, and one of ends");
}

/// What nobody holds is queued or waits, and is seen when a holder takes it; what has fallen silent is queued.
#[tokio::test(start_paused = true)]
async fn claims_and_releases_are_seen_by_their_marks() {
    let mut world = World::new();
    let mut held = claim(&world.ledger, &new_request("a.mp4")).await;
    append_session(&mut held).await;
    held.release().await;
    assert_eq!(world.state("a.mp4").await, (RowState::Queued, "created".into()));
    let held = claim(&world.ledger, &new_request("a.mp4")).await;
    assert_eq!(world.state("a.mp4").await, (RowState::Uploading, "created".into()));
    sleep(LIFE * 2).await;
    assert_eq!(world.state("a.mp4").await, (RowState::Queued, "created".into()), "it has fallen silent");
    // It was suspended, and works on.
    _ = timeout(LIFE, held.lease().keep_renewed(|| parts(&[]))).await;
    assert_eq!(world.state("a.mp4").await, (RowState::Uploading, "created".into()));
    wait(held, WaitReason::RateLimited).await;
    let row = world.look("a.mp4").await.unwrap();
    assert_eq!((row.state, row.waiting), (RowState::Waiting, Some(Word::Known(WaitReason::RateLimited))));
    assert!(row.not_before.is_some_and(|until| until > row.at));
    let held = claim(&world.ledger, &new_request("b.mp4")).await;
    wait(held, WaitReason::Reauthorize).await;
    assert_eq!(world.state("b.mp4").await, (RowState::NeedsYou, "waiting".into()));
}

/// A failed upload that is retried is open again, and its second end counts, whatever the list of ends has of the first.
#[tokio::test(start_paused = true)]
async fn a_failed_upload_is_open_again_after_its_retry() {
    let mut world = World::new();
    fail(claim(&world.ledger, &new_request("a.mp4")).await, "source_missing").await;
    let row = world.look("a.mp4").await.unwrap();
    assert_eq!((row.state, row.error.as_deref()), (RowState::Failed, Some("source_missing")));
    sleep(Duration::from_secs(60)).await;
    let mut held = world.ledger.reopen(&id_of("a.mp4"), Reopening::default()).await.unwrap();
    let row = world.look("a.mp4").await.unwrap();
    assert_eq!((row.state, row.error), (RowState::Hashing, None));
    append_session(&mut held).await;
    publish(held).await;
    assert_eq!(world.state("a.mp4").await.0, RowState::Published);
    let mut fresh = World { reader: LedgerReader::new(Arc::default()), ..world };
    fresh.table = fresh.reader.table.clone();
    assert_eq!(fresh.state("a.mp4").await.0, RowState::Published, "another console says so too");
}

/// An end whose callback is not done is the end's row, with the callback.
#[tokio::test(start_paused = true)]
async fn a_pending_callback_stands_on_the_row_of_the_end() {
    let mut world = World::new();
    let mut held = claim(&world.ledger, &with_callback("a.mp4")).await;
    append_session(&mut held).await;
    publish(held).await;
    let row = world.look("a.mp4").await.unwrap();
    assert_eq!((row.state, row.ledger_state.as_str()), (RowState::Published, "committed"));
    let resumed = claim(&world.ledger, &with_callback("a.mp4")).await;
    let mut resumed = resumed;
    resumed.postpone(resumed.lease().now() + Duration::from_secs(600)).await;
    resumed.release().await;
    let row = world.look("a.mp4").await.unwrap();
    assert_eq!(row.callback.as_ref().map(|callback| callback.attempts), Some(0));
    assert!(row.not_before.is_some() && row.state == RowState::Published);
}

/// Damaged entries hide no other upload: the damaged one needs a person, with the ledger's code.
#[tokio::test(start_paused = true)]
async fn a_damaged_entry_hides_no_other_upload() {
    let mut world = World::new();
    for key in ["a.mp4", "b.mp4", "c.mp4"] {
        claim(&world.ledger, &new_request(key)).await.release().await;
    }
    fail(claim(&world.ledger, &new_request("d.mp4")).await, "source_missing").await;
    let damage = |prefix: &str| {
        let mut world = world.store.world();
        let key = world.entries.keys().find(|key| key.starts_with(prefix)).unwrap().clone();
        world.entries.get_mut(&key).unwrap().0 = "{".into();
    };
    damage(&format!("ledger/{}/", id_of("a.mp4")));
    damage(&format!("open/{}", id_of("b.mp4")));
    damage("recent/");
    let row = world.look("a.mp4").await.unwrap();
    assert_eq!((row.state, row.error.as_deref()), (RowState::NeedsYou, Some("ledger_failed")));
    assert_eq!(world.state("b.mp4").await, (RowState::Queued, "claimed".into()), "its record says enough");
    assert_eq!(world.state("c.mp4").await.0, RowState::Queued);
}

/// A foreign entry among the ends is told, and the open uploads are shown all the same.
#[tokio::test(start_paused = true)]
async fn a_foreign_entry_among_the_ends_hides_no_open_upload() {
    let mut world = World::new();
    wait(claim(&world.ledger, &new_request("a.mp4")).await, WaitReason::Reauthorize).await;
    let foreign = ("{}".into(), std::time::UNIX_EPOCH);
    world.store.world().entries.insert("recent/notes.txt".into(), foreign);
    for _ in 0..3 {
        let told = world.reader.read(&world.ledger).await;
        assert!(told.is_err_and(|error| error.kind() == ErrorKind::Ledger));
        assert_eq!(world.table.row(&id_of("a.mp4")).map(|row| row.state), Some(RowState::NeedsYou));
    }
}

/// A mark without a step is a new upload, until it is cleared as a stray.
#[tokio::test(start_paused = true)]
async fn an_upload_without_a_step_goes_with_its_mark() {
    let mut world = World::new();
    claim(&world.ledger, &new_request("a.mp4")).await.release().await;
    let steps = format!("ledger/{}/", id_of("a.mp4"));
    world.store.world().entries.retain(|key, _| !key.starts_with(&steps));
    assert_eq!(world.state("a.mp4").await, (RowState::Queued, "open".into()));
    world.store.world().entries.retain(|key, _| !key.starts_with("open/"));
    assert_eq!(world.look("a.mp4").await, None);
}

/// The ends are read to the last, a page after the other, and told how far back.
#[tokio::test(start_paused = true)]
async fn all_ends_are_read_and_new_ones_appear() {
    let mut world = World::new();
    for number in 0..600 {
        fail(claim(&world.ledger, &new_request(&format!("{number}.mp4"))).await, "source_missing").await;
        sleep(Duration::from_secs(1)).await;
    }
    world.reader.read(&world.ledger).await.unwrap();
    let all = RowQuery::parse(&[]).unwrap();
    let (_, reading, page) = world.table.page(&all);
    assert_eq!((page.total, reading.complete), (250, false));
    assert_eq!((page.rows[0].file.as_str(), page.rows[99].file.as_str()), ("599.mp4", "500.mp4"));
    let ledger = world.ledger.clone();
    let (_, table, running) = world.run();
    let changing = async {
        sleep(Duration::from_secs(10)).await;
        let (_, reading, page) = table.page(&all);
        assert_eq!((page.total, reading.complete), (600, true));
        let first = table.row(&id_of("0.mp4")).unwrap();
        assert_eq!(reading.since, Some(first.at));
        let mut held = claim(&ledger, &new_request("short.mp4")).await;
        append_session(&mut held).await;
        publish(held).await;
        sleep(Duration::from_secs(5)).await;
        assert_eq!(table.row(&id_of("short.mp4")).map(|row| row.state), Some(RowState::Published));
    };
    tokio::select! {
        () = running => panic!("it runs on"),
        () = changing => {}
    }
}

/// At rest the ledger is asked at most three times a second, with 200 uploads open, also where each has a holder that was killed.
#[tokio::test(start_paused = true)]
async fn an_open_page_costs_little_at_rest() {
    for are_held in [false, true] {
        let world = World::new();
        for number in 0..200 {
            let held = claim(&world.ledger, &new_request(&format!("{number}.mp4"))).await;
            if are_held {
                drop(held);
            } else {
                held.release().await;
            }
        }
        sleep(LIFE * 2).await;
        let (store, table, running) = world.run();
        let measuring = async {
            sleep(Duration::from_secs(20)).await;
            let (before, revision) = (store.world().calls, table.revision());
            sleep(Duration::from_secs(60)).await;
            let calls = store.world().calls - before;
            assert!((30..=180).contains(&calls), "{calls} calls a minute, held {are_held}");
            assert_eq!(table.revision(), revision, "nothing has changed");
        };
        tokio::select! {
            () = running => panic!("it runs on"),
            () = measuring => {}
        }
    }
}

/// Where the ledger cannot be read, the rows stay, and it is told; afterwards it is not.
#[tokio::test(start_paused = true)]
async fn an_outage_keeps_the_rows_and_is_told() {
    let world = World::new();
    claim(&world.ledger, &new_request("a.mp4")).await.release().await;
    let id: UploadId = id_of("a.mp4");
    let (store, table, running) = world.run();
    let changing = async {
        sleep(Duration::from_secs(5)).await;
        assert!(table.row(&id).is_some() && table.trouble().is_none());
        store.world().is_down = true;
        let mut revisions = table.revisions();
        revisions.mark_unchanged();
        timeout(Duration::from_secs(20), revisions.changed()).await.unwrap().unwrap();
        assert!(table.row(&id).is_some() && table.trouble().is_some());
        store.world().is_down = false;
        timeout(Duration::from_secs(600), revisions.changed()).await.unwrap().unwrap();
        assert!(table.trouble().is_none());
    };
    tokio::select! {
        () = running => panic!("it runs on"),
        () = changing => {}
    }
}
