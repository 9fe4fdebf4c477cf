import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, CombinedError, fetchExchange, gql, type Exchange } from '@urql/core';
import { authExchange } from '@urql/exchange-auth';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { minifyIntrospectionQuery } from '@urql/introspection';
import type { IntrospectionQuery } from 'graphql';
import introspection from './generated/introspection.json';
import { MeAndEverybodysOrdersDocument, MeDocument, OrderDocument, ProductsDocument, RenameDocument } from './generated/graphql';
import { carla, customer, endpoint, firstOrder, logIn, recording } from './shop';

/** Knows the schema, and so that a type without an id is part of its parent. */
const graphcache = () => {
  const schema = minifyIntrospectionQuery(introspection as unknown as IntrospectionQuery);
  const warnings: string[] = [];
  const exchange = cacheExchange({
    schema,
    keys: { Money: () => null, PageInfo: () => null },
    resolvers: { Query: { products: relayPagination() } },
    logger: (_, message) => warnings.push(message),
  });
  return { exchange, warnings };
};

function connect(token: string | undefined, exchanges: Exchange[]) {
  const recorded = recording(token);
  const client = new Client({ url: endpoint, fetch: recorded.fetch, exchanges: [...exchanges, fetchExchange], preferGetMethod: false });
  return { client, exchanges: recorded.exchanges };
}

test('a normalised cache finds our ids, and answers other queries with them', async () => {
  const token = await logIn(carla);
  const id = await firstOrder(token);
  const { exchange, warnings } = graphcache();
  const { client, exchanges } = connect(token, [exchange]);
  const { data } = await client.query(OrderDocument, { id }).toPromise();
  assert.equal(data!.order!.customer!.email, carla.email);
  const again = await client.query(gql`query Number($id: ID!) { order(id: $id) { id number customer { id name } } }`, { id }).toPromise();
  assert.equal(again.data.order.number, data!.order!.number);
  assert.equal(exchanges.length, 1, 'the second query is answered by the cache');
  assert.deepEqual(warnings, []);
});

test("a mutation's answer changes what is watched", async () => {
  const { client } = connect(await logIn(await customer(3)), [graphcache().exchange]);
  const names: (string | undefined)[] = [];
  const { unsubscribe } = client.query(MeDocument, {}).subscribe(({ data }) => names.push(data?.me?.name));
  await client.query(MeDocument, {}).toPromise();
  const name = `Ursula ${Date.now()}`;
  await client.mutation(RenameDocument, { name }).toPromise();
  unsubscribe();
  assert.equal(names.at(-1), name);
});

test('pages of a connection come together', async () => {
  const { client } = connect(undefined, [graphcache().exchange]);
  const first = await client.query(ProductsDocument, { first: 4 }).toPromise();
  const { data } = await client.query(ProductsDocument, { first: 4, after: first.data!.products!.pageInfo.endCursor }).toPromise();
  assert.equal(new Set(data!.products!.edges.map((edge) => edge.node.id)).size, 8);
});

test('a token that has ended is exchanged for a fresh one', async () => {
  let token = 'ended';
  const auth = authExchange(async (utilities) => ({
    addAuthToOperation: (operation) => utilities.appendHeaders(operation, { authorization: `Bearer ${token}` }),
    didAuthError: (error) => error.graphQLErrors.some((e) => e.extensions.code === 'UNAUTHENTICATED'),
    refreshAuth: async () => {
      token = await logIn(carla);
    },
  }));
  const { client, exchanges } = connect(undefined, [auth]);
  const { data } = await client.query(MeDocument, {}).toPromise();
  assert.equal(data!.me!.name, 'Carla Customer');
  assert.deepEqual(exchanges.map((x) => x.status), [401, 200]);
});

test('errors come with the data that there is', async () => {
  const { client } = connect(await logIn(carla), []);
  const { data, error } = await client.query(MeAndEverybodysOrdersDocument, {}).toPromise();
  assert.equal(data!.me!.name, 'Carla Customer');
  assert.ok(error instanceof CombinedError);
  assert.deepEqual(error.graphQLErrors.map((e) => [e.path, e.extensions.code]), [[['orders'], 'UNAUTHORIZED_FIELD_OR_TYPE']]);
});
