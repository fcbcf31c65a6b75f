import { HeartOutlined } from '@ant-design/icons';
import { createElement } from 'react';
import { has } from '../../shell/access.ts';
import type { CenterModule } from '../contract.ts';
import { loadReading, loadReport } from './panes.ts';
import { isRecording } from './upload/isRecording.ts';
import { FlagCell, flagText, RateCell, rateText } from './worklistCells.tsx';

export const ecg: CenterModule = {
  kind: 'ecg',
  namespace: 'ecg',
  icon: HeartOutlined,
  InputPane: loadReading,
  ResultPane: loadReport,
  Home: () => import('./EcgHome.tsx'),
  SubmitPane: () => import('./SubmitRecording.tsx'),
  UploadPane: () => import('./upload/RecordingUpload.tsx'),
  uploadTitleKey: 'upload.title',
  takesFile: isRecording,
  worklistColumns: [
    {
      key: 'flags',
      titleKey: 'column.flags',
      width: 188,
      render: (row) => createElement(FlagCell, { orderId: row.orderId }),
      text: flagText,
    },
    {
      key: 'rate',
      titleKey: 'column.rate',
      width: 64,
      render: (row) => createElement(RateCell, { orderId: row.orderId }),
      text: rateText,
    },
  ],
  pages: [
    { path: 'phone', lazy: () => import('./PhonePage.tsx'), navKey: 'nav.phone', bare: true },
    { path: 'phone/:orderId', lazy: () => import('./PhonePage.tsx'), bare: true },
    {
      path: 'unmatched',
      lazy: () => import('./UnmatchedPage.tsx'),
      navKey: 'nav.unmatched',
      visible: (session) => has(session, 'registrar', 'center-head'),
    },
    {
      path: 'statements',
      lazy: () => import('./StatementsPage.tsx'),
      navKey: 'nav.statements',
      visible: (session) => has(session, 'center-head', 'verifier', 'reporter'),
    },
    {
      path: 'statistics',
      lazy: () => import('./StatisticsPage.tsx'),
      navKey: 'nav.statistics',
      visible: (session) => has(session, 'center-head', 'verifier', 'quality'),
    },
  ],
};
