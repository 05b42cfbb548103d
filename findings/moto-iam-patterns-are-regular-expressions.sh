#!/usr/bin/env bash
# moto 5.2.5 (PyPI, a mock of AWS), its IAM switched on: a policy's resource with `?`, `+` or parentheses does not allow what it names.
#
# Expected: what IAM's reference says: in a resource `*` stands for any characters and `?` for any single one; every other character
# stands for itself. Keys with a plus or parentheses are as ordinary as `film (final).mp4`. moto's documentation calls its IAM basic; the list
# of what is missing, in its source, does not have this.
# Instead: moto replaces `*` by `.*` and takes the rest for a regular expression, so that these policies refuse the keys that they
# allow on AWS. The refusal is the same 403 as for a right that is missing, so that one looks for the fault in the policy.
# What this product does: the resources in its templates consist of names, a prefix and a final `*`, and the tests' prefix is plain.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'moto[s3]==5.2.5'
cat >look.py <<'PYTHON'
import json

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count

KEY = {"region_name": "us-east-1", "aws_access_key_id": "AKIAOWNER", "aws_secret_access_key": "owner"}
# What a policy's resource names, and a key that it allows on AWS.
CASES = [("plain/*", "plain/a.mp4"), ("202?/*", "2026/a.mp4"), ("a+b/*", "a+b/a.mp4"), ("(final)/*", "(final)/a.mp4")]


def reader_of(number, resource):
    """An S3 client that may read these keys."""
    iam, name = boto3.client("iam", **KEY), f"reader-{number}"
    iam.create_user(UserName=name)
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::films/{resource}"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName=name, PolicyName="policy", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return boto3.client(
        "s3",
        region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )


def status(reader, key):
    try:
        return reader.get_object(Bucket="films", Key=key)["ResponseMetadata"]["HTTPStatusCode"]
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"]


@mock_aws
def main():
    owner = boto3.client("s3", **KEY)
    owner.create_bucket(Bucket="films")
    for _, key in CASES:
        owner.put_object(Bucket="films", Key=key, Body=b"a")
    readers = [reader_of(number, resource) for number, (resource, _) in enumerate(CASES)]

    @set_initial_no_auth_action_count(0)
    def checked():
        print(*(status(reader, key) for reader, (_, key) in zip(readers, CASES)))

    checked()


main()
PYTHON

statuses=$(venv/bin/python look.py)
echo "moto 5.2.5: GET of keys that plain/*, 202?/*, a+b/* and (final)/* allow: $statuses (AWS: 200 each)"
[ "$statuses" = "200 403 403 403" ]
