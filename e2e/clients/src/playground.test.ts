import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { open, picture } from './browser';
import { carla, endpoint } from './shop';

const site = new URL('./', endpoint);

/** Runs the operation, which is in the editor, and returns its answer. */
async function run(page: Page, operation: string) {
  const answered = page.waitForResponse((response) => response.url() === endpoint && response.request().postDataJSON().query.includes(`query ${operation}`));
  await page.getByRole('button', { name: /Execute query/ }).click();
  const response = await answered;
  return { status: response.status(), ...(await response.json()) };
}

const plan = (page: Page) => page.getByRole('region', { name: 'Query plan' });

async function begin(page: Page) {
  await page.goto(site.href);
  await page.locator('.graphiql-query-editor .view-line', { hasText: 'query' }).first().waitFor();
}

test('log in by two clicks, run the main query, see its plan', async (t) => {
  const { page, problems, hosts } = await open(t, { height: 760 });
  await begin(page);
  assert.equal((await run(page, 'Order')).data.order, null, 'nobody sees the order before logging in');

  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('menuitem', { name: 'Carla Customer' }).click();
  await page.getByRole('button', { name: 'CC Carla Customer' }).waitFor();
  const { data, errors } = await run(page, 'Order');
  assert.equal(errors, undefined);
  assert.equal(data.order.customer.email, carla.email);
  assert.ok(data.order.lines.length > 1 && data.order.lines.every((line: { product: { name: string } }) => line.product.name));
  await page.locator('.graphiql-response', { hasText: data.order.number }).waitFor();

  const boxes = plan(page).locator('[data-subgraph]');
  await boxes.nth(2).waitFor();
  assert.deepEqual(await boxes.evaluateAll((all) => all.map((box) => box.getAttribute('data-subgraph'))), ['orders', 'products', 'users']);
  for (const text of await boxes.allTextContents()) assert.match(text, /200.*[\d.]+ (ms|µs|s)[\d.]+ (B|KB|kB)/);
  await picture(page, 'playground');

  await boxes.nth(1).click();
  const details = page.getByRole('region', { name: 'The request to products' });
  assert.match((await details.textContent())!, /_entities/);
  await picture(page, 'playground-fetch');
  await plan(page).getByRole('button', { name: 'Text' }).click();
  assert.match((await plan(page).textContent())!, /QueryPlan \{/);

  await plan(page).getByRole('button', { name: 'Plan only' }).click();
  await page.locator('.graphiql-response', { hasNotText: data.order.number }).waitFor();
  assert.deepEqual(problems, []);
  assert.deepEqual([...hosts], [site.host], 'everything comes from the program itself');
});

test('examples open in their tabs, as whoever may ask them; the schema has its documentation', async (t) => {
  const { page, problems } = await open(t, { colorScheme: 'dark' });
  await begin(page);
  await page.getByRole('button', { name: 'Examples' }).click();
  await picture(page, 'playground-examples-dark');
  await page.getByRole('menuitem', { name: "Everybody's orders" }).click();
  await page.getByRole('button', { name: 'SS Stefan Staff' }).waitFor();
  await page.locator('.graphiql-query-editor .view-line', { hasText: 'orders' }).first().waitFor();
  const { data, errors } = await run(page, 'Order');
  assert.equal(errors, undefined);
  assert.equal(data.orders.nodes.length, 20);
  await plan(page).locator('[data-subgraph]').nth(2).waitFor();
  await picture(page, 'playground-dark');

  await page.getByRole('button', { name: /Documentation Explorer/ }).click();
  await page.getByRole('link', { name: 'Query', exact: true }).first().click();
  await page.getByText('Anything that has an id of its own').waitFor();
  await picture(page, 'playground-docs-dark');
  assert.deepEqual(problems, []);
});

test('the map shows who resolves what', async (t) => {
  const { page, problems, hosts } = await open(t);
  await page.goto(new URL('map', site).href);
  await page.getByRole('heading', { name: '3 subgraphs, one graph' }).waitFor();
  await page.getByLabel('Find a type').fill('user');
  const user = page.getByRole('region', { name: 'User', exact: true });
  const row = (field: string) => user.getByRole('row').filter({ has: page.getByRole('rowheader', { name: new RegExp(`^${field}\\b`) }) });
  await row('email').getByRole('img', { name: 'resolved by users' }).waitFor();
  await row('orders').getByRole('img', { name: 'resolved by orders' }).waitFor();
  assert.equal(await row('orders').getByRole('img').count(), 1);
  await picture(page, 'map');

  await user.getByRole('button', { name: 'OrderConnection' }).click();
  await page.getByRole('region', { name: 'OrderConnection', exact: true }).waitFor();
  assert.equal(new URL(page.url()).hash, '#OrderConnection');
  await page.emulateMedia({ colorScheme: 'dark' });
  await picture(page, 'map-dark');
  assert.deepEqual(problems, []);
  assert.deepEqual([...hosts], [site.host]);
});
