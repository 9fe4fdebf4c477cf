// The playground of binaries that were built without Node: a form that works
// by itself, and GraphiQL in its place as soon as a CDN has delivered it.
'use strict';

const config = JSON.parse(document.getElementById('config').textContent);
const endpoint = new URL(config.endpoint ?? './graphql', location.href).href;
const element = (id) => document.getElementById(id);

document.title = element('title').textContent = config.title ?? 'Playground';
element('query').value = config.query ?? '{\n  __typename\n}\n';

// parse reads a JSON object from a field; an empty field is {}.
function parse(id) {
  const text = element(id).value.trim();
  return text === '' ? {} : JSON.parse(text);
}

async function run(event) {
  event?.preventDefault();
  const answer = element('answer');
  answer.textContent = '…';
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json;q=0.9', ...parse('headers') },
      body: JSON.stringify({ query: element('query').value, variables: parse('variables') }),
    });
    answer.textContent = JSON.stringify(await response.json(), null, 2);
  } catch (error) {
    answer.textContent = String(error);
  }
}

element('form').addEventListener('submit', run);
element('form').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) run(event);
});

const cdn = 'https://unpkg.com/';

function load(tag, attributes) {
  return new Promise((resolve, reject) => {
    const node = Object.assign(document.createElement(tag), { crossOrigin: 'anonymous', onload: resolve, onerror: reject }, attributes);
    document.head.append(node);
  });
}

const script = (path, integrity) => load('script', { src: cdn + path, integrity });

async function upgrade() {
  await script('react@18.3.1/umd/react.production.min.js', 'sha384-DGyLxAyjq0f9SPpVevD6IgztCFlnMF6oW/XQGmfe+IsZ8TqEiDrcHkMLKI6fiB/Z');
  await script('react-dom@18.3.1/umd/react-dom.production.min.js', 'sha384-gTGxhz21lVGYNMcdJOyq01Edg0jhn/c22nsx0kyqP0TxaV5WVdsSH1fSDUf5YJj1');
  await Promise.all([
    script('graphiql@3.9.0/graphiql.min.js', 'sha384-8NGfVj4CVlqHajlZj+bPJT4thxPMHMJYn7DWK2CvtopLd02E7qsPHazniBYvVjOO'),
    load('link', { rel: 'stylesheet', href: cdn + 'graphiql@3.9.0/graphiql.min.css', integrity: 'sha384-QMux00XgRtwRLSYIY3kw2rj1ovk5AuuliAchk+HSQbqdbGFnz9GYuqIlOqxhwCE2' }),
  ]);
  const { React, ReactDOM, GraphiQL } = window;
  const fetcher = GraphiQL.createFetcher({ url: endpoint });
  const query = element('query').value; // what was typed meanwhile
  ReactDOM.createRoot(element('root')).render(React.createElement(GraphiQL, { fetcher, query, defaultEditorToolsVisibility: 'headers' }));
}

// Without the CDN the form stays.
upgrade().catch(() => {});
