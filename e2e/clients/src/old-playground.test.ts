import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { renderPlaygroundPage } from 'graphql-playground-html';
import { open, picture } from './browser';
import { carla, endpoint, firstOrder, logIn } from './shop';

const elsewhere = new URL(process.env.ELSEWHERE!);

/** Serves GraphQL Playground where people have it: on another origin. */
async function serve(page: string) {
  const server = createServer((request, response) => {
    if (request.url === '/') response.setHeader('content-type', 'text/html; charset=utf-8').end(page);
    else if (/^\/cdn\/[\w./-]+\.(js|css)$/.test(request.url!)) createReadStream(`build${request.url}`).on('error', () => response.writeHead(404).end()).pipe(response);
    else response.writeHead(request.url === '/favicon.ico' ? 204 : 404).end();
  });
  await new Promise<void>((listening) => server.listen(Number(elsewhere.port), elsewhere.hostname, listening));
  return server;
}

test('the old GraphQL Playground, on another origin, reads the schema and asks', async (t) => {
  const token = await logIn(carla);
  const query = `query Order($id: ID!) {\n  order(id: $id) {\n    number\n    customer { name email }\n    lines { quantity product { name } }\n  }\n}\n`;
  const tab = { endpoint, query, variables: JSON.stringify({ id: await firstOrder(token) }), headers: { Authorization: `Bearer ${token}` } };
  const server = await serve(renderPlaygroundPage({ endpoint, cdnUrl: '/cdn', faviconUrl: null, tabs: [tab] }));
  try {
    const { page, problems } = await open(t);
    // The page's fonts are not there offline, and it does without.
    await page.route('https://fonts.googleapis.com/**', (route) => route.fulfill({ contentType: 'text/css', body: '' }));
    await page.goto(elsewhere.href);
    const answered = page.waitForResponse((response) => response.url() === endpoint && !!response.request().postData()?.includes('"Order"'));
    await page.locator('[title^="Execute"]').click();
    const { data, errors } = await (await answered).json();
    assert.equal(errors, undefined);
    assert.equal(data.order.customer.email, carla.email);
    await page.getByText(carla.email).waitFor();
    await page.getByText('Docs', { exact: true }).click();
    await page.getByText('OrderConnection').waitFor();
    await picture(page, 'old-playground');
    assert.deepEqual(problems, []);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
