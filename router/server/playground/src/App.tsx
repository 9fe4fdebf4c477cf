import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { useMemo } from 'react';
import type { Config } from './config';

export function App({ config }: { config: Config }) {
  const fetcher = useMemo(
    () => createGraphiQLFetcher({ url: new URL(config.endpoint, window.location.href).href }),
    [config.endpoint],
  );
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultQuery={config.query}
      defaultEditorToolsVisibility="headers"
      shouldPersistHeaders={false}
      inputValueDeprecation
      schemaDescription
    >
      <GraphiQL.Logo>{config.title}</GraphiQL.Logo>
    </GraphiQL>
  );
}
