import assert from 'node:assert/strict';
import { test } from 'node:test';
import { print } from 'graphql';
import { ClientError, gql, GraphQLClient } from 'graphql-request';
import { MeAndEverybodysOrdersDocument, MeDocument, OrderDocument, ProductsDocument, type MeAndEverybodysOrdersQuery } from './generated/graphql';
import { carla, endpoint, firstOrder, logIn, recording } from './shop';

test('the main query, with the types that were generated for it', async () => {
  const token = await logIn(carla);
  const client = new GraphQLClient(endpoint, { headers: { authorization: `Bearer ${token}` } });
  const { order } = await client.request(OrderDocument, { id: await firstOrder(token) });
  assert.equal(order?.customer?.email, carla.email);
  assert.ok(order.lines.every((line) => line.product !== null));
});

test('a query over GET', async () => {
  const { fetch, exchanges } = recording();
  const client = new GraphQLClient(endpoint, { fetch, method: 'GET' });
  const { products } = await client.request(ProductsDocument, { first: 2 });
  assert.equal(products?.edges.length, 2);
  assert.equal(exchanges[0]!.method, 'GET');
});

test('each error policy', async () => {
  const headers = { authorization: `Bearer ${await logIn(carla)}` };
  const client = new GraphQLClient(endpoint, { headers });
  await assert.rejects(client.request(MeAndEverybodysOrdersDocument), (error: unknown) => {
    assert.ok(error instanceof ClientError);
    assert.equal(error.response.errors?.[0]!.extensions.code, 'UNAUTHORIZED_FIELD_OR_TYPE');
    return true;
  });
  const all = await new GraphQLClient(endpoint, { headers, errorPolicy: 'all' }).rawRequest<MeAndEverybodysOrdersQuery>(print(MeAndEverybodysOrdersDocument));
  assert.equal(all.errors?.length, 1);
  assert.equal(all.data.me?.name, 'Carla Customer');
  const ignored = await new GraphQLClient(endpoint, { headers, errorPolicy: 'ignore' }).request(MeAndEverybodysOrdersDocument);
  assert.equal(ignored.orders, null);
});

test('errors of a request come with their status', async () => {
  for (const [headers, query, status, code] of [
    [{}, gql`{ shoeSize }`, 400, 'GRAPHQL_VALIDATION_FAILED'],
    [{ authorization: 'Bearer wrong' }, MeDocument, 401, 'UNAUTHENTICATED'],
  ] as const) {
    await assert.rejects(new GraphQLClient(endpoint, { headers: headers as Record<string, string> }).request(query), (error: unknown) => {
      assert.ok(error instanceof ClientError, `${error}`);
      assert.deepEqual([error.response.status, error.response.errors?.[0]!.extensions.code], [status, code]);
      return true;
    });
  }
});
