//! `rehearse` against the local clouds: it names the position that each switch has, and leaves nothing.

mod buckets;
mod doctor;
mod doubts;
mod ends;
mod facts;
mod flags;
mod function;
mod like;
mod mixtures;
mod secrets;

use crate::support::{
    Setup, TestEnv,
    command_line::{CommandOutput, command, run_command},
    ledger_bucket,
};
use local_clouds::youku::{SessionState, YoukuConfig};
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path};
use tempfile::TempDir;
use tokio::process::Command;

/// The clouds with the ledger in a bucket, and the folder of the command's state and reports.
struct Rehearsal {
    env: TestEnv,
    folder: TempDir,
}

impl Rehearsal {
    async fn start(youku: fn(&mut YoukuConfig)) -> Self {
        let setup = Setup { ledger_in_bucket: true, rules: "[]", youku, ..Setup::default() };
        Self { env: TestEnv::start(setup).await, folder: tempfile::tempdir().unwrap() }
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The command with these flags, which writes its report.
    fn command(&self, flags: &[&str]) -> Command {
        let arguments = [&["rehearse", "--report", "report.json"], flags].concat();
        let mut command = command(&self.env, self.folder(), &arguments);
        command.env("XDG_STATE_HOME", self.folder());
        command
    }

    /// Runs the command; returns what it printed, and its report.
    async fn run(&self, flags: &[&str]) -> (CommandOutput, Value) {
        let output = run_command(self.command(flags)).await;
        let report = fs::read_to_string(self.folder().join("report.json"));
        let report = report.unwrap_or_else(|_| panic!("no report: {output:?}"));
        (output, serde_json::from_str(&report).unwrap())
    }

    /// The most calls that each fact takes, as the plan says.
    async fn plan(&self) -> BTreeMap<String, u64> {
        let plan = run_command(self.command(&["--plan"])).await.out;
        let lines: Vec<_> = plan.lines().collect();
        let facts = lines.chunks_exact(2).filter_map(|pair| {
            let calls = pair[1].trim().strip_prefix("at most ")?.split(' ').next()?;
            Some((pair[0].split(' ').next()?.to_owned(), calls.parse().unwrap()))
        });
        facts.collect()
    }

    /// The text of the record; empty where there is none.
    fn record(&self) -> String {
        let Ok(state) = fs::read_dir(self.folder().join("oss2youku")) else { return String::new() };
        let files = state.map(|entry| entry.unwrap().path());
        let records = files.filter(|path| path.extension().is_some_and(|one| one == "jsonl"));
        records.map(|path| fs::read_to_string(path).unwrap()).collect()
    }

    /// Asserts that no video, session, multipart upload or object of a rehearsal is there, and no record.
    fn assert_nothing_left(&self, told: &dyn std::fmt::Debug) {
        let youku = &self.env.clouds.youku;
        let videos = youku.videos();
        let watchable: Vec<_> = videos.iter().filter(|video| video.state != "gone").collect();
        assert!(watchable.is_empty(), "{watchable:?} {told:?}");
        let is_open =
            |state: SessionState| matches!(state, SessionState::Created | SessionState::Transferring);
        let sessions = youku.sessions();
        let open: Vec<_> = sessions.iter().filter(|session| is_open(session.state)).collect();
        assert!(open.is_empty(), "{open:?} {told:?}");
        let keys = self.env.clouds.oss.keys(ledger_bucket::BUCKET);
        let own: Vec<_> = keys.iter().filter(|key| key.contains("rehearsal")).collect();
        assert!(own.is_empty(), "{own:?} {told:?}");
        assert_eq!(self.record(), "", "{told:?}");
    }
}

/// Asserts that no fact took more calls than the plan says.
fn assert_planned(report: &Value, plan: &BTreeMap<String, u64>) {
    for fact in report["facts"].as_array().unwrap() {
        let most = plan.get(fact["name"].as_str().unwrap()).copied().unwrap_or_default();
        assert!(fact["calls"].as_u64().unwrap() <= most, "{most}: {fact}");
    }
}

/// A fact of a report.
fn fact<'a>(report: &'a Value, name: &str) -> &'a Value {
    let facts = report["facts"].as_array().unwrap();
    facts.iter().find(|fact| fact["name"] == name).unwrap_or_else(|| panic!("no {name}: {report}"))
}
