// Reads one JSON request per line from standard input and answers each with one line of JSON:
//   {"library": "apollo"|"guild", "subgraphs": [{"name", "url", "sdl"}], "options": {"public": true}}
// The first argument is the folder that holds compose.mjs and its node_modules.
import { createInterface } from 'node:readline';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const { compose } = await import(pathToFileURL(join(resolve(process.argv[2]), 'compose.mjs')));

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const { library, subgraphs, options } = JSON.parse(line);
  let answer;
  try {
    answer = await compose(library, subgraphs, options ?? {});
  } catch (e) {
    answer = { ok: false, crashed: true, errors: [{ code: null, message: String(e?.message ?? e) }] };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
