//! `dev`: runs the local clouds in the foreground.

mod addresses;
mod console;
mod faults;
mod follow;
mod greeting;
mod like;
mod paste_lines;
mod uploads;

use crate::{
    args::DevArgs,
    exit_code::INTERRUPTED,
    local_clouds::{
        self,
        data_folder::DataFolder,
        failure::Failure,
        sample::{SAMPLE, SAMPLE_NAME},
        user_settings::UserSettings,
    },
    shutdown::{SecondSignal, Shutdown},
    ui::output::print_line,
};
use addresses::Addresses;
use like::LocalSwitches;
use std::{
    fs,
    io::{Write, stdout},
    process::ExitCode,
};

/// Runs the local clouds until Ctrl-C.
pub(super) async fn dev(args: DevArgs) -> Result<ExitCode, Failure> {
    let shutdown = Shutdown::listen(SecondSignal::IsIgnored)?;
    let user = args.config.as_deref().map(UserSettings::load).transpose()?.unwrap_or_default();
    let like = args.like.as_deref().map(LocalSwitches::load).transpose()?;
    let temporary = tempfile::tempdir()?;
    let data = DataFolder::open(args.data.as_deref().unwrap_or(temporary.path()))?;
    let running = local_clouds::start(&args.local, &data, args.port_base, &user).await?;
    if let Some(like) = like {
        like.apply(&running);
    }
    let (switches, orders) = faults::connect(&running);
    let console = match console::start(&running, args.port_base, shutdown.clone(), switches).await {
        Ok(console) => console,
        Err(failure) => {
            running.clouds.shutdown().await;
            return Err(failure);
        }
    };
    let mut out = stdout();
    let url = console.url();
    let addresses = Addresses::new(&running, &url)?;
    if args.local.json {
        writeln!(out, "{}", serde_json::to_string(&addresses)?)?;
    } else {
        let sample = data.path.join(SAMPLE_NAME);
        fs::write(&sample, SAMPLE)?;
        let program = std::env::current_exe()?;
        for line in greeting::describe(&addresses, &running, &user, &program, &sample) {
            print_line(line);
        }
    }
    out.flush()?;
    // Ends with the console, which holds the switches.
    let obeying = async {
        orders.carry_out(&running).await;
        std::future::pending::<()>().await;
    };
    let ended = tokio::select! {
        () = obeying => Ok(ExitCode::SUCCESS),
        ended = follow::follow(&running, args.local.json, args.verbose) => ended.map(|()| ExitCode::SUCCESS),
        served = Box::pin(console.serve()) => served.map(|()| ExitCode::SUCCESS).map_err(Failure::from),
        () = shutdown.wait() => Ok(ExitCode::from(INTERRUPTED)),
    };
    running.clouds.shutdown().await;
    ended
}
