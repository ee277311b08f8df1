import { createRoot } from 'react-dom/client';
import { App } from './app';
import './base/styles.css';

const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
