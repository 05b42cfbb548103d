//! A process dies, stops or is late: no job is lost, no video is made twice.

use super::{GearmanEnv, Gearmand, Shim, wait_until};
use crate::support::add_fault;
use futures_util::future::join_all;
use nix::sys::signal::Signal;
use serde_json::json;
use std::collections::BTreeSet;

/// A gearmand that dies with jobs in flight hands them out again, and they end as they had ended.
#[tokio::test]
async fn a_gearmand_that_dies_hands_its_jobs_out_again() {
    let mut world = GearmanEnv::start().await;
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
    shim.wait_for_log("no line to gearmand", 1).await;
    assert_eq!(shim.health("/healthz").await.0, 503);
    world.gearmand.begin().await;
    shim.wait_for_log("registered", 2).await;
    assert_eq!(shim.health("/healthz").await.0, 200);
    world.release();
    shim.wait_for_log("ended", 6).await;
    world.wait_until_idle().await;
    for (name, _, bytes) in &objects {
        let video = world.env.assert_published(name, bytes);
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

/// A shim that is killed leaves its job to the next one, which finds it published or finishes it.
#[tokio::test]
async fn a_killed_shims_job_is_finished_by_the_next_shim() {
    let world = GearmanEnv::start().await;
    let shim = world.shim(&[]);
    let (task, bytes) = world.object("film", 100_000).await;
    let (answer, second) = tokio::join!(world.gearmand.foreground(&task), async {
        world.hold(1, async {}).await;
        drop(shim);
        world.release();
        let second = world.shim(&[]);
        second.wait_for_log("begun", 1).await;
        second
    });
    let video = world.env.assert_published("film", &bytes);
    assert_eq!(answer.unwrap()["data"]["videoid"], video.id.as_str());
    second.wait_for_log("ended", 1).await;
}

#[tokio::test]
async fn an_overloaded_function_is_retried_until_it_accepts() {
    let world = GearmanEnv::start().await;
    let shim = world.shim(&[]);
    // The token has been tried by then.
    shim.wait_for_log("registered", 1).await;
    let control = world.env.clouds.fc.control();
    let busy = |status| json!({"operation": "http", "fault": {"kind": "status", "status": status}});
    for status in [503, 429, 502] {
        add_fault(&control, busy(status));
    }
    let (task, bytes) = world.object("film", 1000).await;
    let answer = world.gearmand.foreground(&task).await.unwrap();
    assert_eq!(answer["data"]["videoid"], world.env.assert_published("film", &bytes).id.as_str(), "{answer}");
    assert_eq!(shim.metric("retries_total").await, 3.0);
}

#[tokio::test]
async fn eight_jobs_run_at_once_on_one_connection() {
    let world = GearmanEnv::start().await;
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
        let video = world.env.assert_published(&format!("film {n}"), bytes);
        assert!(ids.contains(&format!("{:?}", video.id)), "{ids:?}");
    }
}

/// A gearmand that is down at the start delays no other and is served once it is up.
#[tokio::test]
async fn a_gearmand_down_at_the_start_joins_later() {
    let world = GearmanEnv::start().await;
    let mut late = Gearmand::stopped();
    let url = &world.env.clouds.endpoints.http_trigger;
    let shim = Shim::start(url, &[&late, &world.gearmand], &["--jobs", "1"]);
    let (task, _) = world.object("first", 1000).await;
    assert_eq!(world.gearmand.foreground(&task).await.unwrap()["code"], "200");
    late.begin().await;
    shim.wait_for_log("registered", 2).await;
    let (task, bytes) = world.object("second", 1000).await;
    let answer = late.foreground(&task).await.unwrap();
    assert_eq!(answer["data"]["videoid"], world.env.assert_published("second", &bytes).id.as_str());
    assert_eq!(shim.metric("registrations").await, 2.0);
}

#[tokio::test]
async fn sigterm_lets_the_running_job_end_and_takes_no_other() {
    let world = GearmanEnv::start().await;
    let mut shim = world.shim(&["--jobs", "1"]);
    let ((running, bytes), (waiting, _)) =
        (world.object("running", 1000).await, world.object("waiting", 1000).await);
    let (answer, ()) = tokio::join!(world.gearmand.foreground(&running), async {
        world.hold(1, async {}).await;
        world.gearmand.background("waiting", &waiting).await;
        shim.signal(Signal::SIGTERM);
        shim.wait_for_log("draining", 1).await;
        world.release();
    });
    assert_eq!(answer.unwrap()["data"]["videoid"], world.env.assert_published("running", &bytes).id.as_str());
    assert_eq!(shim.wait_for_exit().await, Some(0));
    wait_until("one job is left", || world.gearmand.jobs() == [1, 0, 0]).await;
    assert_eq!(world.env.clouds.youku.videos().len(), 1);
}

/// A second signal, or the end of the time to drain, ends the shim at once, and the job goes back to gearmand.
#[tokio::test]
async fn a_second_signal_or_the_drain_limit_ends_the_shim() {
    let world = GearmanEnv::start().await;
    let (task, bytes) = world.object("film", 1000).await;
    for (more, signals) in [(&[][..], 2), (&["--drain", "0"], 1)] {
        let mut shim = world.shim(more);
        world.hold(1, world.gearmand.background("film", &task)).await;
        for n in 0..signals {
            shim.signal([Signal::SIGTERM, Signal::SIGINT][n]);
            shim.wait_for_log("draining", 1).await;
        }
        assert_eq!(shim.wait_for_exit().await, Some(1));
        wait_until("it waits again", || world.gearmand.jobs() == [1, 0, 0]).await;
        world.release();
    }
    let _shim = world.shim(&[]);
    world.wait_until_idle().await;
    world.env.assert_published("film", &bytes);
}
