import { config, endpoint, type Account } from './config';
import { createStore } from './store';

/** Who is logged in, and with what. */
interface Session {
  account: Account;
  token: string;
  /** In milliseconds since 1970. */
  expires: number;
}

interface State {
  session?: Session;
  /** The account that is being logged in. */
  pending?: Account;
  /** Why the last login did not work. */
  problem?: string;
}

export const session = createStore<State>({});

/** A token is exchanged for another this long before it ends. */
const MARGIN = 10_000;

// Only the choice is kept, and only as long as the tab: the token never leaves
// the page's memory.
const CHOICE = 'playground:account';

export async function logIn(account: Account): Promise<void> {
  session.set({ ...session.get(), pending: account, problem: undefined });
  try {
    session.set({ session: await ask(account) });
    sessionStorage.setItem(CHOICE, account.name);
  } catch (problem) {
    session.set({ problem: problem instanceof Error ? problem.message : String(problem) });
    sessionStorage.removeItem(CHOICE);
  }
}

export function logOut(): void {
  session.set({});
  sessionStorage.removeItem(CHOICE);
}

/** Logs the account of before a reload in again. */
export function resume(): void {
  const name = sessionStorage.getItem(CHOICE);
  const account = config.login?.accounts.find((a) => a.name === name);
  if (account) void logIn(account);
}

/** The header that says who asks, with a token that is still good. */
export async function authorization(): Promise<Record<string, string>> {
  const current = session.get().session;
  if (!current) return {};
  if (Date.now() > current.expires - MARGIN) await logIn(current.account);
  const { session: fresh } = session.get();
  return fresh ? { Authorization: `Bearer ${fresh.token}` } : {};
}

interface Answer {
  data?: unknown;
  errors?: { message: string }[];
}

async function ask(account: Account): Promise<Session> {
  const login = config.login!;
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/graphql-response+json, application/json' },
    body: JSON.stringify({ query: login.query, variables: account.variables }),
  });
  const answer = (await response.json()) as Answer;
  const token = at(answer.data, login.token);
  const ends = Date.parse(String(at(answer.data, login.expires)));
  if (typeof token !== 'string') {
    throw new Error(answer.errors?.[0]?.message ?? `${account.name} cannot log in: was the password changed?`);
  }
  return { account, token, expires: Number.isNaN(ends) ? Number.POSITIVE_INFINITY : ends };
}

function at(value: unknown, path: string[]): unknown {
  return path.reduce<unknown>((v, name) => (v as Record<string, unknown> | null | undefined)?.[name], value);
}
