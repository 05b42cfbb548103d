//! Whatever Youku's real answer to an open question of its protocol is, the upload succeeds.

use crate::support::{Delivery, MIB, Setup, TestEnv, add_fault, sample_bytes, wait_fired};
use local_clouds::fc::AsyncState;
use local_clouds::youku::{CancelAfterCommit, ErrorForm, SecondCommit, SessionState, Switches};
use serde_json::json;

const LOST: &str = "drop_answer";

/// Uploads one object while the next response to `operation` is lost.
async fn published_though_lost(mode: &str, operation: &str, switches: Switches) {
    let env = TestEnv::start(Setup::with_mode(mode)).await;
    env.clouds.youku.set_switches(switches.clone());
    let control = env.clouds.youku.control();
    let id = add_fault(&control, json!({"operation": operation, "fault": {"kind": LOST}}));
    let bytes = sample_bytes(1, MIB + 1);
    env.put("film.mp4", &bytes).await;
    let delivery = env.wait_for_delivery().await;
    assert_eq!(delivery.attempts, 1, "{delivery:?}");
    let video = env.assert_published("film", &bytes);
    assert_eq!(delivery.result()["data"]["videoid"], video.id, "{switches:?}: {delivery:?}");
    assert_eq!(control.faults.state(id).map(|state| state.fired), Some(1));
}

/// A commit whose response was lost counts, however Youku answers the second one.
#[tokio::test]
async fn a_commit_whose_response_was_lost_counts() {
    for (second_commit, committed_token_expired) in
        [(SecondCommit::Kind, false), (SecondCommit::Refuse, false), (SecondCommit::Refuse, true)]
    {
        for error_form in [ErrorForm::Json, ErrorForm::Text, ErrorForm::Form] {
            let switches = Switches {
                second_commit,
                committed_token_expired,
                error_form,
                errors_answer_200: error_form == ErrorForm::Json,
                cancel_after_commit: CancelAfterCommit::Ok,
                ..Switches::default()
            };
            for mode in ["oss", "slice"] {
                published_though_lost(mode, "commit", switches.clone()).await;
            }
        }
    }
}

/// A commit whose response was lost counts also where `show` does not know the video: it stands among the account's own.
#[tokio::test]
async fn a_lost_commit_that_show_hides_is_found_among_own_videos() {
    for mode in ["oss", "slice"] {
        let switches = Switches {
            second_commit: SecondCommit::Refuse,
            show_hides_videos: true,
            by_me_lists_uncommitted: true,
            numbers_are_strings: true,
            encoding_shows: 0,
            ..Switches::default()
        };
        published_though_lost(mode, "commit", switches).await;
    }
}

/// Without a video id, a commit whose response was lost is left to a person and not made twice.
#[tokio::test]
async fn a_lost_commit_without_a_video_id_is_not_repeated() {
    let switches = Switches {
        slice_create_video_id: false,
        committed_token_expired: true,
        second_commit: SecondCommit::Refuse,
        ..Switches::default()
    };
    let env = TestEnv::start(Setup::with_mode("slice")).await;
    env.clouds.youku.set_switches(switches);
    let control = env.clouds.youku.control();
    let id = add_fault(&control, json!({"operation": "commit", "fault": {"kind": LOST}}));
    let bytes = sample_bytes(1, MIB + 1);
    env.put("film.mp4", &bytes).await;
    let delivery = env.wait_for_delivery().await;
    wait_fired(&control, id, 1).await;
    // It waits for a person, or for Youku to show the video: the event is redelivered, and nothing is made twice.
    assert_unknown(&delivery);
    env.assert_published("film", &bytes);
    assert_eq!(env.clouds.youku.sessions().len(), 1);
}

#[tokio::test]
async fn slice_mode_needs_no_video_id_from_create() {
    let switches = Switches { slice_create_video_id: false, ..Switches::default() };
    published_though_lost("slice", "create", switches).await;
}

#[tokio::test]
async fn slice_mode_waits_until_youku_has_written_everything() {
    let env = TestEnv::start(Setup::with_mode("slice")).await;
    env.clouds.youku.set_switches(Switches { confirm_after_checks: 3, ..Switches::default() });
    let bytes = sample_bytes(1, 5 * MIB);
    env.put("film.mp4", &bytes).await;
    assert_eq!(env.wait_for_delivery().await.result()["code"], "200");
    env.assert_published("film", &bytes);
}

#[tokio::test]
async fn bytes_that_youku_already_has_become_a_new_video() {
    for mode in ["oss", "slice"] {
        let env = TestEnv::start(Setup::with_mode(mode)).await;
        env.clouds.youku.set_switches(Switches { instant_upload: true, ..Switches::default() });
        let bytes = sample_bytes(1, 3 * MIB);
        for title in ["one", "two"] {
            env.put(&format!("{title}.mp4"), &bytes).await;
            assert_eq!(env.wait_for_delivery().await.result()["code"], "200");
            env.assert_published(title, &bytes);
        }
    }
}

#[tokio::test]
async fn a_refusal_in_any_form_is_understood() {
    for error_form in [ErrorForm::Json, ErrorForm::Text, ErrorForm::Form] {
        for errors_answer_200 in [false, true] {
            let env = TestEnv::start(Setup::default()).await;
            env.clouds.youku.set_switches(Switches { error_form, errors_answer_200, ..Switches::default() });
            let control = env.clouds.youku.control();
            // 1001 is temporary and retried. 1005 is not: the client is unknown, which a person must repair.
            let passing = json!({"kind": "status", "status": 500, "code": "1001"});
            add_fault(&control, json!({"operation": "create", "fault": passing}));
            let (bytes, other) = (sample_bytes(1, 1000), sample_bytes(2, 1000));
            env.put("film.mp4", &bytes).await;
            assert_eq!(env.wait_for_delivery().await.result()["code"], "200");
            env.assert_published("film", &bytes);

            let lasting = json!({"kind": "status", "status": 401, "code": "1005"});
            add_fault(&control, json!({"operation": "create", "times": 0, "fault": lasting}));
            env.put("other.mp4", &other).await;
            let delivery = env.wait_for_delivery().await;
            assert_eq!(delivery.body["errorType"], "youku_client_refused", "{delivery:?}");
            assert_eq!(env.clouds.youku.videos().len(), 1);
        }
    }
}

/// An upload token that expires before the first commit publishes nothing, and the outcome says that it is unknown.
#[tokio::test]
async fn an_upload_token_expired_before_commit_stays_unknown() {
    let env = TestEnv::start(Setup::default()).await;
    let control = env.clouds.youku.control();
    let id = add_fault(&control, json!({"operation": "commit", "fault": {"kind": "hold_before"}}));
    env.put("film.mp4", &sample_bytes(1, 1000)).await;
    wait_fired(&control, id, 1).await;
    let session = env.clouds.youku.sessions().remove(0);
    assert!(env.clouds.youku.expire_upload_token(&session.video_id));
    control.faults.clear();
    assert_unknown(&env.wait_for_delivery().await);
    assert_eq!(env.clouds.youku.videos(), []);
    assert_eq!(env.clouds.youku.sessions()[0].state, SessionState::Expired);
}

#[tokio::test]
async fn an_upload_token_expired_in_mid_transfer_is_replaced() {
    let env = TestEnv::start(Setup::with_mode("slice")).await;
    let control = env.clouds.youku.control();
    let expire = json!({"operation": "upload_slice", "skip": 1, "fault": {"kind": "expire"}});
    let id = add_fault(&control, expire);
    let bytes = sample_bytes(1, 7 * MIB);
    env.put("film.mp4", &bytes).await;
    assert_eq!(env.wait_for_delivery().await.attempts, 1);
    wait_fired(&control, id, 1).await;
    env.assert_published("film", &bytes);
    let states: Vec<_> = env.clouds.youku.sessions().iter().map(|session| session.state).collect();
    assert_eq!(states, [SessionState::Expired, SessionState::Committed]);
}

/// Asserts that the event failed at each attempt: the upload is open, and its outcome unknown.
fn assert_unknown(delivery: &Delivery) {
    let report = (delivery.state, &delivery.body["errorType"]);
    assert_eq!(report, (AsyncState::Failed, &json!("commit_unknown")), "{delivery:?}");
}
