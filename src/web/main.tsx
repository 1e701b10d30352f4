import './styles/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { DisplayProvider } from './i18n/language.tsx';
import { ToastProvider } from './ui/toast.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no #root');

createRoot(root).render(
  <StrictMode>
    <DisplayProvider>
      <ToastProvider>
        <App />
      </ToastProvider>
    </DisplayProvider>
  </StrictMode>,
);
