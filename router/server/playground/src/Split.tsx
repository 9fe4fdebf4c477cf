import { useState, type PointerEvent, type ReactNode } from 'react';

const WIDTH = 'playground:plan-width';
const LEAST = 300;

/** Two parts beside each other with a bar between them to drag. */
export function Split({ children, second }: { children: ReactNode; second: ReactNode }) {
  const [width, setWidth] = useState(() => Number(localStorage.getItem(WIDTH)) || 452);
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const wanted = window.innerWidth - event.clientX;
    setWidth(Math.max(LEAST, Math.min(wanted, window.innerWidth - 2 * LEAST)));
  };
  return (
    <main className="split" style={{ gridTemplateColumns: second ? `minmax(0, 1fr) 8px ${width}px` : 'minmax(0, 1fr)' }}>
      <div className="split-part">{children}</div>
      {second && (
        <>
          <div
            className="split-bar"
            role="separator"
            aria-orientation="vertical"
            onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
            onPointerMove={drag}
            onPointerUp={() => localStorage.setItem(WIDTH, String(width))}
          />
          <div className="split-part">{second}</div>
        </>
      )}
    </main>
  );
}
