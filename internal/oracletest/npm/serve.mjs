// Composes with the composers of npm: reads one question a line from standard
// input, {"library": "apollo"|"guild", "subgraphs": [{"name", "url", "sdl"}]}, and
// answers each with a line {"ok", "supergraphSdl" | "errors", "hints", "timeMs",
// "cpuMs"}.
// What the library throws is an answer too, with "crashed".
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { parse } from 'graphql';
import { composeServices as guild } from '@theguild/federation-composition';

const { composeServices: apollo } = createRequire(import.meta.url)('@apollo/composition');

const told = (e) => ({ code: e?.extensions?.code ?? null, message: String(e?.message ?? e) });

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const { library, subgraphs } = JSON.parse(line);
  process.stdout.write(JSON.stringify(answer(library === 'apollo' ? apollo : guild, subgraphs)) + '\n');
}

function answer(composeServices, subgraphs) {
  const errors = [];
  const services = [];
  const start = process.hrtime.bigint();
  const startCPU = process.cpuUsage();
  const took = () => {
    const { user, system } = process.cpuUsage(startCPU);
    return { timeMs: Number(process.hrtime.bigint() - start) / 1e6, cpuMs: (user + system) / 1e3 };
  };
  for (const { name, url, sdl } of subgraphs) {
    try {
      services.push({ name, url, typeDefs: parse(sdl) });
    } catch (e) {
      errors.push({ code: 'SYNTAX_ERROR', message: `[${name}] ${e.message}` });
    }
  }
  if (errors.length > 0) return { ok: false, errors, ...took() };
  try {
    const result = composeServices(services);
    if (result.errors?.length) return { ok: false, errors: result.errors.map(told), ...took() };
    const hints = (result.hints ?? []).map((h) => ({
      code: h.definition.code,
      level: h.definition.level.name,
      message: h.message,
      coordinate: h.coordinate ?? null,
    }));
    return { ok: true, supergraphSdl: result.supergraphSdl, hints, ...took() };
  } catch (e) {
    return { ok: false, crashed: true, errors: [told(e)], ...took() };
  }
}
