import { createGraphiQLFetcher, isAsyncIterable, type Fetcher } from '@graphiql/toolkit';
import type { ExecutionResult } from 'graphql';
import { endpoint } from './config';
import { dryRun, lastRun, planShown, type QueryPlan } from './plan/store';
import { authorization } from './session';

const send = createGraphiQLFetcher({ url: endpoint });

/** Sends what GraphiQL asks, as whoever is logged in, and takes the plan out of
 * the answer for the plan view. What the headers editor says goes first. */
export const fetcher: Fetcher = async (params, options) => {
  const introspection = params.operationName === 'IntrospectionQuery';
  const wanted = introspection ? {} : planHeader();
  const headers = { ...wanted, ...(await authorization()), ...(options?.headers as Record<string, string> | undefined) };
  const answer = await send(params, { ...options, headers });
  if (introspection) return answer as ExecutionResult;
  const take = (part: ExecutionResult) => withoutPlan(part, params.operationName ?? undefined);
  return isAsyncIterable(answer) ? each(answer as AsyncIterable<Part>, take) : take(answer as ExecutionResult);
};

function planHeader(): Record<string, string> {
  const dry = dryRun.get();
  dryRun.set(false);
  return dry || planShown.get() ? { 'Apollo-Expose-Query-Plan': dry ? 'dry-run' : 'true' } : {};
}

/** A stream yields its parts one by one, or several that came together. */
type Part = ExecutionResult | ExecutionResult[];

async function* each(parts: AsyncIterable<Part>, take: (part: ExecutionResult) => ExecutionResult) {
  lastRun.set({ at: Date.now() });
  for await (const part of parts) yield Array.isArray(part) ? part.map(take) : take(part);
}

function withoutPlan(answer: ExecutionResult, operationName?: string): ExecutionResult {
  const { queryPlan, apolloQueryPlan: _, ...others } = answer.extensions ?? {};
  if (!queryPlan) return answer;
  lastRun.set({ plan: queryPlan as QueryPlan, operationName, at: Date.now() });
  const { extensions: __, ...rest } = answer;
  return Object.keys(others).length > 0 ? { ...rest, extensions: others } : rest;
}
