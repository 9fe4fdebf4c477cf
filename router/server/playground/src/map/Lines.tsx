import { useLayoutEffect, useRef, useState } from 'react';
import { coloured } from '../colours';
import { count } from '../format';
import { resolved, type Overview, type Type, type View } from './data';

const LABEL = 168;
const LEAST_COLUMN = 112;
const LANE = 128;
const TOP = 84;
const RADIUS = 17;

interface Props {
  overview: Overview;
  chosen?: string;
  choose(type: string): void;
}

/** The map: a line for each subgraph, a station for each type that it has, and an
 * interchange where keys join one type's stations. */
export function Lines({ overview, chosen, choose }: Props) {
  const stations = overview.types.filter((type) => type.root || type.entity);
  const [element, room] = useWidth();
  const step = Math.max(LEAST_COLUMN, Math.min(200, (room - LABEL - 12) / stations.length));
  const width = Math.max(room, LABEL + stations.length * step + 12);
  const height = TOP + overview.subgraphs.length * LANE - 20;
  const lane = (name: string) => TOP + overview.subgraphs.findIndex((s) => s.name === name) * LANE + 34;
  const column = (i: number) => LABEL + (i + 0.5) * step;
  return (
    <div className="map-lines" ref={element}>
      <svg className="lines" width={width} height={height} role="group" aria-label="Subgraphs and the entities that join them">
        {overview.subgraphs.map((subgraph) => {
          const own = stations.flatMap((type, i) => (type.views.some((v) => v.subgraph === subgraph.name) ? [column(i)] : []));
          const fields = overview.types.reduce((sum, type) => sum + resolved(type, subgraph.name).length, 0);
          const y = lane(subgraph.name);
          return (
            <g key={subgraph.name} style={coloured(subgraph.name)} className="line">
              <path d={`M${LABEL - 26} ${y}H${Math.max(LABEL, ...own)}`} />
              <text x="20" y={y - 4} className="line-name">
                {subgraph.name}
              </text>
              <text x="20" y={y + 15} className="line-fact">
                {count(fields, 'field')}
              </text>
            </g>
          );
        })}
        {stations.map((type, i) => (
          <Station key={type.name} type={type} x={column(i)} width={step} lane={lane} chosen={type.name === chosen} choose={choose} />
        ))}
      </svg>
    </div>
  );
}

/** How wide an element is, also when that changes. */
function useWidth() {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(entry!.contentRect.width));
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  return [element, width] as const;
}

interface StationProps {
  type: Type;
  x: number;
  width: number;
  lane(subgraph: string): number;
  chosen: boolean;
  choose(type: string): void;
}

function Station({ type, x, width, lane, chosen, choose }: StationProps) {
  const stops = type.views.map((view) => ({ view, y: lane(view.subgraph) })).sort((a, b) => a.y - b.y);
  const [first, last] = [stops[0]!.y, stops.at(-1)!.y];
  return (
    <g
      className={chosen ? 'station chosen' : 'station'}
      role="button"
      tabIndex={0}
      aria-pressed={chosen}
      aria-label={type.name}
      onClick={() => choose(type.name)}
      onKeyDown={(event) => event.key === 'Enter' && choose(type.name)}
    >
      <rect className="station-area" x={x - width / 2 + 3} y="8" width={width - 6} height={last + RADIUS + 30} rx="12" />
      <text x={x} y="36" className="station-name">
        {type.name}
      </text>
      <text x={x} y="54" className="station-kind">
        {type.root ? 'entry' : type.kind === 'INTERFACE' ? 'interface' : 'entity'}
      </text>
      {first !== last && !type.root && (
        <>
          <path className="join-edge" d={`M${x} ${first}V${last}`} />
          <path className="join" d={`M${x} ${first}V${last}`} />
        </>
      )}
      {stops.map(({ view, y }) => (
        <Stop key={view.subgraph} type={type} view={view} x={x} y={y} />
      ))}
    </g>
  );
}

/** One subgraph's part of a type. */
function Stop({ type, view, x, y }: { type: Type; view: View; x: number; y: number }) {
  const fields = resolved(type, view.subgraph).length;
  const refers = view.keys !== undefined && !view.keys.some((key) => key.resolvable);
  const keys = (view.keys ?? []).map((key) => key.fields).join(' · ');
  return (
    <g style={coloured(view.subgraph)} className={refers ? 'stop refers' : 'stop'}>
      <circle cx={x} cy={y} r={refers ? RADIUS - 5 : RADIUS} />
      {!refers && (
        <text x={x} y={y + 4.5} className="stop-count">
          {fields}
        </text>
      )}
      {keys && (
        <text x={x + RADIUS + 5} y={y - 9} className="stop-key">
          {keys.length > 9 ? `${keys.slice(0, 8)}…` : keys}
        </text>
      )}
      <title>{stopTitle(type, view, fields, refers)}</title>
    </g>
  );
}

function stopTitle(type: Type, view: View, fields: number, refers: boolean): string {
  if (refers) return `${view.subgraph} refers to ${type.name} by its key and resolves nothing more of it`;
  const keys = view.keys?.filter((key) => key.resolvable).map((key) => key.fields) ?? [];
  return `${view.subgraph} resolves ${count(fields, 'field')} of ${type.name}${keys.length > 0 ? `, found by ${keys.join(' or by ')}` : ''}`;
}
