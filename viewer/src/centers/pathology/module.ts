import { ExperimentOutlined } from '@ant-design/icons';
import { has } from '../../shell/access.ts';
import type { CenterModule } from '../contract.ts';
import { loadReading, loadReport } from './panes.ts';
import { orderExtra } from './specimenRows.ts';

export const pathology: CenterModule = {
  kind: 'pathology',
  namespace: 'pathology',
  icon: ExperimentOutlined,
  InputPane: loadReading,
  ResultPane: loadReport,
  SubmitPane: () => import('./SpecimensPane.tsx'),
  OrderFields: () => import('./OrderFields.tsx'),
  orderExtraEmpty: { specimens: [{}] },
  orderExtra,
  pages: [
    {
      path: 'bench/:list?',
      lazy: () => import('./BenchPage.tsx'),
      navKey: 'nav.bench',
      visible: (session) => has(session, 'reporter', 'verifier', 'center-head', 'registrar'),
    },
    {
      path: 'store',
      lazy: () => import('./StorePage.tsx'),
      navKey: 'nav.store',
      visible: (session) => has(session, 'reporter', 'verifier', 'center-head', 'registrar'),
    },
    { path: 'slides', lazy: () => import('./SlidesPage.tsx'), navKey: 'nav.slides' },
    { path: 'slides/:slideId', lazy: () => import('./SlidePage.tsx') },
    { path: 'archive', lazy: () => import('./ArchivePage.tsx'), navKey: 'nav.archive' },
    {
      path: 'quality',
      lazy: () => import('./QualityPage.tsx'),
      navKey: 'nav.quality',
      visible: (session) => has(session, 'verifier', 'center-head', 'quality'),
    },
    { path: 'frozen', lazy: () => import('./FrozenWall.tsx'), navKey: 'nav.frozen', bare: true },
  ],
};
