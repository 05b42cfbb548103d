// gearmanode: submits one job and prints its answer and how many words of progress came.

const gearmanode = require('gearmanode');

const [port, payload] = process.argv.slice(2);
const client = gearmanode.client({ host: '127.0.0.1', port: Number(port) });
const job = client.submitJob('upload', payload);
let statuses = 0;

function end(answer) {
  console.log(JSON.stringify({ answer, statuses }));
  client.close();
}

job.on('status', () => { statuses += 1; });
job.on('complete', () => end(job.response.toString()));
job.on('failed', () => end(null));
