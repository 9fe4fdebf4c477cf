/** What the server writes into the page; see Config in playground.go. */
export interface Config {
  /** Path of the GraphQL endpoint, relative to the page. */
  endpoint: string;
  /** Shown in the corner and as the page's title. */
  title: string;
  /** Text of a new tab. */
  query: string;
}

const defaults: Config = {
  endpoint: './graphql',
  title: 'Playground',
  query: '{\n  __typename\n}\n',
};

export function readConfig(): Config {
  const text = document.getElementById('config')?.textContent ?? '{}';
  return { ...defaults, ...(JSON.parse(text) as Partial<Config>) };
}
