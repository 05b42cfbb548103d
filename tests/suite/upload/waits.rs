//! `upload --wait`: what becomes of the video.

use super::{PATIENCE, bytes, command, event, file, rig, run};
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

#[tokio::test]
async fn a_video_that_youku_rejects_or_shows_to_some_is_told_of_as_such() {
    let rig = rig().await;
    let (folder, _) = file("a.mp4", &bytes(1, 1000));
    for (state, code) in [("fail", 1), ("limited", 0)] {
        let switches = Switches { encoding_shows: 0, final_state: state.into(), ..Switches::default() };
        rig.clouds.youku.set_switches(switches);
        let said = run(&rig, folder.path(), &["upload", "a.mp4", "--wait", "--again", state, "--json"]).await;
        let lines = said.lines();
        let published = event(&lines, "published");
        assert!(published["video_id"].is_string() && said.code == Some(code), "{said:?}");
        match state {
            "limited" => assert_eq!(event(&lines, "playable")["limited"], true),
            _ => {
                let failed = event(&lines, "failed");
                assert_eq!(failed["upload_id"], published["upload_id"]);
                assert!(said.err.contains("did not accept it") && !said.err.contains("--retry"), "{said:?}");
            }
        }
    }
}

#[tokio::test]
async fn ctrl_c_ends_the_wait_for_a_video_in_review() {
    let rig = rig().await;
    let switches = Switches { encoding_shows: 0, final_state: "in_review".into(), ..Switches::default() };
    rig.clouds.youku.set_switches(switches);
    let (folder, _) = file("a.mp4", &bytes(1, 1000));
    let mut child = command(&rig, folder.path(), &["upload", "a.mp4", "--wait", "--json"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let publishing = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if serde_json::from_str::<Value>(&line).unwrap()["event"] == "published" {
                return;
            }
        }
        panic!("it ended by itself");
    };
    timeout(PATIENCE, publishing).await.expect("it is published");
    kill(Pid::from_raw(child.id().unwrap().try_into().unwrap()), Signal::SIGINT).unwrap();
    let status = timeout(PATIENCE, child.wait()).await.expect("it ends").unwrap();
    assert_eq!(status.code(), Some(130));
    assert_eq!(rig.clouds.youku.videos().len(), 1);
}
