//! The texts and checks of the command line, for the console.

use crate::{
    commands::doctor,
    ui::{
        i18n::{Lang, with_language},
        messages::{
            errors::{describe_app, find_way_out},
            next::{self, Context},
            state, step,
        },
    },
};
use app::{Settings, UploadDetails, core::Error};
use futures_util::future::BoxFuture;
use tokio::task::spawn_blocking;
use web_console::{Advisor, Explanation, Finding, Language, Obstacle};

/// What the commands `explain` and `doctor` say.
pub(in crate::commands) struct CommandLine {
    /// Whether a command for a file must name its account.
    names_account: bool,
    /// The settings that are checked; `None`: those that a command loads then.
    settings: Option<Settings>,
}

impl CommandLine {
    /// Checks the settings that a command loads: what a person mended in the file meanwhile counts.
    pub(super) fn of_loaded_settings(settings: &Settings) -> Self {
        Self { names_account: settings.accounts.len() > 1, settings: None }
    }

    /// Checks these settings.
    #[cfg(feature = "local-clouds")]
    pub(in crate::commands) fn of(settings: Settings) -> Self {
        Self { names_account: settings.accounts.len() > 1, settings: Some(settings) }
    }
}

impl Advisor for CommandLine {
    fn explain(&self, details: &UploadDetails, obstacle: Option<&Error>, language: Language) -> Explanation {
        let context = Context { path: None, names_account: self.names_account, obstacle };
        let record = &details.record;
        with_language(to_lang(language), || Explanation {
            explanation: state::describe(details),
            next: next::describe(details, &context),
            advice: next::advise(details, &context),
            obstacle: obstacle.map(describe_error),
            steps: record.history.iter().map(|entry| step::describe_entry(entry, record)).collect(),
        })
    }

    fn describe(&self, error: &Error, language: Language) -> Obstacle {
        with_language(to_lang(language), || describe_error(error))
    }

    fn diagnose(&self, language: Language) -> BoxFuture<'static, Vec<Finding>> {
        let settings = self.settings.clone();
        // The checks make their texts while they run: they run where the language is another, on a thread of their own.
        let checking = move || with_language(to_lang(language), || doctor::collect(settings));
        Box::pin(async move {
            let findings = spawn_blocking(checking).await.unwrap_or_default();
            findings.into_iter().map(Into::into).collect()
        })
    }
}

fn describe_error(error: &Error) -> Obstacle {
    Obstacle { error: error.kind().code(), message: describe_app(error), advice: find_way_out(error) }
}

/// The language of texts for a page in this language.
pub(in crate::commands) fn to_lang(language: Language) -> Lang {
    match language {
        Language::Zh => Lang::Zh,
        Language::En => Lang::En,
    }
}
