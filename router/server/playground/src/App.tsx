import { DocExplorerStore, DOC_EXPLORER_PLUGIN } from '@graphiql/plugin-doc-explorer';
import { HISTORY_PLUGIN, HistoryStore } from '@graphiql/plugin-history';
import { GraphiQLProvider } from '@graphiql/react';
import { GraphiQLInterface } from 'graphiql';
import { AccountMenu } from './AccountMenu';
import { config } from './config';
import { ExamplesMenu, variables } from './ExamplesMenu';
import { fetcher } from './fetcher';
import { PlanPanel } from './plan/PlanPanel';
import { planShown } from './plan/store';
import { useStore } from './store';
import { TopBar } from './TopBar';
import { Split } from './Split';

const plugins = [DOC_EXPLORER_PLUGIN, HISTORY_PLUGIN];
const first = config.examples[0];
// What was open before a reload comes back; only the very first visit begins with
// the first example.
const initial = localStorage.getItem('graphiql:tabState') ? {} : { initialQuery: first?.query, initialVariables: variables(first) };

export function App() {
  return (
    <GraphiQLProvider
      fetcher={fetcher}
      plugins={plugins}
      referencePlugin={DOC_EXPLORER_PLUGIN}
      defaultQuery={config.query}
      {...initial}
      shouldPersistHeaders={false}
      inputValueDeprecation
      schemaDescription
    >
      <HistoryStore>
        <DocExplorerStore>
          <Page />
        </DocExplorerStore>
      </HistoryStore>
    </GraphiQLProvider>
  );
}

function Page() {
  const shown = useStore(planShown);
  return (
    <div className="page">
      <TopBar page="playground">
        <ExamplesMenu />
        <button type="button" className="bar-button" aria-pressed={shown} onClick={() => planShown.set(!shown)}>
          Plan
        </button>
        <AccountMenu />
      </TopBar>
      <Split second={shown && <PlanPanel />}>
        <GraphiQLInterface defaultEditorToolsVisibility="variables" showPersistHeadersSettings={false} />
      </Split>
    </div>
  );
}
