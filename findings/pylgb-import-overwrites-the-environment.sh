#!/usr/bin/env bash
# pylgb 0.1.0 (PyPI, robots of Feishu groups): importing it overwrites variables that the process was started with.
#
# Expected: what python-dotenv does by default and its documentation advises: a `.env` file fills in what the environment lacks, and what the
# operator has set wins. Importing a library changes no variable of others.
# Instead: where python-dotenv happens to be installed, `import pylgb` loads `.env` of the working directory with `override=True`. Every
# variable named there replaces the one that was set, also those that have nothing to do with Feishu.
# What this product does: its tests run this client in an empty folder; its own settings rank a file below the environment.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pylgb==0.1.0 python-dotenv==1.2.4
mkdir work
cat >work/.env <<'ENV'
FEISHU_WEBHOOK=from-the-file
REGION=from-the-file
ENV
cat >work/look.py <<'PYTHON'
import os
import sys

if sys.argv[1] == "pylgb":
    import pylgb  # noqa: F401
else:
    from dotenv import load_dotenv

    load_dotenv(".env")
print(*(os.environ[name] for name in ("FEISHU_WEBHOOK", "REGION")))
PYTHON

look() { (cd work && FEISHU_WEBHOOK=from-the-operator REGION=from-the-operator "$folder/venv/bin/python" look.py "$1"); }
pylgb=$(look pylgb)
dotenv=$(look dotenv)
echo "pylgb 0.1.0 with python-dotenv 1.2.4: after the import $pylgb; after load_dotenv() itself $dotenv"
[ "$pylgb" = "from-the-file from-the-file" ] && [ "$dotenv" = "from-the-operator from-the-operator" ]
