// Tests the clients that people use against the running shop:
//
//   node run.mjs PROGRAM [TEST…]     TEST is "apollo" for src/apollo.test.ts
//
// It starts "shopgraph serve" with a database of its own, generates code from the
// schema that it introspects, checks all types, and runs node's test runner.
// With SHOP_ENDPOINT in the environment it uses the shop that runs there.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { buildClientSchema, getIntrospectionQuery, printSchema } from 'graphql';
import { bundleTests } from './bundle.mjs';
import { unpackOldPlayground } from './old-playground.mjs';

process.chdir(import.meta.dirname ?? new URL('.', import.meta.url).pathname);
const [program, ...wanted] = process.argv.slice(2);

/** Another origin, whose pages the shop lets read its answers. */
const elsewhere = `http://127.0.0.1:${await freePort()}`;

async function freePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

async function startShop() {
  if (process.env.SHOP_ENDPOINT) return { endpoint: process.env.SHOP_ENDPOINT, stop: async () => {} };
  const data = mkdtempSync(join(tmpdir(), 'shopgraph-clients-'));
  const { DATABASE_URL: _, ...environment } = process.env;
  const shop = spawn(
    resolve(program),
    ['serve', '--data', data, '--listen', '127.0.0.1:0', '--access-log', 'off', '--cors-origin', elsewhere],
    { env: environment, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise((end) => shop.on('close', end));
  const stop = async () => {
    shop.kill('SIGINT');
    const status = await ended;
    rmSync(data, { recursive: true, force: true });
    if (status !== 0) throw new Error(`the shop ended with status ${status}`);
  };
  for await (const line of createInterface({ input: shop.stdout })) {
    const found = line.match(/^GraphQL\s+(http\S+)/);
    if (found) {
      shop.stdout.resume();
      return { endpoint: found[1], stop };
    }
  }
  throw new Error(`the shop did not start: status ${await ended}`);
}

async function writeSchema(endpoint) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true, oneOf: true }) }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(`introspection: ${errors[0].message}`);
  writeFileSync('build/schema.graphql', printSchema(buildClientSchema(data)));
  writeFileSync('src/generated/introspection.json', JSON.stringify(data));
}

/** Runs a program to its end, which has to be a good one. */
function run(name, command, args, environment = {}) {
  const started = Date.now();
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...environment } });
    child.on('error', fail);
    child.on('close', (status) => {
      console.log(`${name}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
      if (status === 0) done();
      else fail(new Error(`${name} ended with status ${status}`));
    });
  });
}

const tool = (name) => join('node_modules', '.bin', name);

for (const made of ['build', 'src/generated']) {
  rmSync(made, { recursive: true, force: true });
  mkdirSync(made, { recursive: true });
}
const shop = await startShop();
try {
  const environment = { SHOP_ENDPOINT: shop.endpoint, ELSEWHERE: elsewhere };
  await writeSchema(shop.endpoint);
  await Promise.all([
    run('graphql-codegen', tool('graphql-codegen'), ['--config', 'codegen.yml', '--silent'], environment),
    run('relay-compiler', tool('relay-compiler'), ['relay.config.json']),
  ]);
  await Promise.all([run('tsc', tool('tsc'), []), bundleTests(), unpackOldPlayground(run, 'build/cdn')]);
  const tests = readdirSync('build').filter((file) => file.endsWith('.test.cjs') && (wanted.length === 0 || wanted.includes(file.split('.')[0])));
  if (tests.length === 0) throw new Error(`there are no tests ${wanted.join(', ')}`);
  await run('tests', process.execPath, ['--test', '--test-reporter=spec', '--test-timeout=300000', ...tests.map((file) => join('build', file))], environment);
} finally {
  await shop.stop();
}
