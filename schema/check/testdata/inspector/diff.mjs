// Answers each line {"old": SDL, "new": SDL} on stdin with a line of changes
// [{"type", "level", "path"}] on stdout, or {"error"}.
import { createInterface } from 'node:readline';
import { diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(await answer(line)) + '\n');
}

async function answer(line) {
  try {
    const pair = JSON.parse(line);
    const read = (sdl) => buildSchema(sdl, { assumeValid: true, assumeValidSDL: true });
    const changes = await diff(read(pair.old), read(pair.new));
    return changes.map((c) => ({ type: c.type, level: c.criticality.level, path: c.path ?? '' }));
  } catch (error) {
    return { error: String(error) };
  }
}
