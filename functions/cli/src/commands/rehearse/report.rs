//! The report of a rehearsal, for programs: JSON, in English.

use super::{
    cleanup::Left,
    fact::{Fact, Found},
    obstacle::Obstacle,
    stage::{Privacy, Stage},
    text::Text,
};
use serde::Serialize;
use serde_json::{Map, Value};

/// What came of one fact.
pub(super) struct Outcome {
    pub(super) fact: &'static Fact,
    pub(super) result: Result<Found, Obstacle>,
    /// Calls to Youku's API that it took, those that removed things included.
    pub(super) calls: u32,
}

/// The whole report.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// The account of the settings.
    account: String,
    /// When it began, in seconds since 1970.
    began: u64,
    /// Calls to Youku's API.
    calls: u32,
    /// Whether Youku says that the clips are behind a password; absent: none was published, or Youku does not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    behind_password: Option<bool>,
    /// How Youku refused a call for its limit; absent: that was not met.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit: Option<String>,
    facts: Vec<FactReport>,
    /// Variables of the environment that follow, proposals among them.
    settings: Vec<String>,
    /// The same for people.
    #[serde(skip)]
    shown_settings: Vec<Text>,
    /// Switches of the local clouds with which these behave so.
    local_clouds: LocalSwitches,
    /// What could not be removed, or was to stay.
    left: Vec<String>,
}

/// Switches of the local clouds; what is not there stays as it is.
#[derive(Debug, Default, Serialize)]
struct LocalSwitches {
    youku: Map<String, Value>,
    oss: Map<String, Value>,
}

#[derive(Debug, Serialize)]
struct FactReport {
    name: &'static str,
    expected: &'static str,
    /// Absent: it could not be tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meaning: Option<String>,
    /// Why it could not be tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<String>,
    calls: u32,
}

impl Report {
    /// Puts the outcomes together.
    pub(super) fn new(account: &str, began: u64, stage: &Stage, outcomes: &[Outcome], left: &[Left]) -> Self {
        let behind_password = match stage.privacy {
            Privacy::Unasked | Privacy::Unstated => None,
            Privacy::Password => Some(true),
            Privacy::Broken => Some(false),
        };
        let calls = stage.calls();
        let mut local_clouds = LocalSwitches::default();
        let mut settings = Vec::new();
        for found in outcomes.iter().filter_map(|outcome| outcome.result.as_ref().ok()) {
            let own = |switches: &[(&'static str, Value)]| -> Vec<(String, Value)> {
                switches.iter().map(|(name, position)| ((*name).to_owned(), position.clone())).collect()
            };
            local_clouds.youku.extend(own(&found.youku));
            local_clouds.oss.extend(own(&found.oss));
            settings.extend(found.settings.iter().cloned());
        }
        let left = left.iter().map(|left| left.what.en.clone()).collect();
        let facts = outcomes.iter().map(FactReport::new).collect();
        Self {
            account: account.to_owned(),
            began,
            calls,
            behind_password,
            rate_limit: stage.rate_limit.clone(),
            facts,
            settings: settings.iter().map(|line| line.en.clone()).collect(),
            shown_settings: settings,
            local_clouds,
            left,
        }
    }

    /// The variables that follow, for people.
    pub(super) fn shown_settings(&self) -> &[Text] {
        &self.shown_settings
    }
}

impl FactReport {
    fn new(outcome: &Outcome) -> Self {
        let Outcome { fact, result, calls } = outcome;
        let found = result.as_ref().ok();
        Self {
            name: fact.name,
            expected: fact.expected,
            found: found.map(|found| found.word.clone()),
            evidence: found.map(|found| found.evidence.en.clone()),
            meaning: found.map(|found| (fact.meaning)(&found.word).en).filter(|text| !text.is_empty()),
            because: result.as_ref().err().map(|obstacle| obstacle.describe().en),
            calls: *calls,
        }
    }
}
