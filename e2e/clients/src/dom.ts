// The browser's globals, for React. Imported before it.
import { Window } from 'happy-dom';

const window = new Window({ url: 'http://localhost/' });
const globals = { window, document: window.document, navigator: window.navigator, IS_REACT_ACT_ENVIRONMENT: true };
// Newer Nodes have a navigator of their own, which can only be replaced so.
for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value, configurable: true });

// Relay keeps what is no longer drawn for minutes; the tests' end does not wait
// for that.
const { setTimeout } = globalThis;
globalThis.setTimeout = Object.assign((...call: Parameters<typeof setTimeout>) => {
  const timer = setTimeout(...call);
  if ((call[1] ?? 0) > 60_000) timer.unref();
  return timer;
}, setTimeout);
