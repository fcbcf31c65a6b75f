import { StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { Root } from './Root.tsx';
import { loadLaterWords, startI18n } from './shell/i18n.ts';
import { dropOldDrafts } from './shell/useDraft.ts';
import './shell/shell.css';

export async function startApplication(): Promise<void> {
  const place = document.getElementById('root');
  if (!place) throw new Error('index.html has no #root');
  dropOldDrafts();
  await startI18n();
  createRoot(place).render(
    <StrictMode>
      <Suspense>
        <Root />
      </Suspense>
    </StrictMode>,
  );
  loadLaterWords();
}
