import { Fragment } from 'react';
import { coloured } from '../colours';
import { isKey, leadingTo, namedType, type Field, type Overview, type Resolution, type Type } from './data';

interface Props {
  overview: Overview;
  type: Type;
  choose(type: string): void;
}

/** Which subgraph resolves which field of a type. */
export function Details({ overview, type, choose }: Props) {
  const known = new Set(overview.types.map((t) => t.name));
  const lead = leadingTo(overview, type.name);
  return (
    <section className="details" aria-label={type.name}>
      <p className="details-kind">
        {type.kind.toLowerCase()}
        {type.entity && ' · entity'}
        {type.hidden && ' · hidden from clients'}
      </p>
      <h2>{type.name}</h2>
      {type.description && <p className="details-about">{type.description}</p>}
      <Relations name="implements" types={type.interfaces} known={known} choose={choose} />
      <Relations name="is one of" types={type.possible} known={known} choose={choose} />
      {type.entity && <Keys type={type} />}
      {type.fields && <Fields type={type} known={known} choose={choose} />}
      {lead.length > 0 && (
        <>
          <h3>Fields that lead here</h3>
          <ul className="leads">
            {lead.map(({ type: from, field }) => (
              <li key={`${from.name}.${field.name}`}>
                <button type="button" className="type-link" onClick={() => choose(from.name)}>
                  {from.name}
                </button>
                .{field.name}
                <Dots field={field} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Relations({ name, types, known, choose }: { name: string; types?: string[]; known: Set<string>; choose(type: string): void }) {
  if (!types || types.length === 0) return null;
  return (
    <p className="relations">
      {name}{' '}
      {types.map((type, i) => (
        <Fragment key={type}>
          {i > 0 && ', '}
          <TypeLink type={type} known={known} choose={choose} />
        </Fragment>
      ))}
    </p>
  );
}

function Keys({ type }: { type: Type }) {
  return (
    <ul className="keys">
      {type.views.map((view) => (
        <li key={view.subgraph} style={coloured(view.subgraph)}>
          <i className="dot" />
          <b>{view.subgraph}</b>
          {view.interfaceObject && <em>interface object</em>}
          {(view.keys ?? []).map((key) => (
            <span key={key.fields} className={key.resolvable ? 'key' : 'key reference'}>
              <code>{key.fields}</code>
              {!key.resolvable && ' refers only'}
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}

function Fields({ type, known, choose }: { type: Type; known: Set<string>; choose(type: string): void }) {
  const subgraphs = type.views.map((view) => view.subgraph);
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Field</th>
          {subgraphs.map((name) => (
            <th key={name} scope="col" style={coloured(name)} className="of-subgraph">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {type.fields!.map((field) => (
          <tr key={field.name} title={field.description}>
            <th scope="row">
              <span className={field.deprecated ? 'deprecated' : undefined}>{field.name}</span>
              {field.arguments && <span className="arguments">({field.arguments.map((a) => a.split(':')[0]).join(', ')})</span>}
              {isKey(type, field.name) && <span className="badge">key</span>}
              {field.hidden && <span className="badge quiet">hidden</span>}
              <small>
                <TypeLink type={field.type} known={known} choose={choose} />
                {notes(field).map((note) => (
                  <span key={note}> · {note}</span>
                ))}
              </small>
            </th>
            {subgraphs.map((name) => (
              <Cell key={name} subgraph={name} resolution={field.in?.find((r) => r.subgraph === name)} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({ subgraph, resolution }: { subgraph: string; resolution?: Resolution }) {
  return (
    <td style={coloured(subgraph)}>
      {resolution && (
        <i
          className={resolution.external ? 'mark-external' : 'mark-resolves'}
          role="img"
          aria-label={resolution.external ? `known to ${subgraph}` : `resolved by ${subgraph}`}
          title={resolution.external ? `${subgraph} knows it and leaves it to others` : `${subgraph} resolves it`}
        />
      )}
    </td>
  );
}

/** What is special about how a field is resolved. */
function notes(field: Field): string[] {
  return (field.in ?? []).flatMap((r) => [
    ...(r.requires ? [`needs ${r.requires}`] : []),
    ...(r.provides ? [`brings ${r.provides}`] : []),
    ...(r.overridden ? [`taken over from ${r.subgraph}`] : []),
    ...(r.label ? [`if ${r.label}`] : []),
    ...(r.through ? [`of ${r.through} in ${r.subgraph}`] : []),
  ]);
}

function Dots({ field }: { field: Field }) {
  return (
    <>
      {field.in?.filter((r) => !r.external).map((r) => (
        <i key={r.subgraph} className="dot" style={coloured(r.subgraph)} title={r.subgraph} />
      ))}
    </>
  );
}

function TypeLink({ type, known, choose }: { type: string; known: Set<string>; choose(type: string): void }) {
  const name = namedType(type);
  if (!known.has(name)) return <code>{type}</code>;
  return (
    <button type="button" className="type-link" onClick={() => choose(name)}>
      <code>{type}</code>
    </button>
  );
}
