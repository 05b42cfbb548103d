//! `manual`: writes a manual page for each command; a release contains them.

use crate::ui::{details::localize_io, help::build_command, i18n::tr, output::print_error};
use std::{fs, path::Path, process::ExitCode};

/// Writes `oss2youku.1`, `oss2youku-upload.1` and so on.
pub(super) fn write(folder: &Path) -> ExitCode {
    let written = fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(build_command().disable_help_subcommand(true), folder));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let (folder, why) = (folder.display(), localize_io(&error));
            print_error(tr!(
                "the manual pages cannot be written to {folder}: {why}",
                "无法把手册页写入 {folder}：{why}"
            ));
            ExitCode::FAILURE
        }
    }
}
