"""boto3: an S3 client that nobody wrote for OSS. Signature V4 of S3 in headers and in URLs, permanent and temporary keys."""

import hashlib
import urllib.request

import boto3
import botocore
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

from checks import KEYS, body, expect, file_of, run, settings

CONFIG = settings()
BUCKET = CONFIG["bucket"]
PART = 5 << 20
IN_PARTS = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, max_concurrency=3)


def client(key, region="us-east-1", secret=None):
    return boto3.client(
        "s3",
        endpoint_url=CONFIG["endpoint"],
        region_name=region,
        aws_access_key_id=key["id"],
        aws_secret_access_key=secret or key["secret"],
        aws_session_token=key.get("token"),
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
    )


def works(key, region):
    def mode():
        own = client(key, region)
        prefix = f"boto3/{key['id']}/{region}/"
        own.head_bucket(Bucket=BUCKET)
        expect("buckets", [bucket["Name"] for bucket in own.list_buckets()["Buckets"]], [BUCKET])
        for name in KEYS:
            whole_object(own, prefix + name)
        multipart(own, prefix + "parts/" + KEYS[2])
        listing(own, prefix)
    return mode


def whole_object(own, name):
    data = body(name, 300_000)
    put = own.put_object(Bucket=BUCKET, Key=name, Body=data, ContentType="video/mp4", Metadata={"title": "a  film"})
    head = own.head_object(Bucket=BUCKET, Key=name)
    expect("etag", head["ETag"], put["ETag"])
    expect("md5", head["ETag"].strip('"').lower(), hashlib.md5(data).hexdigest())
    expect("length", head["ContentLength"], len(data))
    expect("metadata", head["Metadata"], {"title": "a  film"})
    expect("content type", head["ContentType"], "video/mp4")
    expect("whole", own.get_object(Bucket=BUCKET, Key=name)["Body"].read(), data)
    ranged = own.get_object(Bucket=BUCKET, Key=name, Range="bytes=299000-400000")
    expect("range", (ranged["ResponseMetadata"]["HTTPStatusCode"], ranged["Body"].read()), (206, data[299000:]))
    copied = own.copy_object(Bucket=BUCKET, Key=name + ".copy", CopySource={"Bucket": BUCKET, "Key": name})
    expect("copy", copied["CopyObjectResult"]["ETag"], put["ETag"])
    own.delete_object(Bucket=BUCKET, Key=name + ".copy")
    url = own.generate_presigned_url("get_object", {"Bucket": BUCKET, "Key": name}, ExpiresIn=60)
    with urllib.request.urlopen(url) as answer:
        expect("signed url", answer.read(), data)
    url = own.generate_presigned_url("put_object", {"Bucket": BUCKET, "Key": name}, ExpiresIn=60)
    urllib.request.urlopen(urllib.request.Request(url, data=data[:1000], method="PUT")).close()
    expect("put by url", own.get_object(Bucket=BUCKET, Key=name)["Body"].read(), data[:1000])


def multipart(own, name):
    data = body(name, 2 * PART + 1)
    with file_of(data) as file:
        own.upload_file(file.name, BUCKET, name, Config=IN_PARTS, ExtraArgs={"Metadata": {"title": "parts"}})
    expect("parts joined", own.get_object(Bucket=BUCKET, Key=name)["Body"].read(), data)
    expect("metadata", own.head_object(Bucket=BUCKET, Key=name)["Metadata"]["title"], "parts")
    upload = own.create_multipart_upload(Bucket=BUCKET, Key=name + ".aborted")["UploadId"]
    own.upload_part(Bucket=BUCKET, Key=name + ".aborted", UploadId=upload, PartNumber=1, Body=data[:PART])
    parts = own.list_parts(Bucket=BUCKET, Key=name + ".aborted", UploadId=upload)["Parts"]
    expect("parts", [part["Size"] for part in parts], [PART])
    own.abort_multipart_upload(Bucket=BUCKET, Key=name + ".aborted", UploadId=upload)


def listing(own, prefix):
    wanted = sorted([prefix + name for name in KEYS] + [prefix + "parts/" + KEYS[2]])
    for kind in ("list_objects", "list_objects_v2"):
        pages = own.get_paginator(kind).paginate(Bucket=BUCKET, Prefix=prefix, PaginationConfig={"PageSize": 2})
        expect(kind, [entry["Key"] for page in pages for entry in page["Contents"]], wanted)
    for key in wanted:
        own.delete_object(Bucket=BUCKET, Key=key)
    refuse("NoSuchKey", lambda: own.get_object(Bucket=BUCKET, Key=wanted[0]))


def refuse(code, call):
    try:
        call()
    except ClientError as error:
        expect("code", error.response["Error"]["Code"], code)
        return
    raise AssertionError("was let in")


def refused(code, key, secret=None, **more):
    def mode():
        own = client(key, secret=secret)
        refuse(code, lambda: own.put_object(Bucket=BUCKET, Key="refused", Body=b"x", **more))
    return mode


def framed():
    """The framing that boto3 uses over https: the service refuses it, in its own words."""
    own = client(CONFIG["permanent"])
    header = "x-amz-content-sha256"

    def frame(request, **_):
        request.headers[header] = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"

    own.meta.events.register("before-send.s3.PutObject", frame)
    try:
        own.put_object(Bucket=BUCKET, Key="framed", Body=b"x")
    except ClientError as error:
        expect("message", "aws-chunked encoding is not supported" in error.response["Error"]["Message"], True)
        return
    raise AssertionError("was let in")


def altered():
    """A body that is not the one whose hash was signed: an object, a part and a list to delete are refused, and nothing is stored."""
    own = client(CONFIG["permanent"])
    upload = own.create_multipart_upload(Bucket=BUCKET, Key="altered")["UploadId"]

    def alter(request, **_):
        body = request.body.read() if hasattr(request.body, "read") else request.body
        request.body = body[:-1] + b"!"

    for name in ("PutObject", "UploadPart", "DeleteObjects"):
        own.meta.events.register(f"before-send.s3.{name}", alter)
    code = "XAmzContentSHA256Mismatch"
    refuse(code, lambda: own.put_object(Bucket=BUCKET, Key="altered", Body=b"as signed"))
    refuse(code, lambda: own.upload_part(Bucket=BUCKET, Key="altered", UploadId=upload, PartNumber=1, Body=b"as signed"))
    refuse(code, lambda: own.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "altered"}]}))
    expect("parts", own.list_parts(Bucket=BUCKET, Key="altered", UploadId=upload).get("Parts", []), [])
    own.abort_multipart_upload(Bucket=BUCKET, Key="altered", UploadId=upload)
    expect("objects", own.list_objects_v2(Bucket=BUCKET, Prefix="altered")["KeyCount"], 0)


permanent, temporary, stale = CONFIG["permanent"], CONFIG["temporary"], CONFIG["stale"]
run(f"boto3 {boto3.__version__}, botocore {botocore.__version__}", {
    "us-east-1": works(permanent, "us-east-1"),
    "own region, sts": works(temporary, CONFIG["region"]),
    "wrong secret": refused("SignatureDoesNotMatch", permanent, secret="wrong"),
    "unknown key": refused("InvalidAccessKeyId", dict(permanent, id="nobody")),
    "stale token": refused("SecurityTokenExpired", stale),
    "missing token": refused("InvalidAccessKeyId", dict(temporary, token=None)),
    "create-only": refused("NotImplemented", permanent, IfNoneMatch="*"),
    "aws-chunked": framed,
    "altered body": altered,
})
