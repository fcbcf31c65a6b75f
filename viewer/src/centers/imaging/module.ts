import { FileImageOutlined } from '@ant-design/icons';
import type { CenterModule } from '../contract.ts';

export const imaging: CenterModule = {
  kind: 'imaging',
  namespace: 'imaging',
  icon: FileImageOutlined,
  pages: [
    { path: 'screen', lazy: () => import('./ScreenPage.tsx'), bare: true },
    { path: 'phone', lazy: () => import('./phone/PhonePage.tsx'), navKey: 'phone.nav', bare: true },
    { path: 'phone/:orderId', lazy: () => import('./phone/PhonePage.tsx'), bare: true },
    { path: 'monitor', navKey: 'monitorNav', lazy: () => import('./monitor/MonitorPage.tsx') },
  ],
  prepareCase: () => import('./prefetch.ts'),
  InputPane: () => import('./Reading.tsx'),
  ResultPane: () => import('./ImagingReport.tsx'),
};
