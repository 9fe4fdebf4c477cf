import { coloured } from '../colours';
import type { Overview, Type } from './data';

/** The types that no key joins: each subgraph's own, and those that several have
 * alike. */
export function Others({ overview, chosen, choose }: { overview: Overview; chosen?: string; choose(type: string): void }) {
  const others = overview.types.filter((type) => !type.root && !type.entity);
  const groups = [
    { name: 'several', types: others.filter((type) => type.views.length > 1) },
    ...overview.subgraphs.map(({ name }) => ({
      name,
      types: others.filter((type) => type.views.length === 1 && type.views[0]!.subgraph === name),
    })),
  ].filter((group) => group.types.length > 0);
  if (groups.length === 0) return null;
  return (
    <section className="others" aria-label="Other types">
      <h2>Types without a key</h2>
      {groups.map((group) => (
        <div key={group.name} className="others-group">
          <h3>{group.name === 'several' ? 'the same in several' : `of ${group.name}`}</h3>
          <div>
            {group.types.map((type) => (
              <Chip key={type.name} type={type} chosen={type.name === chosen} choose={choose} />
            ))}
          </div>
        </div>
      ))}
    </section>
  );
}

function Chip({ type, chosen, choose }: { type: Type; chosen: boolean; choose(type: string): void }) {
  return (
    <button type="button" className="chip" aria-pressed={chosen} onClick={() => choose(type.name)}>
      {type.views.map((view) => (
        <i key={view.subgraph} className="dot" style={coloured(view.subgraph)} />
      ))}
      {type.name}
    </button>
  );
}
