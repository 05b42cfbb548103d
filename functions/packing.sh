# Sourced by the functions' `package` scripts: how a program is built for a platform, and zipped so that the same source gives the same
# zip to the byte, wherever it is built with the same Rust and Python.
# shellcheck shell=bash

# install_zig: a compiler of its own that links against an old glibc and musl, so a venv of its own keeps it. Sets `tools`.
install_zig() {
    local target=${CARGO_TARGET_DIR:-$PWD/target} wanted="cargo-zigbuild==0.24.0 ziglang==0.17.1"
    tools=$target/zigbuild
    [ "$(cat "$tools/installed" 2>/dev/null)" != "$wanted" ] || return 0
    python3 -m venv "$tools"
    # shellcheck disable=SC2086
    "$tools/bin/pip" install --quiet --disable-pip-version-check $wanted
    printf %s "$wanted" >"$tools/installed"
}

# No path of this machine in the program.
without_paths=("--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo" "--remap-path-prefix=$PWD=/oss2youku")

# build_static PACKAGE: builds a package's program so that it needs nothing of the machine but its kernel.
build_static() {
    local tools
    install_zig
    # Parted by a byte that is in no path.
    local IFS=$'\x1f'
    CARGO_ENCODED_RUSTFLAGS="${without_paths[*]}" PATH="$tools/bin:$PATH" \
        cargo zigbuild --locked --profile function --target x86_64-unknown-linux-musl -p "$1" >&2
}

# build TRIPLE PACKAGE [FEATURES]: builds a package's program for glibc 2.17 and later, so that every runtime of the platforms has what it needs.
# The repository's root is the working directory.
build() {
    local triple=$1 package=$2 features=${3:-} tools
    install_zig
    local flags=(
        "${without_paths[@]}"
        # Always at the same address: the loader has 228 KB of pointers less to read and to write at each start. What a random address makes
        # harder needs a memory error first, and nothing here is unsafe but what rustls' ciphers and the runtime hold.
        -Crelocation-model=static
        # With one register as the frame's, the tables that a panic unwinds by are 200 KB shorter.
        -Cforce-frame-pointers=yes
    )
    # Parted by a byte that is in no path.
    local IFS=$'\x1f'
    CARGO_ENCODED_RUSTFLAGS="${flags[*]}" PATH="$tools/bin:$PATH" cargo zigbuild --locked --profile function --target "$triple.2.17" -p "$package" \
        ${features:+"--features=$features"} >&2
}

# pack TRIPLE PROGRAM FOLDER ZIP: puts a built program into FOLDER and into ZIP, as `bootstrap`; prints the zip's path.
pack() {
    local target=${CARGO_TARGET_DIR:-$PWD/target}
    mkdir -p "$3"
    install -m 0755 "$target/$1/function/$2" "$3/bootstrap"
    python3 - "$3/bootstrap" "$4" <<'PYTHON'
import sys
import zipfile

program, path = sys.argv[1:]
entry = zipfile.ZipInfo("bootstrap", (1980, 1, 1, 0, 0, 0))
entry.create_system = 3  # Unix: the next field holds a mode
entry.external_attr = 0o100755 << 16
entry.compress_type = zipfile.ZIP_DEFLATED
with zipfile.ZipFile(path, "w") as archive, open(program, "rb") as file:
    archive.writestr(entry, file.read(), compresslevel=9)
PYTHON
    printf '%s\n' "$4"
}
