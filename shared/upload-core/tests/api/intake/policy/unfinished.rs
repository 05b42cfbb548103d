//! Objects that may still change.

use super::fake_bucket::{FakeBucket, LATER};
use serde_json::json;
use std::time::{Duration, SystemTime};
use upload_core::{Decision, ObjectKind};

fn unfinished_bucket(kind: ObjectKind, untouched: Option<u64>, rule: &serde_json::Value) -> FakeBucket {
    let mut bucket = FakeBucket::with_rule(rule);
    bucket.object.kind = kind;
    let now = SystemTime::UNIX_EPOCH + LATER;
    bucket.object.modified = untouched.map(|seconds| now - Duration::from_secs(seconds));
    bucket
}

const KINDS: [ObjectKind; 2] = [ObjectKind::Appendable, ObjectKind::Symlink];

async fn is_skipped(bucket: &FakeBucket) -> bool {
    matches!(bucket.event().await.expect("decided"), Decision::Skip("not_whole"))
}

#[tokio::test(start_paused = true)]
async fn objects_that_may_still_change_are_skipped() {
    for kind in KINDS {
        assert!(is_skipped(&unfinished_bucket(kind, Some(1_000_000), &json!({}))).await, "{kind:?}");
    }
    assert!(!is_skipped(&unfinished_bucket(ObjectKind::Whole, Some(0), &json!({}))).await);
}

#[tokio::test(start_paused = true)]
async fn a_rule_may_take_what_nobody_has_written_to_for_so_long() {
    let rule = json!({"unfinished_after_seconds": 60});
    for kind in KINDS {
        for (untouched, left_alone) in [(Some(59), true), (Some(60), false), (None, true)] {
            let bucket = unfinished_bucket(kind, untouched, &rule);
            assert_eq!(is_skipped(&bucket).await, left_alone, "{kind:?} {untouched:?}");
        }
    }
    let mut future = unfinished_bucket(ObjectKind::Appendable, Some(60), &rule);
    future.object.modified = Some(SystemTime::UNIX_EPOCH + LATER + LATER);
    assert!(is_skipped(&future).await, "a store's clock that is ahead publishes nothing early");
}

#[tokio::test(start_paused = true)]
async fn a_task_may_name_an_object_that_is_not_whole() {
    for kind in KINDS {
        unfinished_bucket(kind, Some(0), &json!({})).task_video(json!({})).await.expect("it fits");
    }
}
