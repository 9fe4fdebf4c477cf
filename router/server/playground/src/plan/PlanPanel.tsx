import { useGraphiQLActions } from '@graphiql/react';
import { useMemo, useState } from 'react';
import { size, time } from '../format';
import { useStore } from '../store';
import { Diagram } from './Diagram';
import { FetchDetails } from './FetchDetails';
import { picture, type Box } from './model';
import { dryRun, lastRun, planShown, type QueryPlan } from './store';

/** The plan of the last run, beside its answer. */
export function PlanPanel() {
  const run = useStore(lastRun);
  const [form, setForm] = useState<'picture' | 'text'>('picture');
  const { run: runQuery } = useGraphiQLActions();
  const planOnly = () => {
    dryRun.set(true);
    runQuery();
  };
  return (
    <section className="plan" aria-label="Query plan">
      <header className="plan-head">
        <h2>Query plan</h2>
        <button type="button" className="dry" title="Plan the query without running it" onClick={planOnly}>
          Plan only
        </button>
        <div className="segments" role="group" aria-label="How the plan is shown">
          {(['picture', 'text'] as const).map((name) => (
            <button key={name} type="button" aria-pressed={form === name} onClick={() => setForm(name)}>
              {name === 'picture' ? 'Picture' : 'Text'}
            </button>
          ))}
        </div>
        <button type="button" className="plain close" aria-label="Close the plan" title="Close the plan" onClick={() => planShown.set(false)}>
          ×
        </button>
      </header>
      {run?.plan ? (
        <Plan key={run.at} plan={run.plan} name={run.operationName} asText={form === 'text'} />
      ) : (
        <p className="plan-empty">
          {run
            ? 'The last answer came without a plan: it was refused before it was planned, or this server shows none.'
            : 'Run a query: every request that it makes of a subgraph appears here, in its order, with the time it took and what came back.'}
        </p>
      )}
    </section>
  );
}

function Plan({ plan, name, asText }: { plan: QueryPlan; name?: string; asText: boolean }) {
  const drawn = useMemo(() => picture(plan), [plan]);
  const boxes = drawn.steps.flat();
  const [chosen, choose] = useState<Box>();
  if (asText) return <pre className="plan-text">{plan.text}</pre>;
  return (
    <>
      <dl className="plan-facts">
        <Fact name={boxes.length === 1 ? 'request' : 'requests'} value={String(boxes.length)} />
        <Fact name={drawn.steps.length === 1 ? 'step' : 'steps'} value={String(drawn.steps.length)} />
        {plan.fetches && <Fact name="of fetching" value={time(drawn.total)} />}
        {plan.fetches && <Fact name="fetched" value={size(drawn.bytes)} />}
      </dl>
      <div className="plan-picture">
        {boxes.length === 0 ? (
          <p className="plan-empty">No subgraph was asked: the router knows the answer itself.</p>
        ) : (
          <Diagram picture={drawn} name={name} chosen={chosen?.id} choose={(box) => choose(box.id === chosen?.id ? undefined : box)} />
        )}
      </div>
      {chosen && <FetchDetails box={chosen} close={() => choose(undefined)} />}
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dd>{value}</dd>
      <dt>{name}</dt>
    </div>
  );
}
