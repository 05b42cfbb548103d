//! What the tests of several modules share.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use crate::{
    Allowance, AnswerBody, BoxError, Callback, Client, Config, GuardConfig, Transport, guard::Resolve,
};
use async_trait::async_trait;
use std::{
    io,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::SystemTime,
};

#[path = "../tests/support/mod.rs"]
mod support;

/// A name whose loopback addresses the tests' settings allow.
pub(crate) const HOST: &str = "hooks.example.com";

/// Answers one list of addresses after another, and repeats the last.
pub(crate) struct Scripted {
    pub(crate) answers: Vec<Vec<IpAddr>>,
    pub(crate) asked: AtomicUsize,
}

impl Scripted {
    pub(crate) fn new(answers: &[&[&str]]) -> Arc<Self> {
        let answers = answers.iter().map(|list| list.iter().map(|one| one.parse().unwrap()).collect());
        Arc::new(Self { answers: answers.collect(), asked: AtomicUsize::new(0) })
    }
}

#[async_trait]
impl Resolve for Scripted {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        assert_eq!(host, HOST);
        let turn = self.asked.fetch_add(1, Relaxed).min(self.answers.len() - 1);
        Ok(self.answers[turn].clone())
    }
}

/// Settings under which [`HOST`] may be 127.0.0.1, at `port`, over http.
pub(crate) fn config(port: u16) -> Config {
    let allowed = |host: &str| Allowance {
        host: host.into(),
        network: "127.0.0.1/32".parse().unwrap(),
        any_port: false,
    };
    Config {
        secrets: Vec::new(),
        guard: GuardConfig {
            allow_http: true,
            ports: vec![port],
            allowed: vec![allowed(HOST)],
            only_hosts: Vec::new(),
        },
    }
}

pub(crate) fn client(config: Config, resolver: Arc<Scripted>) -> Client {
    Client::resolving_by(config, support::transport(), resolver).unwrap()
}

pub(crate) fn callback(port: u16) -> Callback {
    Callback {
        url: format!("http://{HOST}:{port}/done?token=s3cret").into(),
        at: SystemTime::now(),
        id: "upload-1.finished".into(),
        traceparent: None,
    }
}
