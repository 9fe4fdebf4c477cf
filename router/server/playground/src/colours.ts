import type { CSSProperties } from 'react';
import { config } from './config';

/** Legible beside each other, on white and on dark. */
const palette = ['#6366f1', '#0d9f8c', '#e8713a', '#d1459a', '#2f8fe0', '#57a639', '#b7791f', '#9a5bd0'];

/** The colour of a subgraph, the same wherever it is drawn. */
export function colour(subgraph: string): string {
  const index = config.subgraphs.indexOf(subgraph);
  return palette[(index < 0 ? subgraph.length : index) % palette.length]!;
}

/** Hands the colour to the style sheet. */
export function coloured(subgraph: string): CSSProperties {
  return { '--subgraph': colour(subgraph) } as CSSProperties;
}
