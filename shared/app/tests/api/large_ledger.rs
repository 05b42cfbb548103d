//! A ledger in a bucket, in which a million uploads lie finished: listing and sweeping it costs what one with a thousand costs.

use crate::scripted_bucket::{response, start_bucket};
use app::{App, ListQuery, ListState, PageToken, Settings};
use std::{
    fmt::Write,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use upload_core::RunContext;

/// Keys of a page at most, as OSS has it.
const PAGE: usize = 1000;
/// Uploads that wait until long after the test.
const OPEN: u32 = 3;
/// An end on 15 January 2027 at 07:00, counted down, and the time between two of them: two seconds.
const LATEST: u64 = 9_999_999_999_999 - 1_799_996_400_000;
const APART: u64 = 2000;

const ENTRY: &str = r#"{"v":1,"ended":"2027-01-15T07:00:00Z","state":"committed","location":{"provider":"oss","bucket":"b","key":"k"},"account":"main"}"#;
const MARK: &str = r#"{"v":1,"location":{"provider":"oss","bucket":"b","key":"k"},"account":"main","waiting":"rate_limited"}"#;

/// The keys of a ledger with this many finished uploads, in order: each is made when it is asked for.
#[derive(Clone, Copy)]
struct Keys {
    finished: u32,
}

impl Keys {
    fn len(self) -> usize {
        (5 * self.finished + OPEN) as usize
    }

    fn get(self, n: usize) -> String {
        let n = u32::try_from(n).expect("few");
        let id = |n: u32| format!("{:032x}", u128::MAX / u128::from(self.finished) * u128::from(n));
        match n.checked_sub(4 * self.finished) {
            None => format!("ledger/{}/{:06}.json", id(n / 4), n % 4 + 1),
            Some(n) if n < OPEN => format!("open/{}.00000000.u9999999999999.q1799996400000.00000000", id(n)),
            Some(n) => {
                let upload = n - OPEN;
                format!("recent/{:013}-{}", LATEST + APART * u64::from(upload), id(upload))
            }
        }
    }

    /// A page of those below `prefix` and after `after`.
    fn list(self, prefix: &str, after: &str, limit: usize) -> String {
        let is_before = |n: usize| self.get(n).as_str() < prefix || self.get(n).as_str() <= after;
        let (mut begin, mut end) = (0, self.len());
        while begin < end {
            let middle = begin.midpoint(end);
            if is_before(middle) { begin = middle + 1 } else { end = middle }
        }
        let all = (begin..self.len()).map(|n| self.get(n)).take_while(|key| key.starts_with(prefix));
        let keys: Vec<_> = all.take(limit + 1).collect();
        let mut list = "<ListBucketResult>".to_owned();
        for key in keys.iter().take(limit) {
            write!(list, "<Contents><Key>p/{key}</Key><Size>150</Size><ETag>&quot;A&quot;</ETag><LastModified>2027-01-15T07:00:00.000Z</LastModified></Contents>")
                .expect("written");
        }
        let is_cut = keys.len() > limit;
        let next = keys.get(limit - 1).filter(|_| is_cut);
        let next = next.map(|key| format!("<NextContinuationToken>p/{key}</NextContinuationToken>"));
        list + &format!("<IsTruncated>{is_cut}</IsTruncated>{}</ListBucketResult>", next.unwrap_or_default())
    }
}

/// The answer to a request's first line.
fn answer(keys: Keys, request: &str) -> String {
    let target = request.split(' ').nth(1).expect("a target").replace("%2f", "/");
    if request.starts_with("put") {
        return response("200 OK", "ETag: \"A\"\r\n", "");
    }
    if target.contains("?versioning") {
        return response("200 OK", "", "<VersioningConfiguration></VersioningConfiguration>");
    }
    let parameter = |name: &str| {
        let found = target.split(['?', '&']).find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        found.unwrap_or_default().to_owned()
    };
    if target.contains("list-type") {
        let below = |name| parameter(name).strip_prefix("p/").unwrap_or_default().to_owned();
        let after = below("start-after").max(below("continuation-token"));
        let limit = parameter("max-keys").parse().expect("a number");
        assert!(limit <= PAGE, "{target}");
        return response("200 OK", "", &keys.list(&below("prefix"), &after, limit));
    }
    let body = match target.split("/p/").nth(1).unwrap_or_default() {
        key if key.starts_with("open/") => MARK,
        key if key.starts_with("recent/") => ENTRY,
        "birth" => "{\"v\":1}\n",
        _ => return response("404 Not Found", "", "<Error><Code>NoSuchKey</Code></Error>"),
    };
    response("200 OK", "ETag: \"A\"\r\n", body)
}

/// What was asked: the requests and the bytes of the responses.
type Asked = (usize, usize);

/// What a page of each kind of list asks, and what a sweep does.
async fn ask(finished: u32) -> [Asked; 4] {
    let bytes = Arc::new(AtomicUsize::new(0));
    let (sent, keys) = (bytes.clone(), Keys { finished });
    let (endpoint, asked) = start_bucket(move |request| {
        let answer = answer(keys, request);
        sent.fetch_add(answer.len(), Ordering::SeqCst);
        answer
    });
    let sections = format!(
        "[source]\nendpoint = {endpoint:?}\nregion = \"cn-hangzhou\"\naccess_key_id = \"a\"\naccess_key_secret = \"b\"\n\
         [sweep]\ndiscover = false\n[ledger]\nlocation = \"oss://b/p/\"\nseal_key = \"{}=\"",
        "A".repeat(43),
    );
    let settings = Settings::from_parts("test", &sections, []).expect("settings");
    let app = App::from_settings(settings).expect("an application");
    let take =
        || (std::mem::take(&mut *asked.lock().expect("no panic")).len(), bytes.swap(0, Ordering::SeqCst));
    app.ledger(None).await.expect("it is open");
    take();

    let all = app.list(&ListQuery { state: None, limit: 50, after: None }, None).await.expect("a list");
    let open = all.uploads.iter().filter(|upload| upload.state == "open").count();
    assert_eq!((all.uploads.len(), open, all.troubles.len()), (50, OPEN as usize, 0));
    let listed = take();
    let after = all.next.as_deref().and_then(PageToken::parse);
    let next = app.list(&ListQuery { state: None, limit: 50, after }, None).await.expect("a list");
    assert_eq!((next.uploads.len(), next.next.is_some()), (50, true));
    let listed_next = take();
    let query = ListQuery { state: Some(ListState::Finished), limit: 200, after: None };
    assert_eq!(app.list(&query, None).await.expect("a list").uploads.len(), 200);
    let listed_finished = take();
    let swept = app.sweep(None, &RunContext::default()).await.expect("swept");
    assert_eq!((swept.skipped, swept.resumed.len(), swept.errors.len()), (OPEN, 0, 0), "none is due");
    [listed, listed_next, listed_finished, take()]
}

/// Requests and bytes are the same, to the byte.
#[tokio::test]
async fn a_million_finished_uploads_cost_what_a_thousand_do() {
    let (million, thousand) = (ask(1_000_000).await, ask(1_000).await);
    assert_eq!(million, thousand);
}
