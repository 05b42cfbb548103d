"""alibabacloud-oss-v2: signature V4, permanent and temporary keys."""

import tempfile

import alibabacloud_oss_v2 as oss
from alibabacloud_oss_v2._version import VERSION

from checks import KEYS, PART, Faults, body, expect, file_of, run, settings

CONFIG = settings()
FAULTS = Faults(CONFIG["endpoint"])
BUCKET = CONFIG["bucket"]


def client(key, region=None):
    config = oss.config.load_default()
    config.credentials_provider = oss.credentials.StaticCredentialsProvider(
        key["id"], key["secret"], key.get("token"))
    config.region = region or CONFIG["region"]
    config.endpoint = CONFIG["endpoint"]
    return oss.Client(config)


def works(key):
    def mode():
        own = client(key)
        prefix = f"oss-v2/{key['id']}/"
        for name in KEYS:
            whole_object(own, prefix + name)
            multipart(own, prefix + "parts/" + name)
        listing(own, prefix)
    return mode


def whole_object(own, name):
    data = body(name, 300_000)
    put = own.put_object(oss.PutObjectRequest(
        bucket=BUCKET, key=name, body=data, content_type="video/mp4", metadata={"title": "%E6%A0%87%E9%A2%98"}))
    head = own.head_object(oss.HeadObjectRequest(bucket=BUCKET, key=name))
    expect("etag", head.etag, put.etag)
    expect("length", head.content_length, len(data))
    expect("type", head.object_type, "Normal")
    expect("metadata", head.metadata["title"], "%E6%A0%87%E9%A2%98")
    whole = own.get_object(oss.GetObjectRequest(bucket=BUCKET, key=name))
    expect("whole", whole.body.content, data)
    ranged = own.get_object(oss.GetObjectRequest(
        bucket=BUCKET, key=name, range_header="bytes=1000-1999", range_behavior="standard"))
    expect("range status", ranged.status_code, 206)
    expect("range", ranged.body.content, data[1000:2000])


def multipart(own, name):
    data = body(name, 4 * PART + 1)
    checkpoints = tempfile.TemporaryDirectory()
    uploader = own.uploader(
        part_size=PART, parallel_num=1, enable_checkpoint=True, checkpoint_dir=checkpoints.name,
        leave_parts_on_error=True)
    FAULTS.refuse_part(3)
    with file_of(data) as file:
        send = lambda: uploader.upload_file(oss.PutObjectRequest(bucket=BUCKET, key=name), file.name)
        try:
            send()
            raise AssertionError("the refused part went unnoticed")
        except oss.exceptions.BaseError as error:
            expect("refusal", "AccessDenied" in str(error), True)
        before = FAULTS.parts_taken()
        send()
    expect("parts sent again", (before, FAULTS.parts_taken()), (2, 5))
    FAULTS.clear()
    whole = own.get_object(oss.GetObjectRequest(bucket=BUCKET, key=name))
    expect("parts joined", whole.body.content, data)
    aborted = name + ".aborted"
    upload = own.initiate_multipart_upload(
        oss.InitiateMultipartUploadRequest(bucket=BUCKET, key=aborted)).upload_id
    own.upload_part(oss.UploadPartRequest(
        bucket=BUCKET, key=aborted, upload_id=upload, part_number=1, body=data[:PART]))
    parts = own.list_parts(oss.ListPartsRequest(bucket=BUCKET, key=aborted, upload_id=upload)).parts
    expect("parts", [part.size for part in parts], [PART])
    own.abort_multipart_upload(oss.AbortMultipartUploadRequest(bucket=BUCKET, key=aborted, upload_id=upload))
    expect("aborted", code_of(lambda: own.list_parts(
        oss.ListPartsRequest(bucket=BUCKET, key=aborted, upload_id=upload))), "NoSuchUpload")


def listing(own, prefix):
    wanted = sorted([prefix + name for name in KEYS] + [prefix + "parts/" + name for name in KEYS])
    pages = own.list_objects_v2_paginator().iter_page(
        oss.ListObjectsV2Request(bucket=BUCKET, prefix=prefix, max_keys=2))
    expect("list", [entry.key for page in pages for entry in page.contents or []], wanted)
    own.delete_multiple_objects(oss.DeleteMultipleObjectsRequest(
        bucket=BUCKET, objects=[oss.DeleteObject(key=key) for key in wanted]))
    expect("deleted", code_of(lambda: own.head_object(
        oss.HeadObjectRequest(bucket=BUCKET, key=wanted[0]))), "NoSuchKey")


def code_of(call):
    try:
        call()
    except oss.exceptions.OperationError as error:
        return error.unwrap().code
    return None


def refused(code, key, region=None):
    def mode():
        put = oss.PutObjectRequest(bucket=BUCKET, key="refused", body=b"x")
        expect("code", code_of(lambda: client(key, region).put_object(put)), code)
    return mode


permanent, temporary, stale = CONFIG["permanent"], CONFIG["temporary"], CONFIG["stale"]
run(f"alibabacloud-oss-v2 {VERSION}", {
    "v4": works(permanent),
    "v4 sts": works(temporary),
    "wrong secret": refused("SignatureDoesNotMatch", dict(permanent, secret="wrong")),
    "wrong region": refused("InvalidArgument", permanent, "cn-beijing"),
    "stale token": refused("SecurityTokenExpired", stale),
    "missing token": refused("InvalidAccessKeyId", dict(temporary, token=None)),
})
