// Bundles the pages into dist, which playground.go embeds.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const common = {
  bundle: true,
  write: false,
  minify: true,
  format: 'esm',
  target: 'es2022',
  outdir: 'dist/assets',
  entryNames: '[name]',
  loader: { '.ttf': 'dataurl' },
  legalComments: 'none',
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'warning',
};

// dist/README.md is committed, so that the folder can be embedded before anything
// was built.
rmSync('dist/assets', { recursive: true, force: true });
mkdirSync('dist/assets', { recursive: true });

/** Writes one bundled file under a name that changes with its contents, so that
 * browsers may keep it for ever. Only the compressed form is embedded into the
 * binary: 2 MB instead of 7. */
function write({ path, contents }) {
  const hash = createHash('sha256').update(contents).digest('hex').slice(0, 12);
  const name = `${basename(path, extname(path))}-${hash}${extname(path)}`;
  writeFileSync(`dist/assets/${name}.gz`, gzipSync(contents, { level: 9 }));
  return `./assets/${name}`;
}

/** Bundles each entry and returns its files' addresses, "main.js" → "./assets/main-….js". */
async function bundle(entryPoints, options = {}) {
  const { outputFiles } = await build({ ...common, ...options, entryPoints });
  return Object.fromEntries(outputFiles.map((file) => [basename(file.path), write(file)]));
}

// Monaco's workers are files of their own, whose addresses main.tsx is told.
const workers = await bundle({
  editor: 'monaco-editor/esm/vs/editor/editor.worker.js',
  json: 'monaco-editor/esm/vs/language/json/json.worker.js',
  graphql: 'monaco-graphql/esm/graphql.worker.js',
});
const pages = await bundle(
  { main: 'src/main.tsx', map: 'src/map/main.tsx' },
  { define: { ...common.define, WORKERS: JSON.stringify(workers) }, jsx: 'automatic' },
);

const template = readFileSync('page.html', 'utf8');
for (const [page, entry] of [['index', 'main'], ['map', 'map']]) {
  const links = `<link rel="stylesheet" href="${pages[`${entry}.css`]}" />\n    <script type="module" src="${pages[`${entry}.js`]}"></script>`;
  writeFileSync(`dist/${page}.html`, template.replace('<!-- links -->', links));
}
