//! Reading the settings: file, then environment.

use super::{
    environment::{CONFIG_VARIABLE, Table, overlay, settings_error},
    origin::{Origin, suggest_field},
    robot::Misfit,
    tree::Settings,
};
use ::error::{DecodeError, deserialize, without_value};
use serde_json::Value;
use std::{fs, io, path::Path};
use upload_core::{Error, VideoEdit, metadata::PublicType, rules::Rule};

/// Read where no file is named; a function's working directory is its package.
const DEFAULT_FILE: &str = "oss2youku.toml";

impl Settings {
    /// Reads the settings of this process: the file that `OSS2YOUKU_CONFIG` names, else `oss2youku.toml` in the working directory
    /// where there is one, overlaid by the environment.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config), naming file, line and field.
    pub fn load() -> Result<Self, Error> {
        if let Some(named) = std::env::var_os(CONFIG_VARIABLE) {
            return Self::load_from(Path::new(&named));
        }
        let path = Path::new(DEFAULT_FILE);
        match fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::overlay_process(path, ""),
            read => Self::overlay_process(path, &read.map_err(|error| unreadable_file(path, &error))?),
        }
    }

    /// Reads the settings of this process from a named file, overlaid by the environment.
    ///
    /// # Errors
    /// As [`load`](Self::load), and where there is no such file.
    pub fn load_from(path: &Path) -> Result<Self, Error> {
        let file = fs::read_to_string(path).map_err(|error| unreadable_file(path, &error))?;
        Self::overlay_process(path, &file)
    }

    fn overlay_process(path: &Path, file: &str) -> Result<Self, Error> {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self::from_parts(&path.display().to_string(), file, variables)
    }

    /// Reads the settings from a file's text and some variables.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn from_parts(
        file_name: &str,
        file: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        let mut tree: Table = toml::from_str(file).map_err(|error| toml_error(file_name, file, &error))?;
        let variables: Vec<_> = variables.into_iter().collect();
        let origin = Origin::new(file_name, &tree, variables.iter().map(|(name, _)| name.as_str()));
        locate_ledger(&mut tree, Path::new(file_name));
        overlay(&mut tree, variables)?;
        let settings: Self =
            deserialize(Value::Object(tree)).map_err(|error| describe_misfit(&error, &origin))?;
        settings.check().map_err(|error| origin.name_source_of_message(error))?;
        Ok(settings)
    }

    /// Checks what the types alone do not ensure.
    fn check(&self) -> Result<(), Error> {
        self.transfer.to_transfer().map_err(settings_error)?;
        self.video_limits()?;
        self.ledger.lease_life().map_err(settings_error)?;
        self.sweep.check().map_err(settings_error)?;
        self.youku.check().map_err(settings_error)?;
        self.http.check().map_err(settings_error)?;
        self.callback.check().map_err(settings_error)?;
        self.source.check().map_err(settings_error)?;
        self.check_rules()?;
        self.check_robots()
    }

    fn check_robots(&self) -> Result<(), Error> {
        let guard = self.callback.to_robot_guard();
        for (number, robot) in self.robots.iter().enumerate() {
            let misfit = |(field, why): Misfit| {
                settings_error("a setting does not fit")
                    .with_context("field", format!("robots[{number}].{field}"))
                    .with_context("why", why)
            };
            robot.check(&guard).map_err(misfit)?;
            if self.robots[..number].iter().any(|other| other.name == robot.name) {
                return Err(misfit(("name", "is the name of another robot".to_owned())));
            }
            if let Some(unknown) = robot.accounts.iter().find(|name| !self.accounts.contains_key(*name)) {
                let why = "is not an account of the settings".to_owned();
                return Err(misfit(("accounts", why)).with_context("account", unknown));
            }
        }
        Ok(())
    }

    fn check_rules(&self) -> Result<(), Error> {
        for rule in self.rules.iter() {
            if !self.accounts.contains_key(&rule.account) {
                return Err(settings_error("a rule names an account that is not in the settings")
                    .with_context("bucket", &rule.bucket)
                    .with_context("account", &rule.account));
            }
            for (field, is_set) in
                [("publish_at", rule.publish_at.is_some()), ("sidecar_updates", rule.sidecar_updates)]
            {
                if is_set && !self.manage.enabled {
                    return Err(settings_error(
                        "a rule changes videos, which the settings do not allow: set manage.enabled",
                    )
                    .with_context("bucket", &rule.bucket)
                    .with_context("field", field));
                }
            }
            if let Err(why) = check_video_fields(rule) {
                return Err(settings_error("a rule states what no video can have")
                    .with_context("bucket", &rule.bucket)
                    .with_context("why", why));
            }
            if let Some(Err(why)) = rule.callback.as_ref().map(|url| self.callback.check_url(url)) {
                return Err(settings_error("a rule's callback cannot be called")
                    .with_context("bucket", &rule.bucket)
                    .with_context("callback", why));
            }
        }
        Ok(())
    }
}

/// Checks what a rule states about its videos: each of them would be refused for it.
fn check_video_fields(rule: &Rule) -> Result<(), String> {
    let mut stated = rule.metadata().metadata;
    // A word for another audience is of use to the sidecars that state that.
    stated.watch_password = stated.watch_password.filter(|_| rule.public_type == Some(PublicType::Password));
    VideoEdit::new(stated).map(drop).map_err(|invalid| invalid.to_string())
}

/// A setting that cannot be read: which, why, what was probably meant, and where it stands.
fn describe_misfit(error: &DecodeError, origin: &Origin) -> Error {
    let (path, why) = (error.path.as_deref().unwrap_or("."), without_value(&error.message));
    let misfit = settings_error("a setting does not fit")
        .with_context("field", path)
        .with_context("why", why.to_owned());
    let misfit = match suggest_field(why) {
        Some(known) => misfit.with_context("did you mean", known.to_owned()),
        None => misfit,
    };
    origin.name_source(misfit, path)
}

/// A ledger's folder is relative to the file that names it, wherever the program is run: from another folder it would be another ledger, and
/// the same file a second video.
fn locate_ledger(tree: &mut Table, file: &Path) {
    let Some(Value::String(location)) = tree.get_mut("ledger").and_then(|ledger| ledger.get_mut("location"))
    else {
        return;
    };
    let is_relative = !location.contains("://") && Path::new(location.as_str()).is_relative();
    if let Some(folder) = file.parent().filter(|folder| is_relative && !folder.as_os_str().is_empty()) {
        *location = folder.join(location.as_str()).display().to_string();
    }
}

fn unreadable_file(path: &Path, error: &io::Error) -> Error {
    settings_error("the settings file cannot be read")
        .with_context("why", error.to_string())
        .with_context("file", path.display().to_string())
}

/// Where and why the file is not TOML. TOML's own words would quote the line, and a line may hold a secret.
fn toml_error(file_name: &str, file: &str, error: &toml::de::Error) -> Error {
    let before = error.span().and_then(|span| file.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|one| *one != '\n').count() + 1;
    settings_error("the settings file is not TOML")
        .with_context("why", error.message())
        .with_context("file", file_name)
        .with_context("line", line.to_string())
        .with_context("column", column.to_string())
}
