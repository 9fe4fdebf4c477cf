import { createStore } from '../store';

/** A query plan as the server sends it in `extensions.queryPlan`. */
export interface QueryPlan {
  text: string;
  plan: { kind: 'QueryPlan'; node?: PlanNode };
  /** How each fetch went; null when nothing was run. */
  fetches: FetchRun[] | null;
}

export type PlanNode = Group | Flatten | FetchNode;

export interface Group {
  kind: 'Sequence' | 'Parallel';
  nodes: PlanNode[];
}

export interface Flatten {
  kind: 'Flatten';
  path: string[];
  node: PlanNode;
}

export interface FetchNode {
  kind: 'Fetch' | 'BatchFetch';
  id: number;
  /** The fetches that it waits for. */
  dependsOn?: number[];
  serviceName: string;
  operationKind: string;
  operation: string;
  /** Of entity fetches: the representations that are sent. */
  requires?: { typeCondition?: string }[];
  /** Of batch fetches: what is asked at which places. */
  entities?: { paths: string[][]; requires: { typeCondition?: string }[] }[];
}

export interface FetchRun {
  id: number;
  subgraph: string;
  step: number;
  /** False when there was nothing to ask for. */
  sent: boolean;
  status: number;
  requestBytes: number;
  bytes: number;
  representations: number;
  startMicros: number;
  durationMicros: number;
}

export interface Run {
  plan?: QueryPlan;
  operationName?: string;
  /** When it ended. */
  at: number;
}

export const lastRun = createStore<Run | undefined>(undefined);

/** The next run only plans. */
export const dryRun = createStore(false);

const SHOWN = 'playground:plan';

export const planShown = createStore(localStorage.getItem(SHOWN) !== 'off');
planShown.subscribe(() => localStorage.setItem(SHOWN, planShown.get() ? 'on' : 'off'));
