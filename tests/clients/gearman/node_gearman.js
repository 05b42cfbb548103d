// node-gearman: submits one job and prints its answer. It tells no progress.

const Gearman = require('node-gearman');

const [port, payload] = process.argv.slice(2);
const client = new Gearman('127.0.0.1', Number(port));
const job = client.submitJob('upload', payload);
const pieces = [];

function end(answer) {
  console.log(JSON.stringify({ answer, statuses: 0 }));
  client.close();
}

job.on('data', (piece) => pieces.push(piece));
job.on('end', () => end(Buffer.concat(pieces).toString()));
job.on('error', () => end(null));
