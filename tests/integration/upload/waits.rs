//! `upload --wait`: what becomes of the video.

use super::start_env;
use crate::support::{
    command_line::{TIMEOUT, command, file, last_event, run},
    sample_bytes,
};
use local_clouds::youku::Switches;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    time::timeout,
};

/// A video that Youku rejects is a failure; one that Youku shows only to some viewers is published.
#[tokio::test]
async fn rejected_and_limited_videos_are_reported_as_such() {
    let env = start_env().await;
    let (folder, _) = file("a.mp4", &sample_bytes(1, 1000));
    for (state, code) in [("fail", 1), ("limited", 0)] {
        let switches = Switches { encoding_shows: 0, final_state: state.into(), ..Switches::default() };
        env.clouds.youku.set_switches(switches);
        let output =
            run(&env, folder.path(), &["upload", "a.mp4", "--wait", "--again", state, "--json"]).await;
        let lines = output.lines();
        let published = last_event(&lines, "published");
        assert!(published["video_id"].is_string() && output.code == Some(code), "{output:?}");
        match state {
            "limited" => assert_eq!(last_event(&lines, "playable")["limited"], true),
            _ => {
                let failed = last_event(&lines, "failed");
                assert_eq!(failed["upload_id"], published["upload_id"]);
                assert!(
                    output.err.contains("did not accept it") && !output.err.contains("--retry"),
                    "{output:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn ctrl_c_ends_the_wait_for_a_video_in_review() {
    let env = start_env().await;
    let switches = Switches { encoding_shows: 0, final_state: "in_review".into(), ..Switches::default() };
    env.clouds.youku.set_switches(switches);
    let (folder, _) = file("a.mp4", &sample_bytes(1, 1000));
    let mut child = command(&env, folder.path(), &["upload", "a.mp4", "--wait", "--json"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let publishing = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if serde_json::from_str::<Value>(&line).unwrap()["event"] == "published" {
                return;
            }
        }
        panic!("it ended by itself");
    };
    timeout(TIMEOUT, publishing).await.expect("it is published");
    kill(Pid::from_raw(child.id().unwrap().try_into().unwrap()), Signal::SIGINT).unwrap();
    let status = timeout(TIMEOUT, child.wait()).await.expect("it ends").unwrap();
    assert_eq!(status.code(), Some(130));
    assert_eq!(env.clouds.youku.videos().len(), 1);
}
