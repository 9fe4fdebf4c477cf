import type { ReactNode } from 'react';
import { config } from './config';

/** The bar above both pages. */
export function TopBar({ page, children }: { page: 'playground' | 'map'; children?: ReactNode }) {
  return (
    <header className="bar">
      <a className="brand" href="./" aria-label={config.title}>
        <Mark />
        {config.title}
      </a>
      <nav aria-label="Pages">
        <a href="./" aria-current={page === 'playground' ? 'page' : undefined}>
          Playground
        </a>
        <a href="./map" aria-current={page === 'map' ? 'page' : undefined}>
          Supergraph map
        </a>
      </nav>
      <div className="bar-tools">{children}</div>
    </header>
  );
}

/** Three subgraphs, joined. */
function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <path d="M16 8 7 23h18z" fill="none" stroke="currentColor" strokeWidth="2.5" strokeLinejoin="round" />
      <circle cx="16" cy="7.5" r="5" fill="#6366f1" />
      <circle cx="7" cy="23.5" r="5" fill="#0d9f8c" />
      <circle cx="25" cy="23.5" r="5" fill="#e8713a" />
    </svg>
  );
}
