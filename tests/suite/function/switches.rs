//! Whatever Youku's real answer to an open question of its protocol is, the upload goes well.

use super::{Delivery, MIB, Rig, Setup, bytes, script};
use local_clouds::fc::AsyncState;
use local_clouds::youku::{CancelAfterCommit, ErrorForm, SecondCommit, SessionState, Switches};
use serde_json::json;

const LOST: &str = "drop_answer";

/// Uploads one object while the next answer to `operation` is lost.
async fn published_though_lost(mode: &str, operation: &str, switches: Switches) {
    let rig = Rig::start(Setup::mode(mode)).await;
    rig.clouds.youku.set_switches(switches.clone());
    let control = rig.clouds.youku.control();
    let id = script(&control, json!({"operation": operation, "fault": {"kind": LOST}}));
    let bytes = bytes(1, MIB + 1);
    rig.put("film.mp4", &bytes).await;
    let delivery = rig.delivery().await;
    assert_eq!(delivery.attempts, 1, "{delivery:?}");
    let video = rig.published("film", &bytes);
    assert_eq!(delivery.result()["data"]["videoid"], video.id, "{switches:?}: {delivery:?}");
    assert_eq!(control.faults.state(id).map(|state| state.fired), Some(1));
}

#[tokio::test]
async fn a_commit_whose_answer_was_lost_counts_however_youku_takes_the_second() {
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

#[tokio::test]
async fn without_a_video_id_a_lost_commit_is_left_to_a_person_and_not_made_twice() {
    let switches = Switches {
        slice_create_video_id: false,
        committed_token_expired: true,
        second_commit: SecondCommit::Refuse,
        ..Switches::default()
    };
    let rig = Rig::start(Setup::mode("slice")).await;
    rig.clouds.youku.set_switches(switches);
    let control = rig.clouds.youku.control();
    let id = script(&control, json!({"operation": "commit", "fault": {"kind": LOST}}));
    let bytes = bytes(1, MIB + 1);
    rig.put("film.mp4", &bytes).await;
    let delivery = rig.delivery().await;
    assert!(control.faults.wait_fired(id, 1).await);
    // It waits for a person, or for Youku to show it: the event comes again, and nothing is made twice.
    is_unknown(&delivery);
    rig.published("film", &bytes);
    assert_eq!(rig.clouds.youku.sessions().len(), 1);
}

#[tokio::test]
async fn slice_mode_needs_no_video_id_from_create() {
    let switches = Switches { slice_create_video_id: false, ..Switches::default() };
    published_though_lost("slice", "create", switches).await;
}

#[tokio::test]
async fn slice_mode_waits_until_youku_has_written_everything() {
    let rig = Rig::start(Setup::mode("slice")).await;
    rig.clouds.youku.set_switches(Switches { confirm_after_checks: 3, ..Switches::default() });
    let bytes = bytes(1, 5 * MIB);
    rig.put("film.mp4", &bytes).await;
    assert_eq!(rig.delivery().await.result()["code"], "200");
    rig.published("film", &bytes);
}

#[tokio::test]
async fn bytes_that_youku_has_already_become_a_video_of_their_own() {
    for mode in ["oss", "slice"] {
        let rig = Rig::start(Setup::mode(mode)).await;
        rig.clouds.youku.set_switches(Switches { instant_upload: true, ..Switches::default() });
        let bytes = bytes(1, 3 * MIB);
        for title in ["one", "two"] {
            rig.put(&format!("{title}.mp4"), &bytes).await;
            assert_eq!(rig.delivery().await.result()["code"], "200");
            rig.published(title, &bytes);
        }
    }
}

#[tokio::test]
async fn a_refusal_in_any_form_is_understood() {
    for error_form in [ErrorForm::Json, ErrorForm::Text, ErrorForm::Form] {
        for errors_answer_200 in [false, true] {
            let rig = Rig::start(Setup::default()).await;
            rig.clouds.youku.set_switches(Switches { error_form, errors_answer_200, ..Switches::default() });
            let control = rig.clouds.youku.control();
            // 1001 passes: it is tried again. 1005 does not: the client is unknown, which a person must repair.
            let passing = json!({"kind": "status", "status": 500, "code": "1001"});
            script(&control, json!({"operation": "create", "fault": passing}));
            let (bytes, other) = (bytes(1, 1000), bytes(2, 1000));
            rig.put("film.mp4", &bytes).await;
            assert_eq!(rig.delivery().await.result()["code"], "200");
            rig.published("film", &bytes);

            let lasting = json!({"kind": "status", "status": 401, "code": "1005"});
            script(&control, json!({"operation": "create", "times": 0, "fault": lasting}));
            rig.put("other.mp4", &other).await;
            let delivery = rig.delivery().await;
            assert_eq!(delivery.body["errorType"], "youku_client_refused", "{delivery:?}");
            assert_eq!(rig.clouds.youku.videos().len(), 1);
        }
    }
}

#[tokio::test]
async fn an_upload_token_that_ends_before_the_first_commit_publishes_nothing_and_says_so() {
    let rig = Rig::start(Setup::default()).await;
    let control = rig.clouds.youku.control();
    let id = script(&control, json!({"operation": "commit", "fault": {"kind": "hold_before"}}));
    rig.put("film.mp4", &bytes(1, 1000)).await;
    assert!(control.faults.wait_fired(id, 1).await);
    let session = rig.clouds.youku.sessions().remove(0);
    assert!(rig.clouds.youku.expire_upload_token(&session.video_id));
    control.faults.clear();
    is_unknown(&rig.delivery().await);
    assert_eq!(rig.clouds.youku.videos(), []);
    assert_eq!(rig.clouds.youku.sessions()[0].state, SessionState::Expired);
}

#[tokio::test]
async fn an_upload_token_that_ends_before_the_bytes_have_landed_is_followed_by_a_new_one() {
    let rig = Rig::start(Setup::mode("slice")).await;
    let control = rig.clouds.youku.control();
    let expire = json!({"operation": "upload_slice", "skip": 1, "fault": {"kind": "expire"}});
    let id = script(&control, expire);
    let bytes = bytes(1, 7 * MIB);
    rig.put("film.mp4", &bytes).await;
    assert_eq!(rig.delivery().await.attempts, 1);
    assert!(control.faults.wait_fired(id, 1).await);
    rig.published("film", &bytes);
    let states: Vec<_> = rig.clouds.youku.sessions().iter().map(|session| session.state).collect();
    assert_eq!(states, [SessionState::Expired, SessionState::Committed]);
}

/// The event failed for now, each time: the upload is open, and nobody says that it ended.
fn is_unknown(delivery: &Delivery) {
    let told = (delivery.state, &delivery.body["errorType"]);
    assert_eq!(told, (AsyncState::Failed, &json!("commit_unknown")), "{delivery:?}");
}
