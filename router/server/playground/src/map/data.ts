/** What the server says of its supergraph; see package overview. */
export interface Overview {
  subgraphs: { name: string; url?: string }[];
  types: Type[];
}

export interface Type {
  name: string;
  kind: 'OBJECT' | 'INTERFACE' | 'UNION';
  description?: string;
  root?: boolean;
  entity?: boolean;
  hidden?: boolean;
  interfaces?: string[];
  possible?: string[];
  views: View[];
  fields?: Field[];
}

export interface View {
  subgraph: string;
  keys?: { fields: string; resolvable?: boolean }[];
  interfaceObject?: boolean;
}

export interface Field {
  name: string;
  type: string;
  description?: string;
  arguments?: string[];
  deprecated?: boolean;
  hidden?: boolean;
  in: Resolution[] | null;
}

export interface Resolution {
  subgraph: string;
  through?: string;
  external?: boolean;
  overridden?: boolean;
  requires?: string;
  provides?: string;
  label?: string;
}

/** "[User!]!" is of User. */
export function namedType(type: string): string {
  return type.replaceAll(/[[\]!]/g, '');
}

/** The fields of a type that a subgraph resolves. */
export function resolved(type: Type, subgraph: string): Field[] {
  return (type.fields ?? []).filter((field) => field.in?.some((r) => r.subgraph === subgraph && !r.external));
}

/** Whether the field is part of a key. */
export function isKey(type: Type, field: string): boolean {
  return type.views.some((view) => view.keys?.some((key) => key.fields.split(/[\s{}]+/).includes(field)));
}

/** The fields that lead to a type, "Order.customer". */
export function leadingTo(overview: Overview, name: string): { type: Type; field: Field }[] {
  return overview.types.flatMap((type) =>
    (type.fields ?? []).filter((field) => namedType(field.type) === name).map((field) => ({ type, field })),
  );
}
