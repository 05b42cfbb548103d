"""Makes CloudFormation of a SAM template, as a deployment would, and lets cfn-lint judge each: cfn-lint alone looks past much in SAM.

    translate.py TEMPLATE...     prints {"TEMPLATE": {"problems": ["E3034 ..."], "resources": {...}}, ...}
"""
import json
import os
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")

from cfnlint import decode  # noqa: E402
from cfnlint.api import ManualArgs, lint  # noqa: E402
from samtranslator.translator.transform import transform  # noqa: E402


class NoManagedPolicies:
    def load(self):
        return {}


def translated(path):
    template, matches = decode.decode(path)
    if matches:
        raise SystemExit(f"{path}: {matches}")
    template = json.loads(json.dumps(template))
    # Where the package will have been put.
    template["Resources"]["Function"]["Properties"]["CodeUri"] = "s3://packages/oss2youku.zip"
    return transform(template, {}, NoManagedPolicies())


def judged(path):
    try:
        template = translated(path)
    except Exception as error:  # the translator's own refusal
        return {"problems": [str(error)], "resources": {}}
    text = json.dumps(template)
    problems = lint(text, config=ManualArgs(regions=["eu-west-1"]))
    return {
        "problems": [f"{problem.rule.id} {problem.message}" for problem in problems],
        "resources": template["Resources"],
    }


print(json.dumps({path: judged(path) for path in sys.argv[1:]}))
