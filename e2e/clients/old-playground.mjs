// The program of GraphQL Playground, whose page comes from graphql-playground-html
// and loads it from a CDN. Only the built files of the package are wanted, not the
// 50 packages that it was built from, which npm would install with it.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';

const name = 'graphql-playground-react';
const version = '1.7.28';
const sha512 = 'YPR33Ph9kuKlFOMpc8mKGsL/fOiX0ltgzV1BokXYNsBLtTVQnhdCSKQuZg80CcxWKD8syNuWXDkGZSAdFkwmRg==';

/** Unpacks it into the folder as the CDN has it. */
export async function unpackOldPlayground(run, folder) {
  await run('npm pack', 'npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', 'build']);
  const file = `build/${name}-${version}.tgz`;
  if (createHash('sha512').update(readFileSync(file)).digest('base64') !== sha512) throw new Error(`${file} is not what it was`);
  mkdirSync(`${folder}/${name}`, { recursive: true });
  await run('tar', 'tar', ['-xzf', file, '-C', `${folder}/${name}`, '--strip-components=1', 'package/build/static']);
}
