//! What a Prometheus learns of uploads: it scrapes a real console and a real shim, an alert fires, and every query of the dashboard has an answer.

use crate::{
    console::program,
    gearman::GearmanEnv,
    support::{
        Setup, TestEnv, add_fault, command_line::operator_variables, console::ConsoleProcess, ledger_bucket,
        port::free_port, sample_bytes, tools, workspace,
    },
};
use reqwest::{Url, header::HOST};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tokio::time::timeout;

const TIMEOUT: Duration = Duration::from_secs(120);
/// After which a Prometheus gives up a scrape.
const SCRAPE: Duration = Duration::from_secs(10);
const MONITORING: &str = "docs/monitoring";

fn prometheus(program: &str) -> PathBuf {
    tools().join("prometheus/usr/bin").join(program)
}

/// Prometheus, scraping each second. Dropping it ends the process.
struct Prometheus {
    child: Child,
    url: String,
}

impl Prometheus {
    fn start(folder: &Path, targets: &[String]) -> Self {
        let rules = workspace().join(MONITORING).join("alerts.yml");
        let settings = json!({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [rules],
            "scrape_configs": [{"job_name": "oss2youku", "static_configs": [{"targets": targets}]}]
        });
        // JSON is YAML.
        let (file, data) = (folder.join("prometheus.yml"), folder.join("data"));
        fs::write(&file, settings.to_string()).unwrap();
        let address = format!("127.0.0.1:{}", free_port());
        let mut command = Command::new(prometheus("prometheus"));
        command.arg(format!("--config.file={}", file.display()));
        command.arg(format!("--storage.tsdb.path={}", data.display()));
        command.arg(format!("--web.listen-address={address}")).arg("--log.level=error");
        let child = command.stdin(Stdio::null()).spawn().expect("Prometheus, which tests/tools.sh installs");
        Self { child, url: format!("http://{address}/api/v1") }
    }

    /// The data of an answer; `None` while it starts.
    async fn ask(&self, path: &str, query: &[(&str, &str)]) -> Option<Value> {
        let url = Url::parse_with_params(&format!("{}{path}", self.url), query).unwrap();
        let request = app::http_client().unwrap().get(url);
        let answer: Value = serde_json::from_slice(&request.send().await.ok()?.bytes().await.ok()?).ok()?;
        assert_eq!(answer["status"], "success", "{path} {query:?}: {answer}");
        Some(answer["data"].clone())
    }

    /// Waits until the data of an answer has what is wanted, which no signal tells.
    async fn wait_for(&self, path: &str, query: &[(&str, &str)], is_there: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let data = self.ask(path, query).await.unwrap_or_default();
            if is_there(&data) {
                return data;
            }
            assert!(begun.elapsed() < TIMEOUT, "{path} {query:?}: {data}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// The series of a query, once there are some.
    async fn series(&self, query: &str) -> Vec<Value> {
        let has_some = |data: &Value| data["result"].as_array().is_some_and(|series| !series.is_empty());
        let data = self.wait_for("/query", &[("query", query)], has_some).await;
        data["result"].as_array().cloned().unwrap_or_default()
    }

    /// The number that a query of one series has.
    async fn number(&self, query: &str) -> f64 {
        let series = self.series(query).await;
        assert_eq!(series.len(), 1, "{query}: {series:?}");
        series[0]["value"][1].as_str().unwrap().parse().unwrap()
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        // A failed test leaves no process running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Every query of the dashboard.
fn dashboard_queries() -> Vec<String> {
    let file = workspace().join(MONITORING).join("dashboard.json");
    let dashboard: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap());
    targets.map(|target| target["expr"].as_str().unwrap().replace("$__rate_interval", "30s")).collect()
}

/// One film is published, one failed, and of one the function cannot read the object.
async fn land(env: &TestEnv) {
    let account = env.clouds.endpoints.youku_accounts[0].clone();
    // The life of a token is known once it was refreshed.
    env.clouds.youku.expire_access_token(&account.client_id);
    env.put("elsewhere/film.mp4", &sample_bytes(1, 1000)).await;
    env.wait_for_deliveries().await;
    let refusal = json!({"kind": "status", "status": 400, "code": "120010101"});
    add_fault(&env.clouds.youku.control(), json!({"operation": "create", "times": 1, "fault": refusal}));
    env.put("elsewhere/broken.mp4", &sample_bytes(2, 1000)).await;
    env.wait_for_deliveries().await;
    let denial = json!({"kind": "status", "status": 403, "code": "AccessDenied"});
    // The first asks for its sidecar file, and may.
    let denied =
        json!({"operation": "GetObject", "match": "denied.mp4", "skip": 1, "times": 0, "fault": denial});
    add_fault(&env.clouds.oss_control, denied);
    env.put("elsewhere/denied.mp4", &sample_bytes(3, 1000)).await;
    env.wait_for_deliveries().await;
    env.call_with_timer().await;
}

/// A console that serves metrics, with settings by which a timer sweeps.
fn start_console(env: &TestEnv, folder: &Path) -> ConsoleProcess {
    let spool = folder.join("spool");
    let arguments = ["--spool", spool.to_str().unwrap(), "--metrics-port", "0"];
    let mut command = program(operator_variables(env), folder);
    command.env("OSS2YOUKU_SWEEP__ENABLED", "true");
    ConsoleProcess::start(command, &arguments)
}

/// A real Prometheus scrapes console and shim, sees the alert of an upload that needs a person, and answers every query of the dashboard.
#[tokio::test]
async fn prometheus_sees_uploads_and_fires_an_alert() {
    let gearman = GearmanEnv::start().await;
    let env = &gearman.env;
    land(env).await;
    let shim = gearman.shim(&[]);
    let (task, _) = gearman.object("job", 1000).await;
    assert!(gearman.gearmand.foreground(&task).await.is_some());
    let folder = tempfile::tempdir().unwrap();
    let console = start_console(env, folder.path());
    let metrics = console.metrics_url.as_deref().expect("the address of the metrics");
    let metrics = metrics.strip_prefix("http://").and_then(|rest| rest.strip_suffix("/metrics")).unwrap();

    let prometheus =
        Prometheus::start(folder.path(), &[metrics.to_owned(), format!("127.0.0.1:{}", shim.health_port())]);
    let is_firing = |data: &Value| {
        let alerts = data["alerts"].as_array().into_iter().flatten();
        alerts
            .clone()
            .any(|alert| alert["state"] == "firing" && alert["labels"]["alertname"] == "Oss2youkuNeedsYou")
    };
    let data = prometheus.wait_for("/alerts", &[], is_firing).await;
    let firing: Vec<_> =
        data["alerts"].as_array().unwrap().iter().filter(|alert| alert["state"] == "firing").collect();
    assert_eq!(firing.len(), 1, "{data}");
    assert_eq!(firing[0]["annotations"]["summary"], "1 uploads wait for a person", "{data}");

    for (query, number) in [
        (r#"oss2youku_uploads{state="published"}"#, 2.0),
        (r#"oss2youku_uploads{state="failed"}"#, 1.0),
        (r#"oss2youku_uploads{state="cancelled"}"#, 0.0),
        (r#"oss2youku_uploads_with_error{state="failed",error="youku_failed"}"#, 1.0),
        (r#"oss2youku_uploads_with_error{state="needs_you",error="source_denied"}"#, 1.0),
        ("oss2youku_ledger_readable", 1.0),
        (r#"oss2youku_token_lost{account="main"}"#, 0.0),
        ("oss2youku_gearman_registrations", 1.0),
    ] {
        assert_eq!(prometheus.number(query).await, number, "{query}");
    }
    let (days, age) = (
        prometheus.number(r#"oss2youku_token_days{account="main"}"#).await,
        prometheus.number("oss2youku_last_sweep_age_seconds").await,
    );
    assert!(days > 0.5 && (0.0..120.0).contains(&age), "{days} days, {age} s");
    for query in dashboard_queries() {
        prometheus.series(&query).await;
    }
}

/// A ledger that does not answer is told within the time that a scrape has; what else is known stays.
#[tokio::test]
async fn a_silent_ledger_is_told_in_time() {
    let ledger = [
        ("OSS2YOUKU_LEDGER__LOCATION", ledger_bucket::LOCATION),
        ("OSS2YOUKU_LEDGER__SEAL_KEY", ledger_bucket::SEAL_KEY),
    ];
    let env = TestEnv::start(Setup { variables: &ledger, ..Setup::default() }).await;
    env.put("film.mp4", &sample_bytes(1, 1000)).await;
    env.wait_for_deliveries().await;
    let folder = tempfile::tempdir().unwrap();
    let console = start_console(&env, folder.path());
    let url = console.metrics_url.as_deref().expect("the address of the metrics");
    let client = app::http_client().unwrap();
    let scrape = async || {
        timeout(SCRAPE, client.get(url).send()).await.expect("in time").unwrap().text().await.unwrap()
    };
    let text = scrape().await;
    assert!(text.contains("oss2youku_ledger_readable 1"), "{text}");
    let silence =
        json!({"operation": "*", "match": "/records", "times": 0, "fault": {"kind": "hold_before"}});
    add_fault(&env.clouds.oss_control, silence);
    let text = scrape().await;
    for told in [
        "oss2youku_ledger_readable 0",
        "oss2youku_uploads{state=\"published\"} 1",
        "oss2youku_last_sweep_age_seconds",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    env.clouds.oss_control.faults.clear();
}

/// The metrics have no token, and tell no title, file, id or secret; a page of theirs is all there is at that port.
#[tokio::test]
async fn the_metrics_tell_numbers_alone() {
    let GearmanEnv { env, .. } = GearmanEnv::start().await;
    land(&env).await;
    let folder = tempfile::tempdir().unwrap();
    let console = start_console(&env, folder.path());
    let url = console.metrics_url.as_deref().expect("the address of the metrics");
    let client = app::http_client().unwrap();
    let text = client.get(url).send().await.unwrap().text().await.unwrap();
    assert!(text.contains("oss2youku_uploads{state=\"published\"} 1") && text.ends_with("# EOF\n"), "{text}");
    let account = &env.clouds.endpoints.youku_accounts[0];
    let video = env.assert_published("film", &sample_bytes(1, 1000));
    for hidden in ["film", "mp4", "elsewhere", &video.id, &account.access_token, &account.refresh_token] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
    let page = client.get(url.replace("/metrics", "/console/uploads")).send().await.unwrap();
    assert_eq!(page.status(), 404);
    // A website that lets its own name point here.
    let foreign = client.get(url).header(HOST, "films.example.com:9391").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
}

/// Each rule fires when its text says so, and not before: by Prometheus' own tool, with made-up time.
#[test]
fn every_alert_fires_in_time() {
    let folder = tempfile::tempdir().unwrap();
    for (from, name) in [(MONITORING, "alerts.yml"), ("tests/clients/prometheus", "alerts.test.yml")] {
        fs::copy(workspace().join(from).join(name), folder.path().join(name)).unwrap();
    }
    let mut tool = Command::new(prometheus("promtool"));
    let output = tool.args(["test", "rules", "alerts.test.yml"]).current_dir(&folder).output();
    let output = output.expect("promtool, which tests/tools.sh installs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
