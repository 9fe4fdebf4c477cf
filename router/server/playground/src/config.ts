/** What the server writes into the pages; see Config in playground.go. */
export interface Config {
  /** Path of the GraphQL endpoint, relative to the page. */
  endpoint: string;
  /** Shown in the corner and as the page's title. */
  title: string;
  /** Text of a new tab. */
  query: string;
  examples: Example[];
  login?: Login;
  /** Names, in the order of their colours. */
  subgraphs: string[];
}

export interface Example {
  name: string;
  about: string;
  query: string;
  variables?: Record<string, unknown>;
  /** The name of the account to log in with. */
  account?: string;
}

export interface Login {
  /** The operation that logs in. */
  query: string;
  /** Where in its data the token is, and the time when it ends. */
  token: string[];
  expires: string[];
  accounts: Account[];
}

export interface Account {
  name: string;
  role: string;
  variables: Record<string, unknown>;
}

const defaults: Config = {
  endpoint: './graphql',
  title: 'Playground',
  query: '{\n  __typename\n}\n',
  examples: [],
  subgraphs: [],
};

function read(): Config {
  const text = document.getElementById('config')?.textContent ?? '{}';
  return { ...defaults, ...(JSON.parse(text) as Partial<Config>) };
}

export const config = read();

export const endpoint = new URL(config.endpoint, window.location.href).href;
