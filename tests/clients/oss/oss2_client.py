"""oss2: signatures V1 and V4, permanent and temporary keys."""

import logging
import tempfile

import oss2

from checks import KEYS, PART, Faults, body, expect, file_of, run, settings

CONFIG = settings()
FAULTS = Faults(CONFIG["endpoint"])
# The refusals below are on purpose; their stack traces would bury the report.
logging.getLogger("oss2").setLevel(logging.CRITICAL + 1)


def bucket(key, version, region=None):
    sts = oss2.StsAuth(key["id"], key["secret"], key["token"], auth_version=version) if key.get("token") else None
    plain = oss2.AuthV4 if version == oss2.AUTH_VERSION_4 else oss2.Auth
    auth = sts or plain(key["id"], key["secret"])
    return oss2.Bucket(auth, CONFIG["endpoint"], CONFIG["bucket"], region=region or CONFIG["region"])


def works(key, version):
    def mode():
        own = bucket(key, version)
        prefix = f"oss2/{version}/{key['id']}/"
        for name in KEYS:
            whole_object(own, prefix + name)
            multipart(own, prefix + "parts/" + name)
        listing(own, prefix)
    return mode


def whole_object(own, name):
    data = body(name, 300_000)
    put = own.put_object(name, data, headers={"x-oss-meta-title": "%E6%A0%87%E9%A2%98", "Content-Type": "video/mp4"})
    head = own.head_object(name)
    expect("etag", head.etag, put.etag)
    expect("length", head.content_length, len(data))
    expect("type", head.headers["x-oss-object-type"], "Normal")
    expect("metadata", head.headers["x-oss-meta-title"], "%E6%A0%87%E9%A2%98")
    expect("content type", head.content_type, "video/mp4")
    expect("short head", own.get_object_meta(name).content_length, len(data))
    expect("whole", own.get_object(name).read(), data)
    ranged = own.get_object(name, byte_range=(1000, 1999))
    expect("range status", ranged.status, 206)
    expect("range", ranged.read(), data[1000:2000])
    url = own.sign_url("GET", name, 60, slash_safe=True)
    expect("signed url", own.get_object_with_url(url).read(), data)


def multipart(own, name):
    data = body(name, 4 * PART + 1)
    checkpoints = tempfile.TemporaryDirectory()
    store = oss2.ResumableStore(root=checkpoints.name)
    FAULTS.refuse_part(3)
    with file_of(data) as file:
        send = lambda: oss2.resumable_upload(
            own, name, file.name, store=store, multipart_threshold=PART, part_size=PART, num_threads=1)
        try:
            send()
            raise AssertionError("the refused part went unnoticed")
        except oss2.exceptions.ServerError as error:
            expect("refusal", error.code, "AccessDenied")
        before = FAULTS.parts_taken()
        send()
    expect("parts sent again", (before, FAULTS.parts_taken()), (2, 5))
    FAULTS.clear()
    expect("parts joined", own.get_object(name).read(), data)
    expect("type", own.head_object(name).headers["x-oss-object-type"], "Multipart")
    upload = own.init_multipart_upload(name + ".aborted").upload_id
    own.upload_part(name + ".aborted", upload, 1, data[:PART])
    expect("parts", [part.size for part in own.list_parts(name + ".aborted", upload).parts], [PART])
    own.abort_multipart_upload(name + ".aborted", upload)
    try:
        own.list_parts(name + ".aborted", upload)
        raise AssertionError("the aborted upload is still there")
    except oss2.exceptions.NoSuchUpload:
        pass


def listing(own, prefix):
    wanted = sorted([prefix + name for name in KEYS] + [prefix + "parts/" + name for name in KEYS])
    for iterator in (oss2.ObjectIterator, oss2.ObjectIteratorV2):
        expect("list", [entry.key for entry in iterator(own, prefix=prefix, max_keys=2)], wanted)
    top = list(oss2.ObjectIterator(own, prefix=prefix, delimiter="/", max_keys=1))
    expect("folders", [entry.key for entry in top if entry.is_prefix()], [prefix + "parts/", prefix + "目录/"])
    expect("deleted", sorted(own.batch_delete_objects(wanted).deleted_keys), wanted)
    try:
        own.head_object(wanted[0])
        raise AssertionError("a deleted object is still there")
    except oss2.exceptions.NotFound:
        pass


def refused(code, key, version, region=None):
    def mode():
        try:
            bucket(key, version, region).put_object("refused", b"x")
            raise AssertionError("was let in")
        except oss2.exceptions.ServerError as error:
            expect("code", error.code, code)
    return mode


permanent, temporary, stale = CONFIG["permanent"], CONFIG["temporary"], CONFIG["stale"]
MODES = {}
for version in (oss2.AUTH_VERSION_1, oss2.AUTH_VERSION_4):
    MODES[f"{version}"] = works(permanent, version)
    MODES[f"{version} sts"] = works(temporary, version)
    wrong = dict(permanent, secret="wrong")
    MODES[f"{version} wrong secret"] = refused("SignatureDoesNotMatch", wrong, version)
    MODES[f"{version} stale token"] = refused("SecurityTokenExpired", stale, version)
    no_token = dict(temporary, token=None)
    MODES[f"{version} missing token"] = refused("InvalidAccessKeyId", no_token, version)
MODES["v4 wrong region"] = refused("InvalidArgument", permanent, oss2.AUTH_VERSION_4, "cn-beijing")
run(f"oss2 {oss2.__version__}", MODES)
