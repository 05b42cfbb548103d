//! The help in the language in use. clap generates the English help from the comments on the arguments; the Chinese table overlays it.

mod zh;

use crate::{
    args::Arguments,
    ui::i18n::{Lang, current},
};
use clap::{Arg, ArgAction, Command, CommandFactory, builder::PossibleValue};

/// Builds the command line, with its help in the language in use.
pub(crate) fn build_command() -> Command {
    let command = Arguments::command();
    match current() {
        Lang::En => command,
        Lang::Zh => translate(command, ""),
    }
}

/// The sections of a help, with the colons of Chinese print: those that clap writes itself end in a half-width one.
fn build_template(command: &Command) -> String {
    let header = command.get_styles().get_header();
    let usage = command.get_styles().get_usage();
    let mut template = format!("{{about-with-newline}}\n{usage}用法：{usage:#}{{usage}}\n");
    let sections = [
        ("命令", "subcommands", command.has_subcommands()),
        ("参数", "positionals", command.get_positionals().next().is_some()),
        ("选项", "options", true),
    ];
    for (title, tag, _) in sections.into_iter().filter(|(.., is_there)| *is_there) {
        template += &format!("\n{header}{title}：{header:#}\n{{{tag}}}\n");
    }
    template.truncate(template.trim_end().len());
    template + "{after-help}"
}

/// Translates a command and its subcommands. `path` is the name of the command above it, `-` that of the program.
fn translate(command: Command, path: &str) -> Command {
    let below = name_below(path, command.get_name());
    let (about, template) = (zh::find_about(&below), build_template(&command));
    let mut command = command.help_template(template).disable_help_subcommand(true);
    if let Some(about) = about {
        command = command.about(about).long_about(None::<&str>);
    }
    if command.get_after_help().is_some() {
        command = command.after_help(zh::EXIT_CODES);
    }
    // The flags that clap adds must exist to be translated.
    let mut command = command
        .disable_help_flag(true)
        .arg(Arg::new("help").short('h').long("help").action(ArgAction::Help).help("显示帮助"));
    if path.is_empty() {
        command = command
            .disable_version_flag(true)
            .arg(Arg::new("version").short('V').long("version").action(ArgAction::Version).help("显示版本"));
    }
    command
        .mut_args(|argument| translate_argument(argument, if path.is_empty() { "" } else { &below }))
        .mut_subcommands(|command| translate(command, &below))
}

/// The name by which the table has a command.
fn name_below(path: &str, name: &str) -> String {
    match path {
        "" => "-".to_owned(),
        "-" => name.to_owned(),
        above => format!("{above} {name}"),
    }
}

fn translate_argument(argument: Arg, command: &str) -> Arg {
    let id = argument.get_id().to_string();
    let Some(mut help) = zh::find_argument(command, &id).map(str::to_owned) else { return argument };
    // clap refuses these marks on a flag without a value.
    if !argument.get_action().takes_values() {
        return argument.help(help);
    }
    let describe = |value: &PossibleValue| match zh::find_value(&id, value.get_name()) {
        Some(meaning) => format!("{}（{meaning}）", value.get_name()),
        None => value.get_name().to_owned(),
    };
    let values: Vec<_> = argument.get_possible_values().iter().map(describe).collect();
    if !values.is_empty() {
        help += &format!("[可选：{}]", values.join("、"));
    }
    let defaults: Vec<_> =
        argument.get_default_values().iter().map(|one| one.to_string_lossy().into_owned()).collect();
    if !defaults.is_empty() {
        help += &format!("[默认：{}]", defaults.join("、"));
    }
    argument.help(help).hide_possible_values(true).hide_default_value(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::EXIT_CODES;

    /// Collects every command and argument that a person sees, by command and id.
    fn collect_visible(command: &Command, path: &str, all: &mut Vec<(String, Option<String>)>) {
        for argument in command.get_arguments().filter(|one| !one.is_hide_set() && one.get_id() != "help") {
            all.push((path.to_owned(), Some(argument.get_id().to_string())));
        }
        for below in command.get_subcommands().filter(|one| !one.is_hide_set()) {
            let name = name_below(if path.is_empty() { "-" } else { path }, below.get_name());
            all.push((name.clone(), None));
            collect_visible(below, &name, all);
        }
    }

    /// Every command and argument has its Chinese help, and the table has no entry for anything else.
    #[test]
    fn the_chinese_help_is_complete() {
        let mut all = Vec::new();
        collect_visible(&Arguments::command(), "", &mut all);
        for (command, argument) in &all {
            let found = match argument {
                None => zh::find_about(command),
                Some(argument) => zh::find_argument(command, argument),
            };
            assert!(found.is_some(), "{command} {argument:?} has no Chinese help");
        }
        for (command, argument) in zh::entries() {
            let known = all.iter().any(|(one, id)| {
                let is_own = one == command || one.ends_with(&format!(" {command}"));
                (command == "*" || is_own) && id.as_deref().unwrap_or_default() == argument
            });
            assert!(known || command == "-", "{command} {argument} is no argument");
        }
        let exits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        assert_eq!(exits(EXIT_CODES), exits(zh::EXIT_CODES), "the same exit codes");
    }

    /// A value whose meaning the English help tells has one in the Chinese help, and the table has none for anything else.
    #[test]
    fn every_value_has_its_meaning_in_both_helps() {
        let command = Arguments::command();
        let commands = command.get_subcommands().chain([&command]);
        let mut explained = Vec::new();
        for argument in commands.flat_map(Command::get_arguments) {
            let values = argument.get_possible_values();
            let in_english = values.iter().filter(|value| value.get_help().is_some());
            explained
                .extend(in_english.map(|value| (argument.get_id().to_string(), value.get_name().to_owned())));
        }
        assert!(explained.len() > 5, "{explained:?}");
        for (argument, value) in &explained {
            assert!(zh::find_value(argument, value).is_some(), "{argument} {value} has no Chinese meaning");
        }
        for (argument, value) in zh::values() {
            let known = |(one, other): &(String, String)| one == argument && other == value;
            assert!(explained.iter().any(known), "{argument} {value} is no value");
        }
    }

    /// Both helps of `upload` name every extension that is accepted.
    #[test]
    fn the_helps_name_the_accepted_extensions() {
        let list = app::core::rules::VIDEO_EXTENSIONS.join(", ");
        let command = Arguments::command();
        let upload = command.find_subcommand("upload");
        let sources = upload.and_then(|upload| upload.get_arguments().find(|one| one.get_id() == "sources"));
        let english = sources.and_then(Arg::get_help).map(ToString::to_string).unwrap_or_default();
        let chinese = zh::find_argument("upload", "sources").unwrap_or_default();
        for help in [english.as_str(), chinese] {
            assert!(help.contains(&list), "{help}");
        }
    }

    #[test]
    fn both_helps_can_be_built() {
        Arguments::command().debug_assert();
        translate(Arguments::command(), "").debug_assert();
    }
}
