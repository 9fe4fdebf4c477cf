import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

// Only the compressed form of an asset is embedded into the binary: 2 MB
// instead of 7. playground.go serves it.
function compressed(): Plugin {
  return {
    name: 'compressed',
    enforce: 'post',
    apply: 'build',
    buildStart() {
      rmSync('dist/assets', { recursive: true, force: true }); // names change with contents
    },
    // When everything is written, for Vite itself changes chunks until then.
    writeBundle(options, bundle) {
      for (const fileName of Object.keys(bundle)) {
        if (fileName === 'index.html') continue;
        const file = join(options.dir ?? '.', fileName);
        writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
        rmSync(file);
      }
    },
  };
}

export default defineConfig({
  // The page may be served below any path.
  base: './',
  plugins: [compressed()],
  build: {
    outDir: 'dist',
    // dist/README.md is committed, so that the folder can be embedded before
    // anything was built.
    emptyOutDir: false,
    target: 'es2022',
    chunkSizeWarningLimit: 5000,
    rolldownOptions: {
      checks: { bundlerTimings: false, pluginTimings: false },
      onwarn(warning, warn) {
        // Libraries made for server components mark their client code.
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
    },
  },
  // "npm run dev" serves the sources against a router on its default port.
  server: { proxy: { '/graphql': 'http://localhost:4000' } },
});
