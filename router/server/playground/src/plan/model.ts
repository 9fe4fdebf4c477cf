import { Kind, parse, print } from 'graphql';
import type { FetchNode, FetchRun, PlanNode, QueryPlan } from './store';

/** A request to a subgraph, as it is drawn. */
export interface Box {
  id: number;
  subgraph: string;
  /** Where in the answer its objects are; of root fetches, the root fields. */
  places: string[];
  /** The entity types that it asks for; none for root fetches. */
  types: string[];
  /** What is sent, printed. */
  operation: string;
  dependsOn: number[];
  run?: FetchRun;
}

export interface Picture {
  /** The boxes of each step, which run in parallel. */
  steps: Box[][];
  /** From the first request to the last answer, in microseconds. */
  total: number;
  /** Of all answers. */
  bytes: number;
}

export function picture(plan: QueryPlan): Picture {
  const runs = new Map((plan.fetches ?? []).map((run) => [run.id, run]));
  const steps = plan.plan.node ? rows(plan.plan.node, []) : [];
  const sent = [...runs.values()].filter((run) => run.sent);
  return {
    steps: steps.map((fetches) => fetches.map(({ node, path }) => box(node, path, runs.get(node.id)))),
    total: Math.max(0, ...sent.map((run) => run.startMicros + run.durationMicros)),
    bytes: sent.reduce((sum, run) => sum + run.bytes, 0),
  };
}

interface Placed {
  node: FetchNode;
  path: string[];
}

/** The fetches of each step: those of a sequence one below the other, those that
 * are parallel beside each other. */
function rows(node: PlanNode, path: string[]): Placed[][] {
  switch (node.kind) {
    case 'Sequence':
      return node.nodes.flatMap((child) => rows(child, path));
    case 'Parallel': {
      const columns = node.nodes.map((child) => rows(child, path));
      const height = Math.max(...columns.map((column) => column.length));
      return Array.from({ length: height }, (_, i) => columns.flatMap((column) => column[i] ?? []));
    }
    case 'Flatten':
      return rows(node.node, [...path, ...node.path]);
    default:
      return [[{ node, path }]];
  }
}

function box(node: FetchNode, path: string[], run?: FetchRun): Box {
  const entities = node.entities ?? (node.requires ? [{ paths: [path], requires: node.requires }] : []);
  return {
    id: node.id,
    subgraph: node.serviceName,
    places: entities.length > 0 ? entities.flatMap((e) => e.paths.map(place)) : rootFields(node.operation, path),
    types: [...new Set(entities.flatMap((e) => e.requires.map((r) => r.typeCondition ?? '')))].filter(Boolean),
    operation: pretty(node.operation),
    dependsOn: node.dependsOn ?? [],
    run,
  };
}

/** "order.lines.@.product" reads better as "order.lines[].product". */
function place(path: string[]): string {
  return path.join('.').replaceAll('.@', '[]');
}

function rootFields(operation: string, path: string[]): string[] {
  try {
    const definition = parse(operation).definitions.find((d) => d.kind === Kind.OPERATION_DEFINITION);
    const fields = definition?.selectionSet.selections.flatMap((s) => (s.kind === Kind.FIELD ? [(s.alias ?? s.name).value] : []));
    return (fields ?? []).map((field) => place([...path, field]));
  } catch {
    return [place(path)];
  }
}

function pretty(operation: string): string {
  try {
    return print(parse(operation));
  } catch {
    return operation;
  }
}
