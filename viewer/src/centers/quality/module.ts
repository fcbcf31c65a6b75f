import { BarChartOutlined } from '@ant-design/icons';
import { has } from '../../shell/access.ts';
import type { CenterModule } from '../contract.ts';

export const quality: CenterModule = {
  kind: 'quality',
  namespace: 'quality',
  icon: BarChartOutlined,
  Home: () => import('./IndicatorsPage.tsx'),
  mayEnter: (session) => has(session, 'quality', 'regulator', 'center-head'),
  pages: [
    { path: 'indicators/:code', lazy: () => import('./IndicatorPage.tsx') },
    {
      path: 'turnaround',
      navKey: 'nav.turnaround',
      lazy: () => import('./TurnaroundPage.tsx'),
      visible: (session) => has(session, 'quality', 'center-head'),
    },
    {
      path: 'tickets',
      navKey: 'nav.tickets',
      lazy: () => import('./TicketsPage.tsx'),
      visible: (session) => has(session, 'quality', 'center-head'),
    },
    {
      path: 'reviews',
      navKey: 'nav.reviews',
      lazy: () => import('./ReviewsPage.tsx'),
      visible: (session) => has(session, 'quality', 'center-head'),
    },
    { path: 'reviews/:reviewId', lazy: () => import('./review/ReviewPage.tsx') },
    {
      path: 'work',
      navKey: 'nav.work',
      lazy: () => import('./WorkPage.tsx'),
      visible: (session) => has(session, 'quality', 'center-head'),
    },
    {
      path: 'algorithms',
      navKey: 'nav.algorithms',
      lazy: () => import('./AlgorithmsPage.tsx'),
      visible: (session) => has(session, 'quality', 'center-head'),
    },
    {
      path: 'settlement',
      navKey: 'nav.settlement',
      lazy: () => import('./SettlementPage.tsx'),
      visible: (session) => has(session, 'quality', 'center-head'),
    },
    { path: 'bulletins', navKey: 'nav.bulletins', lazy: () => import('./BulletinsPage.tsx') },
    { path: 'recognition', navKey: 'nav.recognition', lazy: () => import('./RecognitionPage.tsx') },
    { path: 'regulator', navKey: 'nav.regulator', lazy: () => import('./RegulatorPage.tsx') },
    { path: 'wall', lazy: () => import('./WallPage.tsx'), bare: true },
  ],
};
