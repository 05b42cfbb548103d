//! Ready to run: TLS, the systemd unit, the container file.

use super::{GearmanEnv, Shim, TOKEN};
use crate::support::{binary, golden::assert_golden, workspace};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Makes a key and a certificate for 127.0.0.1.
fn certificate(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let (key, certificate) = (folder.join(format!("{name}.key")), folder.join(format!("{name}.pem")));
    let output = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ])
        .args(["-subj", "/CN=gearmand", "-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    (key, certificate)
}

#[tokio::test]
async fn jobs_come_by_tls_from_a_trusted_server_alone() {
    let (world, folder) = (GearmanEnv::start().await, tempfile::tempdir().unwrap());
    let (key, trusted) = certificate(folder.path(), "trusted");
    let (_, other) = certificate(folder.path(), "other");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_file(&trusted).unwrap()],
            PrivateKeyDer::from_pem_file(&key).unwrap(),
        )
        .unwrap();
    // Debian's gearmand speaks no TLS: this proxy does.
    let (acceptor, listener) =
        (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let mut front = super::Gearmand::stopped();
    front.port = listener.local_addr().unwrap().port();
    let behind = world.gearmand.port;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A shim that does not trust the certificate disconnects.
                let mut stream = acceptor.accept(stream).await.ok()?;
                let mut gearmand = TcpStream::connect(("127.0.0.1", behind)).await.ok()?;
                tokio::io::copy_bidirectional(&mut stream, &mut gearmand).await.ok()
            });
        }
    });
    let url = &world.env.clouds.endpoints.http_trigger;
    let distrustful = Shim::start(url, &[&front], &["--tls-ca", other.to_str().unwrap()]);
    distrustful.wait_for_log("no line to gearmand", 2).await;
    assert_eq!(world.gearmand.jobs()[2], 0);
    let _shim = Shim::start(url, &[&front], &["--tls-ca", trusted.to_str().unwrap()]);
    let (task, bytes) = world.object("film", 1000).await;
    let answer = world.gearmand.foreground(&task).await.unwrap();
    assert_eq!(answer["data"]["videoid"], world.env.assert_published("film", &bytes).id.as_str());
}

fn service(name: &str) -> String {
    fs::read_to_string(workspace().join("functions/gearman-shim/service").join(name)).unwrap()
}

/// systemd accepts the unit, which gives the shim longer to stop than it takes.
#[test]
fn the_systemd_unit_is_valid_and_stops_late_enough() {
    let unit = service("oss2youku-gearman.service");
    let program = binary("oss2youku-gearman");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("oss2youku-gearman.service");
    // In /usr/bin by the package, in /usr/local/bin by hand: systemd looks in both.
    let start = "ExecStart=oss2youku-gearman\n";
    assert!(unit.contains(start));
    let start_built = format!("ExecStart={}\n", program.display());
    fs::write(&path, unit.replace(start, &start_built)).unwrap();
    // Absent in a container.
    if let Ok(output) = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&path).output() {
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !said.contains("oss2youku"), "{said}");
    }
    let stop = unit.lines().find_map(|line| line.strip_prefix("TimeoutStopSec=")).unwrap();
    // The flag's default.
    assert!(stop.parse::<u32>().unwrap() > 300);
}

#[tokio::test]
async fn the_samples_variables_start_the_shim() {
    let help = Command::new(binary("oss2youku-gearman")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    fs::write(&token, TOKEN).unwrap();
    let mut command = Command::new(binary("oss2youku-gearman"));
    let mut variables = 0;
    for line in service("oss2youku-gearman.env").lines().filter(|line| line.contains("OSS2YOUKU_")) {
        let (name, value) = line.trim_start_matches("# ").split_once('=').unwrap();
        assert!(help.contains(&format!("[env: {name}=")), "{name}: {help}");
        // Commented out or not, the program reads each of them.
        if !line.starts_with('#') {
            command.env(name, value);
            variables += 1;
        }
    }
    assert!(variables >= 3);
    let mut child = command
        .env("OSS2YOUKU_GEARMAN_TOKEN_FILE", &token)
        .env("OSS2YOUKU_GEARMAN_SERVER", "127.0.0.1:9")
        .env_remove("OSS2YOUKU_GEARMAN_HEALTH")
        .spawn()
        .unwrap();
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(child.id().try_into().unwrap()), None).unwrap();
    assert_eq!(child.try_wait().unwrap(), None, "it runs");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn the_container_file_builds_and_starts_this_program() {
    let file = service("Containerfile");
    for line in [
        "cargo build --release --locked -p gearman-shim",
        "COPY --from=build /src/target/release/oss2youku-gearman /usr/local/bin/",
        "ENTRYPOINT [\"/usr/local/bin/oss2youku-gearman\"]",
    ] {
        assert!(file.contains(line), "{line}\n{file}");
    }
    // The image's compiler is new enough for the workspace.
    let manifest = fs::read_to_string(workspace().join("Cargo.toml")).unwrap();
    let least =
        manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap().trim_matches('"');
    let image = file.lines().find_map(|line| line.strip_prefix("FROM docker.io/library/rust:")).unwrap();
    let minor = |version: &str| version.split(['.', '-']).nth(1).unwrap().parse::<u32>().unwrap();
    assert!(minor(image) >= minor(least), "{image} {least}");
    assert!(file.contains("USER "), "not as root");
}

/// The help is Chinese by the same rule as that of `oss2youku`: the language of the environment, or `--lang`.
#[test]
fn the_help_speaks_both_languages() {
    for (lang, flags) in [("en", &["--help"][..]), ("zh", &["--help"]), ("zh", &["--lang", "zh", "-h"])] {
        let mut help = Command::new(binary("oss2youku-gearman"));
        help.args(flags).env_clear();
        if flags.len() == 1 {
            help.env("LANG", format!("{lang}_XX.UTF-8"));
        }
        let help = help.output().unwrap();
        assert_eq!(help.status.code(), Some(0), "{help:?}");
        assert_golden(&format!("gearman-help.{lang}.txt"), &String::from_utf8(help.stdout).unwrap());
    }
}
