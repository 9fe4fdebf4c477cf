import { coloured } from '../colours';
import { count, size, time } from '../format';
import type { Box, Picture } from './model';

const WIDTH = 196;
const HEIGHT = 116;
const GAP = 16;
const BETWEEN = 44;
const TOP = 62; // under the client

interface Props {
  picture: Picture;
  name?: string;
  chosen?: number;
  choose(box: Box): void;
}

/** The boxes of each step in a row, with a line to each from those it waits for. */
export function Diagram({ picture, name, chosen, choose }: Props) {
  const widest = Math.max(...picture.steps.map((step) => step.length));
  const width = widest * (WIDTH + GAP) - GAP;
  const height = TOP + picture.steps.length * (HEIGHT + BETWEEN) - BETWEEN;
  const spots = new Map<number, { x: number; y: number }>();
  picture.steps.forEach((step, row) => {
    const left = (width - (step.length * (WIDTH + GAP) - GAP)) / 2;
    step.forEach((box, i) => spots.set(box.id, { x: left + i * (WIDTH + GAP), y: TOP + row * (HEIGHT + BETWEEN) }));
  });
  const boxes = picture.steps.flat();
  return (
    <div className="diagram" style={{ width, height }}>
      <svg width={width} height={height} aria-hidden="true">
        {boxes.flatMap((box) => lines(box, spots, width))}
      </svg>
      <div className="diagram-client">{name ?? 'client'}</div>
      {boxes.map((box) => {
        const spot = spots.get(box.id)!;
        return (
          <button
            key={box.id}
            type="button"
            className="fetch"
            data-subgraph={box.subgraph}
            aria-pressed={box.id === chosen}
            style={{ ...coloured(box.subgraph), left: spot.x, top: spot.y, width: WIDTH, height: HEIGHT }}
            onClick={() => choose(box)}
          >
            <FetchBox box={box} total={picture.total} />
          </button>
        );
      })}
    </div>
  );
}

function lines(box: Box, spots: Map<number, { x: number; y: number }>, width: number) {
  const to = spots.get(box.id)!;
  const sources = box.dependsOn.length > 0 ? box.dependsOn : [undefined];
  return sources.map((id) => {
    const from = id === undefined ? undefined : spots.get(id);
    const x = from ? from.x + WIDTH / 2 : width / 2;
    const y = from ? from.y + HEIGHT : TOP - 28;
    const [endX, endY] = [to.x + WIDTH / 2, to.y];
    const middle = (y + endY) / 2;
    return <path key={`${id}-${box.id}`} d={`M${x} ${y} C${x} ${middle} ${endX} ${middle} ${endX} ${endY - 2}`} style={coloured(box.subgraph)} />;
  });
}

function FetchBox({ box, total }: { box: Box; total: number }) {
  const { run } = box;
  return (
    <>
      <span className="fetch-head">
        <b>{box.subgraph}</b>
        {run && <State box={box} />}
      </span>
      <code className="fetch-place" title={box.places.join('\n')}>
        {box.places.length > 1 ? `${box.places[0]} +${box.places.length - 1}` : box.places[0]}
      </code>
      <span className="fetch-what">{box.types.length > 0 ? entities(box) : 'root fields'}</span>
      {run?.sent && (
        <>
          <span className="fetch-run">
            <b>{time(run.durationMicros)}</b>
            <span>{size(run.bytes)}</span>
          </span>
          <span className="fetch-time" title={`began after ${time(run.startMicros)}`}>
            <i style={{ left: share(run.startMicros, total), width: share(run.durationMicros, total) }} />
          </span>
        </>
      )}
    </>
  );
}

function entities(box: Box): string {
  const types = box.types.join(', ');
  return box.run?.sent ? `${types} × ${count(box.run.representations, 'key')}` : types;
}

function share(part: number, total: number): string {
  return total > 0 ? `${(100 * part) / total}%` : '100%';
}

function State({ box }: { box: Box }) {
  const run = box.run!;
  if (!run.sent) return <span className="state idle">not needed</span>;
  const good = run.status >= 200 && run.status < 300;
  return <span className={good ? 'state good' : 'state bad'}>{run.status || 'no answer'}</span>;
}
