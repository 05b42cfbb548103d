//! `console`: shows every upload on a local page.

mod advisor;
mod browser;
mod spool;

#[cfg(feature = "local-clouds")]
pub(super) use advisor::to_lang;
pub(super) use {advisor::CommandLine, spool::open_spool};

use super::{
    default_ledger::locate_state, function_client::read_token, missing_ledger, settings,
    upload::ConsoleUploads,
};
use crate::{
    args::ConsoleArgs,
    error::CliError,
    exit_code::INTERRUPTED,
    shutdown::Shutdown,
    ui::{
        details::localize_io,
        i18n::{Lang, requested, tr},
        messages::console::{describe_address, describe_browser_failure},
        output::{print_error, print_json, print_line},
    },
};
use app::{
    Settings,
    core::{Error, ErrorKind},
};
use serde_json::json;
use std::{io, net::Ipv4Addr, path::Path, process::ExitCode, sync::Arc};
use tokio::net::TcpListener;
use web_console::{Backend, Console, ConsoleSettings, Function, Language};

/// Serves the page until Ctrl-C.
pub(super) async fn console(args: ConsoleArgs, shutdown: Shutdown) -> Result<ExitCode, CliError> {
    let ConsoleArgs { port, metrics_port, open, function_url, token_file, spool, spool_limit, json } = args;
    let (backend, advisor) = match function_url {
        None => open_ledger()?,
        Some(url) => open_function(&url, token_file.as_deref())?,
    };
    let uploads = match &backend {
        Backend::Function(_) => None,
        Backend::Ledger(app) => {
            let folder = spool.or_else(|| Some(locate_state()?.join("spool")));
            let settings = app.settings().clone();
            let uploads = ConsoleUploads { settings, shutdown: shutdown.clone() };
            Some((uploads, folder.and_then(|folder| open_spool(folder, spool_limit))))
        }
    };
    let listener = listen(port).await.map_err(|error| CliError::usage(describe_taken(port, &error)))?;
    let console = Console::new(
        listener,
        backend,
        Arc::new(advisor),
        ConsoleSettings { language: language(), is_dev: false },
    );
    let mut console = console.map_err(fail)?;
    if let Some((uploads, spool)) = uploads {
        console = console.with_uploads(Arc::new(uploads), spool);
    }
    let metrics_url = if let Some(port) = metrics_port {
        let listener =
            listen(port).await.map_err(|error| CliError::usage(describe_taken_metrics(port, &error)))?;
        let address = listener.local_addr().map_err(fail)?;
        console = console.with_metrics(listener);
        Some(format!("http://{address}/metrics"))
    } else {
        None
    };
    match json {
        true => print_json(json!({"url": console.url(), "metrics_url": metrics_url})),
        false => {
            describe_address(&console.url()).iter().for_each(print_line);
            metrics_url.iter().for_each(|url| print_line(tr!("metrics  {url}", "指标  {url}")));
        }
    }
    if open && let Err(error) = browser::open(&console.url_to_open()) {
        print_error(describe_browser_failure(&error));
    }
    tokio::select! {
        served = Box::pin(console.serve()) => served.map(|()| ExitCode::SUCCESS).map_err(fail),
        () = shutdown.wait() => Ok(ExitCode::from(INTERRUPTED)),
    }
}

/// The ledger of the settings.
fn open_ledger() -> Result<(Backend, CommandLine), CliError> {
    let app = Arc::new(settings::open_app()?);
    if let Some(why) = missing_ledger::describe(&app) {
        print_error(why);
    }
    let advisor = CommandLine::of_loaded_settings(app.settings());
    Ok((Backend::Ledger(app), advisor))
}

/// A deployed function, whose settings are not at hand.
fn open_function(url: &str, token_file: Option<&Path>) -> Result<(Backend, CommandLine), CliError> {
    let token = token_file.map(read_token).transpose()?;
    let function = Function::new(url, token.as_deref())?;
    Ok((Backend::Function(Arc::new(function)), CommandLine::of_loaded_settings(&Settings::default())))
}

/// Listens on this machine alone.
///
/// # Errors
/// Where the port is taken.
pub(super) async fn listen(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
}

/// The language of the page, where it does not choose another: the user's own, also where a program reads the output.
pub(super) fn language() -> Language {
    match requested() {
        Lang::Zh => Language::Zh,
        Lang::En => Language::En,
    }
}

fn describe_taken(port: u16, error: &io::Error) -> String {
    let why = localize_io(error);
    tr!(
        "the console cannot listen on port {port}: {why}; `--port N` uses another port, `--port 0` a free one",
        "控制台无法监听端口 {port}：{why}；可用 `--port N` 换其他端口，或用 `--port 0` 选择空闲端口"
    )
}

fn describe_taken_metrics(port: u16, error: &io::Error) -> String {
    let why = localize_io(error);
    tr!(
        "no numbers can be served on port {port}: {why}; `--metrics-port N` uses another port, `--metrics-port 0` a free one",
        "无法在端口 {port} 提供指标：{why}；可用 `--metrics-port N` 换其他端口，或用 `--metrics-port 0` 选择空闲端口"
    )
}

fn fail(error: io::Error) -> CliError {
    Error::new(ErrorKind::Config, "console", "the console could not be served").with_source(error).into()
}
