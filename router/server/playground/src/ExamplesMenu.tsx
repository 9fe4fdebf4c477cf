import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { config, type Example } from './config';
import { Menu, MenuItem } from './Menu';
import { logIn, session } from './session';

/** Saved queries: each opens in a tab of its own, as whoever may ask it. */
export function ExamplesMenu() {
  const { addTab, updateActiveTabValues, changeTab } = useGraphiQLActions();
  const tabs = useGraphiQL((state) => state.tabs.length);
  if (config.examples.length === 0) return null;
  const open = (example: Example) => {
    addTab();
    updateActiveTabValues({ query: example.query, variables: variables(example), headers: '' });
    changeTab(tabs); // to the new one again: that is what writes a tab's values into the editors
    const account = config.login?.accounts.find((a) => a.name === example.account);
    if (account && session.get().session?.account !== account) void logIn(account);
  };
  return (
    <Menu className="examples" label="Examples">
      {config.examples.map((example) => (
        <MenuItem key={example.name} name={example.name} about={about(example)} onChoose={() => open(example)} />
      ))}
    </Menu>
  );
}

function about({ about, account }: Example): string {
  return account ? `${about} · as ${account}` : about;
}

export function variables(example?: Example): string {
  return example?.variables ? JSON.stringify(example.variables, null, 2) : '';
}
