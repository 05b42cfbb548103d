//! `--like`: the local clouds behave as a rehearsal found the real ones to behave.

use crate::{
    local_clouds::{
        RunningClouds,
        failure::{Failure, name_file},
    },
    ui::{details::localize, i18n::tr},
};
use ::local_clouds::{oss::OssSwitches, youku::Switches};
use serde::Deserialize;
use std::{fs, path::Path};

/// What of a rehearsal's report counts here.
#[derive(Debug, Deserialize)]
struct Report {
    local_clouds: LocalSwitches,
}

/// Positions of the switches; those that the rehearsal did not find out are the usual ones.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct LocalSwitches {
    youku: Switches,
    oss: OssSwitches,
}

impl LocalSwitches {
    /// Reads the report.
    ///
    /// # Errors
    /// Names the file, and what does not fit.
    pub(super) fn load(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(|error| name_file(path, &error))?;
        let report: Report = serde_json::from_str(&text).map_err(|error| {
            let (file, why) = (path.display(), error.to_string());
            let why = localize(&why);
            Failure::usage(tr!(
                "{file} is no report of `oss2youku rehearse`: {why}",
                "{file} 不是 `oss2youku rehearse` 的报告：{why}"
            ))
        })?;
        Ok(report.local_clouds)
    }

    /// Sets the switches.
    pub(super) fn apply(self, running: &RunningClouds) {
        running.clouds.youku.set_switches(self.youku);
        running.clouds.oss.set_switches(self.oss);
    }
}
