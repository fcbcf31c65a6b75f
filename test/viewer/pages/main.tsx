import { QueryClientProvider } from '@tanstack/react-query';
import { App, ConfigProvider } from 'antd';
import { StrictMode, Suspense, type ComponentType } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { queries } from '../../../viewer/src/queries.ts';
import { loadLaterWords, startI18n } from '../../../viewer/src/shell/i18n.ts';
import { PreferencesProvider } from '../../../viewer/src/shell/preferences.tsx';
import { antdTheme } from '../../../viewer/src/shell/theme.ts';
import '../../../viewer/src/shell/shell.css';
import { told } from './told.ts';

type Scene = ComponentType<Record<string, unknown>>;
const scenes = import.meta.glob<Record<string, Scene>>('./*.page.tsx');
const { file, name, props } = (window as unknown as { scene: { file: string; name: string; props: object } })
  .scene;

await startI18n();
loadLaterWords();
const Shown = (await scenes[`./${file}.page.tsx`]?.())?.[name];
if (!Shown) throw new Error(`no scene ${file} ${name}`);
const root = createRoot(document.getElementById('root') as HTMLElement);
Object.assign(window, { leave: () => root.unmount(), told });
root.render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <PreferencesProvider>
        <ConfigProvider theme={antdTheme('light')} button={{ autoInsertSpace: false }}>
          <App>
            <BrowserRouter>
              <Suspense>
                <Shown {...props} />
              </Suspense>
            </BrowserRouter>
          </App>
        </ConfigProvider>
      </PreferencesProvider>
    </QueryClientProvider>
  </StrictMode>,
);
