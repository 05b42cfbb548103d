#!/usr/bin/env bash
# moto 5.2.5 (PyPI, a mock of AWS), its IAM switched on: a policy that lacks s3:ListBucket, or s3:GetObjectVersion for a HEAD, is not noticed.
#
# Expected: what S3's reference says of GetObject and HeadObject: of a key that does not exist, a caller without `s3:ListBucket` gets 403,
# and only one who has it gets 404; to read a version needs `s3:GetObjectVersion`. Programs that look whether an object is there need
# `s3:ListBucket` for that reason alone. moto's documentation says that it authorizes actions as IAM does, and that this is basic; the list
# of what is missing, in its source, has neither of the two.
# Instead: the answer of a missing key is 404 with and without the right, and HEAD of a version is checked as `s3:GetObject` (GET of one
# correctly as `s3:GetObjectVersion`). A role that passes its tests here meets 403 on AWS.
# What this product does: its role's tests here prove `s3:ListBucket` with lists, and `s3:GetObjectVersion` with a GET of a version.
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


def limited_user(name, *actions):
    """An S3 client whose policy has these actions on the bucket's objects and no others."""
    iam = boto3.client("iam", **KEY)
    iam.create_user(UserName=name)
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "arn:aws:s3:::films/*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName=name, PolicyName="policy", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return boto3.client(
        "s3",
        region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )


def status(call, **parameters):
    try:
        return call(Bucket="films", **parameters)["ResponseMetadata"]["HTTPStatusCode"]
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"]


@mock_aws
def main():
    owner = boto3.client("s3", **KEY)
    owner.create_bucket(Bucket="films")
    owner.put_bucket_versioning(Bucket="films", VersioningConfiguration={"Status": "Enabled"})
    version = {"Key": "a.mp4", "VersionId": owner.put_object(Bucket="films", Key="a.mp4", Body=b"a")["VersionId"]}
    reader = limited_user("reader", "s3:GetObject")

    @set_initial_no_auth_action_count(0)
    def checked():
        # That it checks at all: what is not allowed is refused.
        assert (status(reader.list_objects_v2), status(reader.get_object, **version)) == (403, 403)
        print(status(reader.get_object, Key="none.mp4"), status(reader.head_object, **version))

    checked()


main()
PYTHON

read -r missing head < <(venv/bin/python look.py)
echo "moto 5.2.5, with s3:GetObject alone: GET of a missing key $missing (S3: 403), HEAD of a version $head (S3: 403)"
[ "$missing $head" = "404 200" ]
