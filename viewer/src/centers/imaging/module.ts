import { FileImageOutlined } from '@ant-design/icons';
import type { CenterModule } from '../contract.ts';
import { isImage } from './isImage.ts';
import { loadReading, loadReport } from './panes.ts';

export const imaging: CenterModule = {
  kind: 'imaging',
  namespace: 'imaging',
  icon: FileImageOutlined,
  pages: [
    { path: 'screen', lazy: () => import('./ScreenPage.tsx'), bare: true },
    { path: 'phone', lazy: () => import('./phone/PhonePage.tsx'), navKey: 'phone.nav', bare: true },
    { path: 'phone/:orderId', lazy: () => import('./phone/PhonePage.tsx'), bare: true },
    { path: 'teaching', navKey: 'teaching.nav', lazy: () => import('./TeachingPage.tsx') },
    { path: 'monitor', navKey: 'monitorNav', lazy: () => import('./monitor/MonitorPage.tsx') },
  ],
  InputPane: loadReading,
  ResultPane: loadReport,
  takesFile: isImage,
};
