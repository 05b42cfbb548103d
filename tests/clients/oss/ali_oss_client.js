// ali-oss: signature V4, permanent and temporary keys.

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const OSS = require('ali-oss');

const CONFIG = JSON.parse(process.argv[2]);
const KEYS = ['plain.bin', 'a b+c%20d&e=f?g.bin', '目录/视频 文件+100%&=?.mp4'];
const PART = 128 * 1024;

function client(key, region = CONFIG.region) {
  return new OSS({
    endpoint: CONFIG.endpoint,
    region: `oss-${region}`,
    bucket: CONFIG.bucket,
    accessKeyId: key.id,
    accessKeySecret: key.secret,
    stsToken: key.token,
    authorizationV4: true,
  });
}

// Bytes that differ from place to place, so that a misplaced part shows.
function body(seed, size) {
  const blocks = [];
  let block = Buffer.from(seed);
  for (let length = 0; length < size; length += 32) {
    block = crypto.createHash('sha256').update(block).digest();
    blocks.push(block);
  }
  return Buffer.concat(blocks).subarray(0, size);
}

async function faults(method, rules) {
  const body = rules && JSON.stringify(rules);
  const answer = await fetch(`${CONFIG.endpoint}/_sandbox/faults`, { method, body });
  return answer.json();
}

// For an endpoint that is an address the client signs for the bucket, but leaves it out of the URL: it must be in the host.
function fetchSigned(url) {
  const headers = { Host: `${CONFIG.bucket}.oss-${CONFIG.region}.aliyuncs.com` };
  return new Promise((resolve, reject) => {
    http.get(url, { headers }, answer => {
      const chunks = [];
      answer.on('data', chunk => chunks.push(chunk));
      answer.on('end', () => resolve(Buffer.concat(chunks)));
      answer.on('error', reject);
    }).on('error', reject);
  });
}

async function wholeObject(own, name) {
  const data = body(name, 300000);
  await own.put(name, data, { mime: 'video/mp4', meta: { title: '%E6%A0%87%E9%A2%98' } });
  const head = await own.head(name);
  assert.equal(head.res.headers['content-length'], String(data.length));
  assert.equal(head.res.headers['x-oss-object-type'], 'Normal');
  assert.equal(head.meta.title, '%E6%A0%87%E9%A2%98');
  assert.ok((await own.get(name)).content.equals(data), 'whole object');
  const ranged = await own.get(name, { headers: { Range: 'bytes=1000-1999' } });
  assert.equal(ranged.res.status, 206);
  assert.ok(ranged.content.equals(data.subarray(1000, 2000)), 'range');
  assert.ok((await fetchSigned(await own.signatureUrlV4('GET', 60, undefined, name))).equals(data), 'signed url');
}

async function multipart(own, name) {
  const data = body(name, 4 * PART + 1);
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'ali-oss-')), 'file.bin');
  fs.writeFileSync(file, data);
  const refusal = { kind: 'status', status: 403, code: 'AccessDenied' };
  const { ids } = await faults('POST', [
    { operation: 'UploadPart', match: 'partNumber=3', fault: refusal },
    { operation: 'UploadPart', skip: 1e9, fault: { kind: 'drop_answer' } },
  ]);
  const partsTaken = async () => (await faults('GET')).find(rule => rule.id === ids[1]).seen;
  let checkpoint;
  const options = { partSize: PART, parallel: 1, progress: (_, point) => { checkpoint = point; } };
  await assert.rejects(own.multipartUpload(name, file, options));
  const before = await partsTaken();
  await own.multipartUpload(name, file, { ...options, checkpoint });
  // A client of its own order may have sent later parts before it gave up.
  assert.equal(await partsTaken(), 5);
  assert.ok(before >= 2 && before < 5, `${before} parts before the refusal`);
  await faults('DELETE');
  assert.ok((await own.get(name)).content.equals(data), 'parts joined');
  const aborted = `${name}.aborted`;
  const { uploadId } = await own.initMultipartUpload(aborted);
  await own.uploadPart(aborted, uploadId, 1, file, 0, PART);
  const { parts } = await own.listParts(aborted, uploadId);
  assert.equal((Array.isArray(parts) ? parts : [parts])[0].Size, String(PART));
  await own.abortMultipartUpload(aborted, uploadId);
  await assert.rejects(own.listParts(aborted, uploadId), { code: 'NoSuchUpload' });
}

async function listing(own, prefix) {
  const wanted = KEYS.flatMap(name => [prefix + name, `${prefix}parts/${name}`]).sort();
  const seen = [];
  let token;
  do {
    const page = await own.listV2({ prefix, 'max-keys': 2, 'continuation-token': token });
    seen.push(...page.objects.map(object => object.name));
    token = page.nextContinuationToken;
  } while (token);
  assert.deepEqual(seen, wanted);
  await own.deleteMulti(wanted, { quiet: true });
  await assert.rejects(own.head(wanted[0]), { code: 'NoSuchKey' });
}

const works = key => async () => {
  const own = client(key);
  const prefix = `ali-oss/${key.id}/`;
  for (const name of KEYS) {
    await wholeObject(own, prefix + name);
    await multipart(own, `${prefix}parts/${name}`);
  }
  await listing(own, prefix);
};

const refused = (code, key, region) => () =>
  assert.rejects(client(key, region).put('refused', Buffer.from('x')), { code });

const { permanent, temporary, stale } = CONFIG;
const MODES = {
  v4: works(permanent),
  'v4 sts': works(temporary),
  'wrong secret': refused('SignatureDoesNotMatch', { ...permanent, secret: 'wrong' }),
  'wrong region': refused('InvalidArgument', permanent, 'cn-beijing'),
  'stale token': refused('SecurityTokenExpired', stale),
  'missing token': refused('InvalidAccessKeyId', { ...temporary, token: undefined }),
};

(async () => {
  const results = {};
  for (const [name, mode] of Object.entries(MODES)) {
    try {
      await mode();
      results[name] = 'ok';
    } catch (error) {
      results[name] = `${error.code || error.name}: ${error.message}`;
    }
  }
  console.log(JSON.stringify({ client: `ali-oss ${require('ali-oss/package.json').version}`, results }));
  process.exit(Object.values(results).every(result => result === 'ok') ? 0 : 1);
})();
