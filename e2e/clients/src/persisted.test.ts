import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { RenameDocument } from './generated/graphql';
import { customer, endpoint, logIn, recording } from './shop';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Another text each time, which no earlier run has registered. */
const unheardOf = (name: string, fields: string) => gql`query ${name}_${Date.now()} { products(first: 2) { nodes { ${fields} } } }`;

function apollo(useGETForHashedQueries: boolean, token?: string) {
  const { fetch, exchanges } = recording(token);
  const link = ApolloLink.from([new PersistedQueryLink({ sha256, useGETForHashedQueries }), new HttpLink({ uri: endpoint, fetch })]);
  return { client: new ApolloClient({ link, cache: new InMemoryCache() }), exchanges };
}

test('Apollo Client sends the hash by GET, and the text once', async () => {
  const query = unheardOf('Apollo', 'id name description');
  const first = apollo(true);
  const learned = await first.client.query({ query });
  assert.deepEqual(first.exchanges.map((x) => [x.method, x.status]), [['GET', 200], ['POST', 200]]);
  const later = apollo(true);
  const known = await later.client.query({ query });
  assert.deepEqual(later.exchanges.map((x) => x.method), ['GET']);
  assert.equal(later.exchanges[0]!.url.searchParams.get('query'), null);
  assert.deepEqual(known.data, learned.data);
});

test('Apollo Client sends the hash by POST, of mutations too', async () => {
  const { client, exchanges } = apollo(false, await logIn(await customer(1)));
  for (const name of ['Perdita', 'Perpetua', 'Petra']) {
    const { data } = await client.mutate({ mutation: RenameDocument, variables: { name } });
    assert.equal(data!.updateProfile!.user!.name, name);
  }
  // The first of all runs registers it, so that the very first may need two.
  assert.deepEqual(exchanges.slice(-2).map((x) => [x.method, 'query' in JSON.parse(x.body)]), [['POST', false], ['POST', false]]);
});

test('urql sends the hash by GET, and the text once', async () => {
  const query = unheardOf('Urql', 'id');
  const connect = () => {
    const { fetch, exchanges } = recording();
    return { client: new Client({ url: endpoint, fetch, exchanges: [persistedExchange({ preferGetForPersistedQueries: true }), fetchExchange], preferGetMethod: false }), exchanges };
  };
  const first = connect();
  const { error } = await first.client.query(query, {}).toPromise();
  assert.equal(error, undefined);
  assert.deepEqual(first.exchanges.map((x) => x.status), [200, 200]);
  const later = connect();
  const { data } = await later.client.query(query, {}).toPromise();
  assert.equal(data.products.nodes.length, 2);
  assert.deepEqual(later.exchanges.map((x) => [x.method, x.url.searchParams.has('query')]), [['GET', false]]);
});
