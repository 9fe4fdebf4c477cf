import './dom';
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { act, Suspense, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import {
  commitMutation, fetchQuery, graphql, RelayEnvironmentProvider, useFragment, useLazyLoadQuery, usePaginationFragment, useRefetchableFragment,
} from 'react-relay';
import { Environment, Network, RecordSource, Store, type IEnvironment } from 'relay-runtime';
import type { relayTestName_user$key } from './__generated__/relayTestName_user.graphql';
import type { relayTestNameQuery } from './__generated__/relayTestNameQuery.graphql';
import type { relayTestNodesQuery } from './__generated__/relayTestNodesQuery.graphql';
import type { relayTestOrder_order$key } from './__generated__/relayTestOrder_order.graphql';
import type { relayTestOrderQuery } from './__generated__/relayTestOrderQuery.graphql';
import type { relayTestOrderRefetchQuery } from './__generated__/relayTestOrderRefetchQuery.graphql';
import type { relayTestOrders_user$key } from './__generated__/relayTestOrders_user.graphql';
import type { relayTestOrdersPageQuery } from './__generated__/relayTestOrdersPageQuery.graphql';
import type { relayTestOrdersQuery } from './__generated__/relayTestOrdersQuery.graphql';
import type { relayTestProducts_query$key } from './__generated__/relayTestProducts_query.graphql';
import type { relayTestProductsPageQuery } from './__generated__/relayTestProductsPageQuery.graphql';
import type { relayTestProductsQuery } from './__generated__/relayTestProductsQuery.graphql';
import type { relayTestRenameMutation } from './__generated__/relayTestRenameMutation.graphql';
import type { relayTestWholeQuery } from './__generated__/relayTestWholeQuery.graphql';
import { carla, customer, endpoint, firstOrder, logIn, recording, type Exchange } from './shop';

/** An environment as Relay's guide has it. */
function connect(token?: string): { environment: IEnvironment; exchanges: Exchange[] } {
  const { fetch, exchanges } = recording(token);
  const network = Network.create(async ({ text }, variables) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query: text, variables }),
    });
    return response.json();
  });
  return { environment: new Environment({ network, store: new Store(new RecordSource()) }), exchanges };
}

const sent = (exchange: Exchange): { query: string; variables: Record<string, unknown> } => JSON.parse(exchange.body);

/** Draws a page, until nothing on it waits, and lets go of it when the test ends. */
async function draw(t: TestContext, environment: IEnvironment, page: ReactNode) {
  const container = document.createElement('div');
  const root = createRoot(container);
  t.after(() => act(async () => root.unmount()));
  await act(() =>
    root.render(
      <RelayEnvironmentProvider environment={environment}>
        <Suspense fallback="…">{page}</Suspense>
      </RelayEnvironmentProvider>,
    ),
  );
  await settled(container);
  return container;
}

async function settled(container: Element) {
  while (container.textContent!.includes('…')) await act(() => new Promise((done) => setTimeout(done, 5)));
}

const texts = (container: Element) => [...container.querySelectorAll('li')].map((item) => item.textContent!);

test("a user's orders, page by page: each page by node(id:)", async (t) => {
  let more = () => {};
  function Orders({ user }: { user: relayTestOrders_user$key }) {
    const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment<relayTestOrdersPageQuery, relayTestOrders_user$key>(
      graphql`
        fragment relayTestOrders_user on User
        @argumentDefinitions(first: { type: "Int", defaultValue: 2 }, after: { type: "String" })
        @refetchable(queryName: "relayTestOrdersPageQuery") {
          orders(first: $first, after: $after) @connection(key: "relayTestOrders_orders") {
            totalCount
            edges { node { id number } }
          }
        }
      `,
      user,
    );
    more = () => loadNext(3);
    const orders = data.orders!;
    return (
      <>
        <ol>{orders.edges.map(({ node }) => <li key={node.id}>{node.number}</li>)}</ol>
        <p>{isLoadingNext ? '…' : hasNext ? `of ${orders.totalCount}` : 'all'}</p>
      </>
    );
  }
  function Page() {
    const { me } = useLazyLoadQuery<relayTestOrdersQuery>(graphql`query relayTestOrdersQuery { me { ...relayTestOrders_user } }`, {});
    return <Orders user={me!} />;
  }
  const { environment, exchanges } = connect(await logIn(carla));
  const page = await draw(t, environment, <Page />);
  assert.equal(texts(page).length, 2);
  const total = Number(page.querySelector('p')!.textContent!.slice('of '.length));
  while (page.querySelector('p')!.textContent !== 'all') {
    await act(() => more());
    await settled(page);
  }
  assert.equal(new Set(texts(page)).size, total);
  assert.equal(exchanges.length, 1 + Math.ceil((total - 2) / 3));
  assert.match(sent(exchanges[1]!).query, /node\(id: \$id\)/);
  assert.match(`${sent(exchanges[1]!).variables.id}`, /^usr_/);
});

test('a list at the root, page by page', async (t) => {
  let more = () => {};
  function Products({ query }: { query: relayTestProducts_query$key }) {
    const { data, loadNext, isLoadingNext } = usePaginationFragment<relayTestProductsPageQuery, relayTestProducts_query$key>(
      graphql`
        fragment relayTestProducts_query on Query
        @argumentDefinitions(first: { type: "Int", defaultValue: 4 }, after: { type: "String" })
        @refetchable(queryName: "relayTestProductsPageQuery") {
          products(first: $first, after: $after) @connection(key: "relayTestProducts_products") { edges { node { id name } } }
        }
      `,
      query,
    );
    more = () => loadNext(4);
    return <ol>{data.products!.edges.map(({ node }) => <li key={node.id}>{node.name}{isLoadingNext && '…'}</li>)}</ol>;
  }
  function Page() {
    return <Products query={useLazyLoadQuery<relayTestProductsQuery>(graphql`query relayTestProductsQuery { ...relayTestProducts_query }`, {})} />;
  }
  const { environment } = connect();
  const page = await draw(t, environment, <Page />);
  const first = texts(page);
  await act(() => more());
  await settled(page);
  assert.deepEqual(texts(page).slice(0, 4), first);
  assert.equal(new Set(texts(page)).size, 8);
});

test('a fragment asks for itself again, by node(id:), across the subgraphs', async (t) => {
  let again = () => {};
  function Order({ order }: { order: relayTestOrder_order$key }) {
    const [data, refetch] = useRefetchableFragment<relayTestOrderRefetchQuery, relayTestOrder_order$key>(
      graphql`
        fragment relayTestOrder_order on Order
        @argumentDefinitions(products: { type: "Boolean", defaultValue: false })
        @refetchable(queryName: "relayTestOrderRefetchQuery") {
          number
          customer { email }
          lines { id quantity product @include(if: $products) { name } }
        }
      `,
      order,
    );
    again = () => refetch({ products: true }, { fetchPolicy: 'network-only' });
    return <ol>{data.lines.map((line) => <li key={line.id}>{`${line.quantity} × ${line.product?.name}`}</li>)}</ol>;
  }
  function Page({ id }: { id: string }) {
    const { order } = useLazyLoadQuery<relayTestOrderQuery>(
      graphql`query relayTestOrderQuery($id: ID!) { order(id: $id) { ...relayTestOrder_order } }`, { id },
    );
    return <Order order={order!} />;
  }
  const token = await logIn(carla);
  const id = await firstOrder(token);
  const { environment, exchanges } = connect(token);
  const page = await draw(t, environment, <Page id={id} />);
  assert.ok(texts(page).every((text) => / × undefined$/.test(text)));
  await act(() => again());
  await settled(page);
  assert.ok(texts(page).every((text) => /^\d+ × [A-Z]/.test(text)), texts(page).join());
  assert.deepEqual(sent(exchanges[1]!).variables, { id, products: true });
});

const nodes = graphql`
  query relayTestNodesQuery($order: ID!, $user: ID!, $product: ID!, $variant: ID!, $none: ID!) {
    order: node(id: $order) { __typename id ... on Order { number } }
    user: node(id: $user) { __typename id ... on User { name } }
    product: node(id: $product) { __typename id ... on Product { name } }
    variant: node(id: $variant) { __typename id ... on ProductVariant { sku } }
    none: node(id: $none) { __typename id ... on Order { number } }
  }
`;

const whole = graphql`
  query relayTestWholeQuery($id: ID!) {
    order(id: $id) { number customer { id name } lines { product { id name } variant { id sku } } }
  }
`;

test('node(id:) finds each kind of thing, and nothing where there is none', async () => {
  const token = await logIn(carla);
  const { environment } = connect(token);
  const id = await firstOrder(token);
  const { order } = (await fetchQuery<relayTestWholeQuery>(environment, whole, { id }).toPromise())!;
  const { customer, lines } = order!;
  const { product, variant } = lines[0]!;
  const variables = { order: id, user: customer!.id, product: product!.id, variant: variant!.id, none: 'ord_00000000000000000000000000' };
  assert.deepEqual(await fetchQuery<relayTestNodesQuery>(environment, nodes, variables).toPromise(), {
    order: { __typename: 'Order', id, number: order!.number },
    user: { __typename: 'User', ...customer },
    product: { __typename: 'Product', ...product },
    variant: { __typename: 'ProductVariant', ...variant },
    none: null,
  });
});

test("a mutation's answer is drawn wherever its user is", async (t) => {
  function Name({ user }: { user: relayTestName_user$key }) {
    const { name } = useFragment(graphql`fragment relayTestName_user on User { name }`, user);
    return <li>{name}</li>;
  }
  function Page() {
    const { me } = useLazyLoadQuery<relayTestNameQuery>(graphql`query relayTestNameQuery { me { ...relayTestName_user } }`, {});
    return <Name user={me!} />;
  }
  const { environment, exchanges } = connect(await logIn(await customer(4)));
  const page = await draw(t, environment, <Page />);
  const name = `Rahel ${Date.now()}`;
  await act(
    () =>
      new Promise((onCompleted, onError) =>
        commitMutation<relayTestRenameMutation>(environment, {
          mutation: graphql`mutation relayTestRenameMutation($name: String!) { updateProfile(input: { name: $name }) { user { id name } userErrors { message } } }`,
          variables: { name },
          onCompleted,
          onError,
        }),
      ),
  );
  assert.deepEqual(texts(page), [name]);
  assert.equal(exchanges.length, 2);
});
