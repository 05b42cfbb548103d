//! Whoever dies, stops or is late: no job is lost, no video comes twice.

use super::{Gearmand, Shim, World, until};
use crate::function::script;
use futures_util::future::join_all;
use nix::sys::signal::Signal;
use serde_json::json;
use std::collections::BTreeSet;

#[tokio::test]
async fn a_gearmand_that_dies_with_jobs_in_flight_gives_them_again_and_they_end_as_they_had_ended() {
    let mut world = World::start().await;
    let shim = world.shim(&[]);
    let mut objects = Vec::new();
    for n in 0..3 {
        let name = format!("film {n}");
        let (task, bytes) = world.object(&name, 100_000).await;
        objects.push((name, task, bytes));
    }
    let submit = async {
        for (name, task, _) in &objects {
            world.gearmand.background(&name.replace(' ', "-"), task).await;
        }
    };
    world.hold(3, submit).await;
    world.gearmand.kill();
    shim.says("no line to gearmand", 1).await;
    assert_eq!(shim.health("/healthz").await.0, 503);
    world.gearmand.begin().await;
    shim.says("registered", 2).await;
    assert_eq!(shim.health("/healthz").await.0, 200);
    world.release();
    shim.says("ended", 6).await;
    world.idle().await;
    for (name, _, bytes) in &objects {
        let video = world.rig.published(name, bytes);
        let unique = format!(" unique {}, ", name.replace(' ', "-"));
        let ends = shim.logged().into_iter().filter(|line| line["message"] == "ended");
        let videos: Vec<_> = ends
            .filter(|line| line["job"].as_str().unwrap().contains(&unique))
            .map(|line| line["video"].as_str().map(str::to_owned))
            .collect();
        assert_eq!(videos, [Some(video.id.clone()), Some(video.id)]);
    }
    assert_eq!(shim.metric("jobs_total{outcome=\"lost\"}").await, 3.0);
    assert_eq!(shim.metric("jobs_total{outcome=\"success\"}").await, 3.0);
}

#[tokio::test]
async fn a_shim_that_is_killed_leaves_its_job_to_the_next_one_which_finds_it_or_finishes_it() {
    let world = World::start().await;
    let shim = world.shim(&[]);
    let (task, bytes) = world.object("film", 100_000).await;
    let (answer, second) = tokio::join!(world.gearmand.foreground(&task), async {
        world.hold(1, async {}).await;
        drop(shim);
        world.release();
        let second = world.shim(&[]);
        second.says("begun", 1).await;
        second
    });
    let video = world.rig.published("film", &bytes);
    assert_eq!(answer.unwrap()["data"]["videoid"], video.id.as_str());
    second.says("ended", 1).await;
}

#[tokio::test]
async fn a_function_that_is_overloaded_for_a_while_is_asked_until_it_takes_the_job() {
    let world = World::start().await;
    let shim = world.shim(&[]);
    let control = world.rig.clouds.fc.control();
    let busy = |status| json!({"operation": "http", "fault": {"kind": "status", "status": status}});
    for status in [503, 429, 502] {
        script(&control, busy(status));
    }
    let (task, bytes) = world.object("film", 1000).await;
    let answer = world.gearmand.foreground(&task).await.unwrap();
    assert_eq!(answer["data"]["videoid"], world.rig.published("film", &bytes).id.as_str(), "{answer}");
    assert_eq!(shim.metric("retries_total").await, 3.0);
}

#[tokio::test]
async fn eight_jobs_run_at_once_on_one_connection() {
    let world = World::start().await;
    let shim = world.shim(&[]);
    let mut objects = Vec::new();
    for n in 0..8 {
        objects.push(world.object(&format!("film {n}"), 1000).await);
    }
    let jobs = objects.iter().map(|(task, _)| world.gearmand.foreground(task));
    let (answers, ()) = tokio::join!(join_all(jobs), async {
        world.hold(8, async {}).await;
        assert_eq!(world.gearmand.jobs(), [8, 8, 1], "all run, at one worker");
        assert_eq!(shim.metric("jobs_in_flight").await, 8.0);
        world.release();
    });
    let ids: BTreeSet<_> =
        answers.into_iter().map(|answer| answer.unwrap()["data"]["videoid"].to_string()).collect();
    for (n, (_, bytes)) in objects.iter().enumerate() {
        let video = world.rig.published(&format!("film {n}"), bytes);
        assert!(ids.contains(&format!("{:?}", video.id)), "{ids:?}");
    }
}

#[tokio::test]
async fn a_gearmand_that_is_down_at_the_start_hinders_no_other_and_joins_later() {
    let world = World::start().await;
    let mut late = Gearmand::stopped();
    let url = &world.rig.clouds.endpoints.http_trigger;
    let shim = Shim::start(url, &[&late, &world.gearmand], &["--jobs", "1"]);
    let (task, _) = world.object("first", 1000).await;
    assert_eq!(world.gearmand.foreground(&task).await.unwrap()["code"], "200");
    late.begin().await;
    shim.says("registered", 2).await;
    let (task, bytes) = world.object("second", 1000).await;
    let answer = late.foreground(&task).await.unwrap();
    assert_eq!(answer["data"]["videoid"], world.rig.published("second", &bytes).id.as_str());
    assert_eq!(shim.metric("registrations").await, 2.0);
}

#[tokio::test]
async fn sigterm_lets_the_running_job_end_and_takes_no_other() {
    let world = World::start().await;
    let mut shim = world.shim(&["--jobs", "1"]);
    let ((running, bytes), (waiting, _)) =
        (world.object("running", 1000).await, world.object("waiting", 1000).await);
    let (answer, ()) = tokio::join!(world.gearmand.foreground(&running), async {
        world.hold(1, async {}).await;
        world.gearmand.background("waiting", &waiting).await;
        shim.signal(Signal::SIGTERM);
        shim.says("draining", 1).await;
        world.release();
    });
    assert_eq!(answer.unwrap()["data"]["videoid"], world.rig.published("running", &bytes).id.as_str());
    assert_eq!(shim.ended().await, Some(0));
    until("one job is left", || world.gearmand.jobs() == [1, 0, 0]).await;
    assert_eq!(world.rig.clouds.youku.videos().len(), 1);
}

#[tokio::test]
async fn a_second_signal_or_the_end_of_the_time_to_drain_leaves_at_once_and_the_job_goes_back() {
    let world = World::start().await;
    let (task, bytes) = world.object("film", 1000).await;
    for (more, signals) in [(&[][..], 2), (&["--drain", "0"], 1)] {
        let mut shim = world.shim(more);
        world.hold(1, world.gearmand.background("film", &task)).await;
        for n in 0..signals {
            shim.signal([Signal::SIGTERM, Signal::SIGINT][n]);
            shim.says("draining", 1).await;
        }
        assert_eq!(shim.ended().await, Some(1));
        until("it waits again", || world.gearmand.jobs() == [1, 0, 0]).await;
        world.release();
    }
    let _shim = world.shim(&[]);
    world.idle().await;
    world.rig.published("film", &bytes);
}
