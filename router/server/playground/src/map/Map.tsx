import { useEffect, useState } from 'react';
import { count } from '../format';
import { TopBar } from '../TopBar';
import type { Overview } from './data';
import { Details } from './Details';
import { Lines } from './Lines';
import { Others } from './Others';

/** The page at /map. The chosen type is in the address, so that it can be sent. */
export function Map() {
  const [overview, setOverview] = useState<Overview>();
  const [problem, setProblem] = useState<string>();
  const [chosen, setChosen] = useState(() => decodeURIComponent(window.location.hash.slice(1)));
  useEffect(() => {
    load().then(setOverview, (error: Error) => setProblem(error.message));
    const follow = () => setChosen(decodeURIComponent(window.location.hash.slice(1)));
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  const choose = (type: string) => {
    window.location.hash = type;
  };
  const type = overview?.types.find((t) => t.name === chosen) ?? overview?.types.find((t) => t.entity) ?? overview?.types[0];
  return (
    <div className="page">
      <TopBar page="map">{overview && <Search overview={overview} choose={choose} />}</TopBar>
      <main className="map">
        {problem && <p className="map-problem">{problem}</p>}
        {overview && (
          <>
            <div className="map-left">
              <header className="map-head">
                <h1>{count(overview.subgraphs.length, 'subgraph')}, one graph</h1>
                <p>
                  Each line is a subgraph, each stop a type that it has, with the number of fields that it resolves. Where a key joins the stops
                  of an entity, a query changes from line to line.
                </p>
              </header>
              <Lines overview={overview} chosen={type?.name} choose={choose} />
              <Legend />
              <Others overview={overview} chosen={type?.name} choose={choose} />
            </div>
            {type && <Details key={type.name} overview={overview} type={type} choose={choose} />}
          </>
        )}
      </main>
    </div>
  );
}

async function load(): Promise<Overview> {
  const response = await fetch('./map.json');
  if (!response.ok) throw new Error(`The map could not be loaded: ${response.status} ${response.statusText}`);
  return (await response.json()) as Overview;
}

function Search({ overview, choose }: { overview: Overview; choose(type: string): void }) {
  return (
    <>
      <input
        type="search"
        className="search"
        list="types"
        placeholder="Find a type"
        aria-label="Find a type"
        onChange={(event) => {
          const name = event.target.value.trim().toLowerCase();
          const found = overview.types.find((type) => type.name.toLowerCase() === name);
          if (found) choose(found.name);
        }}
      />
      <datalist id="types">
        {overview.types.map((type) => (
          <option key={type.name} value={type.name} />
        ))}
      </datalist>
    </>
  );
}

function Legend() {
  return (
    <ul className="legend">
      <li>
        <i className="legend-stop">5</i> resolves 5 fields
      </li>
      <li>
        <i className="legend-stop refers" /> refers by key only
      </li>
      <li>
        <i className="legend-join" /> joined by a key
      </li>
    </ul>
  );
}
