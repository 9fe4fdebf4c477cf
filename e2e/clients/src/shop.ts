import assert from 'node:assert/strict';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { CustomersDocument, LogInDocument, MyFirstOrderDocument } from './generated/graphql';

export const endpoint = process.env.SHOP_ENDPOINT!;

/** The demo's own accounts. */
export const carla = { email: 'customer@shopgraph.example', password: 'demo-customer' };
export const stefan = { email: 'staff@shopgraph.example', password: 'demo-staff' };

/** What crossed the network, in its order. */
export interface Exchange {
  method: string;
  url: URL;
  request: Headers;
  body: string;
  status: number;
  response: Headers;
}

/** A fetch that keeps what it sent and got. */
export function recording(token?: string): { fetch: typeof fetch; exchanges: Exchange[] } {
  const exchanges: Exchange[] = [];
  return {
    exchanges,
    fetch: async (input, init) => {
      const request = new Headers(init?.headers);
      if (token && !request.has('authorization')) request.set('authorization', `Bearer ${token}`);
      const response = await fetch(input, { ...init, headers: request });
      exchanges.push({
        method: init?.method ?? 'GET',
        url: new URL(String(input)),
        request,
        body: String(init?.body ?? ''),
        status: response.status,
        response: response.headers,
      });
      return response;
    },
  };
}

/** Asks without any client. */
export async function ask<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables, token?: string): Promise<Data> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const answer = (await response.json()) as { data: Data; errors?: { message: string }[] };
  assert.equal(answer.errors, undefined);
  return answer.data;
}

export async function logIn(account: { email: string; password: string }): Promise<string> {
  const { login } = await ask(LogInDocument, account);
  assert.deepEqual(login?.userErrors, []);
  return login!.session!.accessToken;
}

/** One of the demo's customers, so that tests that change an account each have
 * their own. */
export async function customer(n: number): Promise<{ email: string; password: string }> {
  const { users } = await ask(CustomersDocument, {}, await logIn(stefan));
  const customers = users!.nodes.filter((user) => user.role === 'CUSTOMER' && user.email !== carla.email);
  return { email: customers[n]!.email, password: carla.password };
}

/** The newest order of the one who asks. */
export async function firstOrder(token: string): Promise<string> {
  const { me } = await ask(MyFirstOrderDocument, {}, token);
  return me!.orders!.nodes[0]!.id;
}
