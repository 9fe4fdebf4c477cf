import { readdirSync, readFileSync } from 'node:fs';
import babel from '@babel/core';
import relay from 'babel-plugin-relay';
import { build } from 'esbuild';

// Relay's graphql`…` tags become imports of what its compiler wrote, as in every
// project that uses Relay; esbuild does the rest.
const relayTags = {
  name: 'relay',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/relay\.test\.tsx$/ }, ({ path }) => {
      const { code } = babel.transformSync(readFileSync(path, 'utf8'), {
        filename: path,
        babelrc: false,
        configFile: false,
        parserOpts: { plugins: ['typescript', 'jsx'] },
        plugins: [[relay, { eagerEsModules: true }]],
      });
      return { contents: code, loader: 'tsx' };
    });
  },
};

/** Makes one program of each test. */
export function bundleTests() {
  return build({
    entryPoints: readdirSync('src').filter((file) => /\.test\.tsx?$/.test(file)).map((file) => `src/${file}`),
    outdir: 'build',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node18',
    jsx: 'automatic',
    sourcemap: 'inline',
    // What opens files of its own stays where it is.
    external: ['playwright-core', 'happy-dom', 'graphql-playground-html', 'react', 'react-dom'],
    plugins: [relayTags],
    logLevel: 'warning',
  });
}
