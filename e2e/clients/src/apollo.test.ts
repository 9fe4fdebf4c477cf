import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache, NetworkStatus } from '@apollo/client';
import { BatchHttpLink } from '@apollo/client/link/batch-http';
import { relayStylePagination } from '@apollo/client/utilities';
import { MeAndEverybodysOrdersDocument, MeDocument, OrderDocument, ProductsDocument, RenameDocument, type ProductsQuery } from './generated/graphql';
import { carla, customer, endpoint, firstOrder, logIn, recording } from './shop';

function connect(token?: string, options: { links?: ApolloLink[]; http?: Partial<HttpLink.Options> } = {}) {
  const { fetch, exchanges } = recording(token);
  const http = new HttpLink({ uri: endpoint, fetch, ...options.http });
  const cache = new InMemoryCache({ typePolicies: { Query: { fields: { products: relayStylePagination() } } } });
  return { client: new ApolloClient({ link: ApolloLink.from([...(options.links ?? []), http]), cache }), cache, exchanges };
}

test('a query fills a cache that is normalised by our ids', async () => {
  const token = await logIn(carla);
  const { client, cache, exchanges } = connect(token);
  const id = await firstOrder(token);
  const { data } = await client.query({ query: OrderDocument, variables: { id } });
  const order = data!.order!;
  assert.equal(order.customer?.email, carla.email);
  const keys = Object.keys(cache.extract());
  for (const key of [`Order:${id}`, `User:${order.customer!.id}`, `Product:${order.lines[0]!.product!.id}`, `OrderLine:${order.lines[0]!.id}`]) {
    assert.ok(keys.includes(key), `${key} is not among ${keys.join(' ')}`);
  }
  assert.match(id, /^ord_[0-9a-hjkmnp-tv-z]{26}$/);
  assert.equal(exchanges[0]!.response.get('content-type'), 'application/graphql-response+json; charset=utf-8');
  await client.query({ query: OrderDocument, variables: { id } });
  assert.equal(exchanges.length, 1, 'the second time the cache answers');
});

test("a mutation's answer changes what other queries watch", async () => {
  const { client, exchanges } = connect(await logIn(await customer(0)));
  const { data } = await client.query({ query: MeDocument });
  const names: (string | undefined)[] = [];
  const watching = client.watchQuery({ query: MeDocument }).subscribe(({ data }) => names.push(data?.me?.name ?? undefined));
  const name = data!.me!.name === 'Apollonia' ? 'Apolline' : 'Apollonia';
  await client.mutate({ mutation: RenameDocument, variables: { name } });
  watching.unsubscribe();
  assert.deepEqual(names.filter((name) => name !== undefined), [data!.me!.name, name]);
  assert.equal(exchanges.length, 2, 'one query and one mutation; nothing is asked again');
});

test('pages of a connection come together', async () => {
  const { client } = connect();
  const products = client.watchQuery({ query: ProductsDocument, variables: { first: 5 } });
  let arrived = (_: ProductsQuery) => {};
  const next = () => new Promise<ProductsQuery>((done) => (arrived = done));
  const one = next();
  const watching = products.subscribe(({ data, networkStatus }) => networkStatus === NetworkStatus.ready && arrived(data as ProductsQuery));
  const { pageInfo } = (await one).products!;
  const both = next();
  await products.fetchMore({ variables: { first: 5, after: pageInfo.endCursor } });
  const ids = (await both).products!.edges.map((edge) => edge.node.id);
  watching.unsubscribe();
  assert.equal(new Set(ids).size, 10);
});

test('queries over GET, mutations over POST', async () => {
  const { client, exchanges } = connect(await logIn(await customer(2)), { http: { useGETForQueries: true } });
  await client.query({ query: MeDocument });
  await client.mutate({ mutation: RenameDocument, variables: { name: 'Gertrud' } });
  assert.deepEqual(exchanges.map((x) => [x.method, x.status]), [['GET', 200], ['POST', 200]]);
  assert.equal(exchanges[0]!.request.get('content-type'), 'application/json', 'Apollo Client sends it with GET as well');
});

test('each error policy, when a part of the answer is refused', async () => {
  const { client } = connect(await logIn(carla));
  const query = MeAndEverybodysOrdersDocument;
  await assert.rejects(client.query({ query, errorPolicy: 'none' }), (error: unknown) => {
    assert.ok(CombinedGraphQLErrors.is(error));
    assert.deepEqual(error.errors.map((e) => [e.path, e.extensions?.code]), [[['orders'], 'UNAUTHORIZED_FIELD_OR_TYPE']]);
    return true;
  });
  const ignored = await client.query({ query, errorPolicy: 'ignore', fetchPolicy: 'network-only' });
  assert.deepEqual([ignored.data?.me?.name, ignored.data?.orders, ignored.error], ['Carla Customer', null, undefined]);
  const all = await client.query({ query, errorPolicy: 'all', fetchPolicy: 'network-only' });
  assert.equal(all.data?.me?.name, 'Carla Customer');
  assert.ok(CombinedGraphQLErrors.is(all.error));
});

test("errors of a request come through, whatever the answer's status", async () => {
  const invalid = gql`query Invalid { products(first: 2) { nodes { shoeSize } } }`;
  for (const [token, query, status, code] of [
    [undefined, invalid, 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['wrong', MeDocument, 401, 'UNAUTHENTICATED'],
  ] as const) {
    const { client, exchanges } = connect(token);
    await assert.rejects(client.query({ query }), (error: unknown) => {
      assert.ok(CombinedGraphQLErrors.is(error), `${error}`);
      assert.equal(error.errors[0]!.extensions?.code, code);
      return true;
    });
    assert.equal(exchanges[0]!.status, status);
  }
});

test('a client that takes application/json only sees errors of validation as well', async () => {
  const { client, exchanges } = connect(undefined, { http: { headers: { accept: 'application/json' } } });
  const query = gql`query Invalid { shoeSize }`;
  await assert.rejects(client.query({ query }), (error: unknown) => CombinedGraphQLErrors.is(error));
  assert.equal(exchanges[0]!.response.get('content-type'), 'application/json; charset=utf-8');
});

test('what the client tells of itself changes nothing', async () => {
  const { fetch, exchanges } = recording();
  const client = new ApolloClient({
    link: new HttpLink({ uri: endpoint, fetch }),
    cache: new InMemoryCache(),
    clientAwareness: { name: 'web', version: '1.2.3' },
  });
  const { data } = await client.query({ query: ProductsDocument, variables: { first: 1 } });
  assert.equal(data!.products!.edges.length, 1);
  assert.equal(exchanges[0]!.request.get('apollographql-client-name'), 'web');
  assert.equal(JSON.parse(exchanges[0]!.body).extensions.clientLibrary.name, '@apollo/client');
});

test('a batch is refused with a code that says so', async () => {
  const { fetch } = recording();
  const client = new ApolloClient({ link: new BatchHttpLink({ uri: endpoint, fetch, batchMax: 2 }), cache: new InMemoryCache() });
  const both = [1, 2].map((first) => client.query({ query: ProductsDocument, variables: { first } }));
  for (const outcome of await Promise.allSettled(both)) {
    assert.equal(outcome.status, 'rejected');
    assert.match(JSON.stringify(outcome.reason), /BATCHING_NOT_ENABLED|one request at a time/);
  }
});
