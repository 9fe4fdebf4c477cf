import { coloured } from '../colours';
import { count, size, time } from '../format';
import type { Box } from './model';

/** What one request sent and how it went. */
export function FetchDetails({ box, close }: { box: Box; close(): void }) {
  const { run } = box;
  return (
    <section className="fetch-details" style={coloured(box.subgraph)} aria-label={`The request to ${box.subgraph}`}>
      <header>
        <h3>
          <i className="dot" /> What {box.subgraph} is asked
        </h3>
        <button type="button" className="plain close" aria-label="Close" onClick={close}>
          ×
        </button>
      </header>
      {run?.sent && (
        <p>
          {size(run.requestBytes)} out{run.representations > 0 && `, with ${count(run.representations, 'representation')}`}; {size(run.bytes)} back
          after {time(run.durationMicros)}
          {run.startMicros > 0 && `, ${time(run.startMicros)} after the first began`}.
        </p>
      )}
      {box.places.length > 1 && <p>For {box.places.join(', ')}.</p>}
      <pre>{box.operation}</pre>
    </section>
  );
}
