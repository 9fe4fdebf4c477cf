import { useEffect, useRef, useState, type ReactNode } from 'react';

/** A button that opens a list. What is chosen in it closes it. */
export function Menu({ label, className, children }: { label: ReactNode; className?: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const leave = (event: Event) => {
      const outside = event instanceof KeyboardEvent ? event.key === 'Escape' : !element.current?.contains(event.target as Node);
      if (outside) setOpen(false);
    };
    document.addEventListener('pointerdown', leave);
    document.addEventListener('keydown', leave);
    return () => {
      document.removeEventListener('pointerdown', leave);
      document.removeEventListener('keydown', leave);
    };
  }, [open]);
  return (
    <div className={`menu ${className ?? ''}`} ref={element}>
      <button type="button" className="bar-button" aria-haspopup="menu" aria-expanded={open} onClick={() => setOpen(!open)}>
        {label}
        <svg viewBox="0 0 10 6" width="10" height="6" aria-hidden="true">
          <path d="m1 1 4 4 4-4" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
        </svg>
      </button>
      {open && (
        <div className="menu-list" role="menu" onClick={() => setOpen(false)}>
          {children}
        </div>
      )}
    </div>
  );
}

export function MenuItem({ name, about, onChoose, children }: { name: string; about?: string; onChoose(): void; children?: ReactNode }) {
  return (
    <button type="button" role="menuitem" onClick={onChoose}>
      {children}
      <span>
        <b>{name}</b>
        {about && <small>{about}</small>}
      </span>
    </button>
  );
}
