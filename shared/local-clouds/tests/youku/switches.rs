//! Switches about what create, commit and show say of a video.

use local_clouds::youku::{CommitMd5Error, YoukuConfig};

use super::env::*;

/// Creates a slice upload of these bytes with that MD5 and delivers them; the token.
async fn delivered(env: &YoukuEnv, bytes: &[u8], md5: &str) -> String {
    let (status, created) = env.create(bytes, &[("file_md5", md5)]).await;
    assert_eq!(status, 201, "{created}");
    let token = created["upload_token"].as_str().unwrap().to_owned();
    let size = bytes.len().to_string();
    let form = [("upload_token", token.as_str()), ("file_size", &size), ("ext", "mp4")];
    assert_eq!(env.send("POST", "/gupload/create_file", &form, Vec::new()).await.0, 201);
    env.deliver(&token, bytes).await;
    token
}

#[tokio::test]
async fn a_commit_of_another_md5_answers_either_number() {
    for (error, number) in [(CommitMd5Error::Own, 120_010_224), (CommitMd5Error::HashCheck, 120_010_225)] {
        let env = YoukuEnv::switched(|switches| switches.commit_md5_error = error).await;
        let token = delivered(&env, b"bytes", &md5_hex(b"other")).await;
        for _ in 0..2 {
            let refused = env.commit(&token).await;
            assert_eq!((refused.0, code(&refused)), (400, number));
        }
        assert!(env.server.videos().is_empty());
    }
}

#[tokio::test]
async fn create_and_commit_leave_the_video_id_out_where_switched_so() {
    for (in_create, in_commit) in [(false, false), (false, true), (true, false)] {
        let env = YoukuEnv::switched(|switches| {
            switches.oss_create_video_id = in_create;
            switches.slice_create_video_id = in_create;
            switches.commit_video_id = in_commit;
        })
        .await;
        let (_, oss) = env.create(b"bytes", &[("isnew", "1")]).await;
        assert!(oss["upload_token"].is_string() && oss["video_id"].is_string() == in_create, "{oss}");
        let (_, slice) = env.create(b"bytes", &[]).await;
        assert_eq!(slice["video_id"].is_string(), in_create, "{slice}");
        let token = delivered(&env, b"bytes", &md5_hex(b"bytes")).await;
        for _ in 0..2 {
            let (status, answer) = env.commit(&token).await;
            assert_eq!((status, answer["video_id"].is_string()), (200, in_commit), "{answer}");
        }
        assert_eq!(env.server.videos().len(), 1);
    }
}

#[tokio::test]
async fn show_may_answer_any_state_before_a_commit_and_after_it() {
    for wanted in ["none", "blocked", "encoding", "fail"] {
        let env = YoukuEnv::switched(|switches| {
            switches.uncommitted_state = Some(wanted.to_owned());
            switches.encoding_shows = 0;
            switches.final_state = "blocked".to_owned();
        })
        .await;
        let id = env.create(b"bytes", &[]).await.1["video_id"].as_str().unwrap().to_owned();
        let (status, shown) = env.show(&id).await;
        assert_eq!((status, &shown["state"]), (200, &wanted.into()));
        let (_, id) = env.publish(b"bytes").await;
        assert_eq!(env.show(&id).await.1["state"], "blocked");
    }
}

#[tokio::test]
async fn the_state_of_one_video_is_set_and_survives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let env = YoukuEnv::with(YoukuConfig::new(dir.path())).await;
    let ((_, one), (_, two)) = (env.publish(b"bytes").await, env.publish(b"more bytes").await);
    let set = async |id: &str, body: &str| {
        env.send("POST", &format!("/_sandbox/videos/{id}/state"), &[], body.as_bytes().to_vec()).await.0
    };
    for state in ["fail", "blocked", "in_review"] {
        assert_eq!(set(&one, &format!(r#"{{"state": "{state}"}}"#)).await, 200);
        assert_eq!(env.show(&one).await.1["state"], state);
        assert_eq!(env.server.videos()[0].state, state);
    }
    assert_eq!(set(&one, r#"{"state": null}"#).await, 200);
    assert_eq!(env.show(&one).await.1["state"], "normal");
    assert_eq!(set(&one, r#"{"state": "gone"}"#).await, 200);
    assert_eq!((env.show(&one).await.0, env.show(&two).await.0), (404, 200));
    assert_eq!((set("Xunknown", r#"{"state": "fail"}"#).await, set(&two, "{}").await), (404, 200));
    assert_eq!(set(&two, r#"{"stat": "fail"}"#).await, 400);

    env.server.shutdown().await;
    let env = YoukuEnv::with(YoukuConfig::new(dir.path())).await;
    assert_eq!((env.show(&one).await.0, env.show(&two).await.0), (404, 200));
    assert_eq!(env.server.videos().len(), 2, "what is gone for show is still listed here");
}
