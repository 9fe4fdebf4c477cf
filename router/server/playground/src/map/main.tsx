import './style.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { config } from '../config';
import { Map } from './Map';

document.title = `${config.title}: supergraph map`;
// The theme that was chosen in the playground's settings.
const theme = localStorage.getItem('graphiql:theme');
if (theme) document.body.classList.add(`graphiql-${theme}`);
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Map />
  </StrictMode>,
);
