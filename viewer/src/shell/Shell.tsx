import { Suspense, useState } from 'react';
import { Outlet, useLocation } from 'react-router';
import { useTranslation } from 'react-i18next';
import { modules } from '../centers/index.ts';
import { CriticalBanner } from './CriticalBanner.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { KeysDialog } from './KeysDialog.tsx';
import { lazyPane } from './lazyPane.ts';
import { OfflineBanner } from './OfflineBanner.tsx';
import { Rail } from './Rail.tsx';
import { Loading } from './states.tsx';
import { TopBar } from './TopBar.tsx';
import { useKeys } from './useKeys.ts';

const BANNERS = modules.flatMap((module) => (module.Banner ? [lazyPane(module.Banner)] : []));

/** Rail, top bar, banners, and the page. */
export function Shell() {
  const { t } = useTranslation('shell');
  const { pathname } = useLocation();
  const [keysOpen, setKeysOpen] = useState(false);
  useKeys({ '?': { label: t('keys.help'), run: () => setKeysOpen(true) } });
  return (
    <div className="hub-shell">
      <a className="hub-skip" href="#content">
        {t('skip')}
      </a>
      <Rail />
      <div className="hub-main">
        <TopBar />
        <OfflineBanner />
        <CriticalBanner />
        {BANNERS.map((Banner, index) => (
          <Suspense key={index} fallback={null}>
            <Banner />
          </Suspense>
        ))}
        <main id="content" className="hub-content" tabIndex={-1}>
          <ErrorBoundary resetKey={pathname}>
            <Suspense fallback={<Loading />}>
              <Outlet />
            </Suspense>
          </ErrorBoundary>
        </main>
      </div>
      <KeysDialog open={keysOpen} onClose={() => setKeysOpen(false)} />
    </div>
  );
}
