// Runs the GraphQL over HTTP audit of npm's graphql-http, whole, against
// "shopgraph serve router":
//
//   node audit.mjs PROGRAM SUPERGRAPH [setting…]
//
// Every audit has to pass, whether it says MUST, SHOULD or MAY.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { serverAudits } from 'graphql-http';

const [program, supergraph, ...settings] = process.argv.slice(2);
const server = spawn(program, ['serve', 'router', '--supergraph', supergraph, '--listen', '127.0.0.1:0', '--access-log', 'off', ...settings], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = new Promise((resolve) => server.on('close', resolve));

async function endpoint() {
  for await (const line of createInterface({ input: server.stdout })) {
    const found = line.match(/http:\/\/\S+/);
    if (found) return found[0];
  }
  throw new Error('the server printed no address');
}

let failures = 0;
try {
  const url = await endpoint();
  const audits = serverAudits({ url });
  for (const audit of audits) {
    const result = await audit.fn();
    if (result.status !== 'ok') {
      failures++;
      console.error(`${result.status}: ${result.id} ${result.name}\n  ${result.reason}`);
    }
  }
  console.log(`graphql-http audit: ${audits.length - failures} of ${audits.length} pass`);
} finally {
  server.kill('SIGTERM');
  const status = await ended;
  if (status !== 0) {
    console.error(`the server ended with status ${status}`);
    failures++;
  }
}
process.exitCode = failures === 0 ? 0 : 1;
