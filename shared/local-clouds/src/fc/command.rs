//! The start command and its environment.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::sync::OnceLock;

use tokio::process::Command;

use crate::fc::config::credentials::{DisableInject, StsCredentials};
use crate::fc::config::function::FunctionConfig;
use crate::fc::error::FcError;
use crate::fc::platform::Platform;

/// Checks what setpriv would report only by its exit status.
pub(crate) fn check_executable(config: &FunctionConfig) -> Result<(), FcError> {
    let program = config.command.first().map(Path::new).filter(|path| path.components().count() > 1);
    let Some(program) = program else { return Ok(()) };
    let path = config.code_dir.clone().unwrap_or_default().join(program);
    match path.metadata() {
        Ok(file) if file.permissions().mode() & 0o111 == 0 => Err(FcError::bad_gateway(
            "CAFilePermission",
            "the start command lacks the executable bit (code 13)",
        )),
        Ok(_) => Ok(()),
        Err(error) => {
            Err(FcError::bad_gateway("CAExited", format!("the start command cannot be run: {error}")))
        }
    }
}

pub(crate) fn build_command(
    config: &FunctionConfig,
    credentials: Option<&StsCredentials>,
    platform: &Platform,
    instance_id: &str,
    port: u16,
) -> Command {
    // setpriv makes the kernel kill the process even if this host itself is killed, then becomes the command.
    let words = config.command.iter().map(std::ffi::OsString::as_os_str);
    let mut words: Vec<_> = match find_setpriv() {
        Some(setpriv) => [setpriv.as_os_str(), "--pdeathsig".as_ref(), "KILL".as_ref(), "--".as_ref()]
            .into_iter()
            .chain(words)
            .collect(),
        None => words.collect(),
    };
    let program = if words.is_empty() { std::ffi::OsStr::new("bootstrap") } else { words.remove(0) };
    let mut command = Command::new(program);
    command.args(words).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.process_group(0).kill_on_drop(true);
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    let code_dir = config.code_dir.clone().or_else(|| std::env::current_dir().ok()).unwrap_or_default();
    command.current_dir(&code_dir);
    let version = if config.runtime.is_recent() { "FC_FUNCTION_VERSION" } else { "FC_VER_ID" };
    command
        .env("TZ", "UTC")
        .env("HOME", "/root")
        .env("FC_ACCOUNT_ID", &platform.account_id)
        .env("FC_REGION", &platform.region)
        .env("FC_FUNCTION_NAME", &config.name)
        .env("FC_FUNCTION_HANDLER", "index.handler")
        .env("FC_FUNCTION_MEMORY_SIZE", config.memory_mb.to_string())
        .env("FC_INSTANCE_ID", instance_id)
        .env("FC_FUNC_CODE_PATH", &code_dir)
        .env("FC_CUSTOM_LISTEN_PORT", port.to_string())
        // Not a variable of the platform: it keeps a function built on `aliyun-fc-runtime` unreachable for
        // others on this network.
        .env("ALIYUN_FC_RUNTIME_LISTEN_ADDRESS", "127.0.0.1")
        .env(version, "LATEST");
    let injected = !matches!(config.disable_inject_credentials, DisableInject::Env | DisableInject::All);
    if let Some(credentials) = credentials.filter(|_| injected) {
        command
            .env("ALIBABA_CLOUD_ACCESS_KEY_ID", &credentials.access_key_id)
            .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", &credentials.access_key_secret)
            .env("ALIBABA_CLOUD_SECURITY_TOKEN", &credentials.security_token);
    }
    command.envs(&config.env);
    command
}

fn find_setpriv() -> Option<&'static Path> {
    static FOUND: OnceLock<Option<&'static Path>> = OnceLock::new();
    *FOUND.get_or_init(|| {
        ["/usr/bin/setpriv", "/bin/setpriv"].map(Path::new).into_iter().find(|path| path.is_file())
    })
}
