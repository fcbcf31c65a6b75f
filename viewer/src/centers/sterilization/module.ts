import { MedicineBoxOutlined } from '@ant-design/icons';
import { has, may, requests, worksIn } from '../../shell/access.ts';
import type { CenterModule } from '../contract.ts';
import type { Session } from '../../api/types.ts';

const works = (session: Session) => worksIn(session, 'sterilization');
const site = (session: Session) => !works(session) && requests(session);

/** Sterile supply 消毒供应: stations, loads, release, recall, trace; the township's stock and use. */
export const sterilization: CenterModule = {
  kind: 'sterilization',
  namespace: 'sterilization',
  icon: MedicineBoxOutlined,
  mayEnter: (session) => works(session) || requests(session) || has(session, 'courier', 'quality'),
  Banner: () => import('./recall/RecallBanner.tsx'),
  Home: () => import('./HomePage.tsx'),
  InputPane: () => import('./OrderPane.tsx'),
  ResultPane: () => import('./OrderPacksPane.tsx'),
  pages: [
    {
      path: 'stations',
      navKey: 'nav.stations',
      visible: works,
      lazy: () => import('./stations/StationsPage.tsx'),
    },
    { path: 'station/:station', bare: true, lazy: () => import('./stations/StationPage.tsx') },
    { path: 'loads', navKey: 'nav.loads', visible: works, lazy: () => import('./loads/LoadsPage.tsx') },
    { path: 'loads/:loadId', lazy: () => import('./loads/LoadPage.tsx') },
    {
      path: 'packs',
      navKey: 'nav.packs',
      lazy: () => import('./PacksPage.tsx'),
      visible: (session) => may(session, 'order.read'),
    },
    { path: 'requests', navKey: 'nav.requests', visible: works, lazy: () => import('./RequestsPage.tsx') },
    {
      path: 'collect',
      navKey: 'nav.collect',
      visible: (session) => has(session, 'courier') || works(session),
      lazy: () => import('./CollectPage.tsx'),
    },
    { path: 'site', lazy: () => import('./site/SitePage.tsx'), navKey: 'nav.site', visible: site },
    {
      path: 'recalls',
      navKey: 'nav.recalls',
      visible: (session) => may(session, 'order.read'),
      lazy: () => import('./recall/RecallsPage.tsx'),
    },
    { path: 'recalls/:recallId', lazy: () => import('./recall/RecallPage.tsx') },
    {
      path: 'trace',
      navKey: 'nav.trace',
      visible: (session) => may(session, 'order.read'),
      lazy: () => import('./TracePage.tsx'),
    },
    { path: 'records', navKey: 'nav.records', visible: works, lazy: () => import('./RecordsPage.tsx') },
    {
      path: 'figures',
      navKey: 'nav.figures',
      visible: (session) => may(session, 'order.read', 'quality.read'),
      lazy: () => import('./FiguresPage.tsx'),
    },
    { path: 'machines', navKey: 'nav.machines', visible: works, lazy: () => import('./MachinesPage.tsx') },
    {
      path: 'catalogue',
      navKey: 'nav.catalogue',
      visible: works,
      lazy: () => import('./catalogue/CataloguePage.tsx'),
    },
    {
      path: 'inventory',
      navKey: 'nav.inventory',
      visible: works,
      lazy: () => import('./inventory/InventoryPage.tsx'),
    },
    { path: 'wall', bare: true, navKey: 'nav.wall', visible: works, lazy: () => import('./WallPage.tsx') },
  ],
};
