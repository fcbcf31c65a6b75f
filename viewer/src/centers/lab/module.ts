import { BgColorsOutlined } from '@ant-design/icons';
import { has, may, requests, worksIn } from '../../shell/access.ts';
import type { Session } from '../../api/types.ts';
import type { CenterModule } from '../contract.ts';

const works = (session: Session) => worksIn(session, 'lab');
const carries = (session: Session) => may(session, 'specimen.transport') || works(session);

/** Laboratory 检验: tubes and boxes at the township, reception, bench, quality control, catalogue, messages. */
export const lab: CenterModule = {
  kind: 'lab',
  namespace: 'lab',
  icon: BgColorsOutlined,
  mayEnter: (session) => works(session) || requests(session) || has(session, 'courier', 'quality'),
  InputPane: () => import('./InputPane.tsx'),
  SubmitPane: () => import('./SpecimenPane.tsx'),
  pages: [
    {
      path: 'collect',
      navKey: 'nav.collect',
      lazy: () => import('./CollectPage.tsx'),
      visible: (session) => may(session, 'specimen.collect'),
    },
    { path: 'boxes', navKey: 'nav.boxes', lazy: () => import('./BoxesPage.tsx'), visible: carries },
    { path: 'boxes/:code', lazy: () => import('./BoxPage.tsx') },
    {
      path: 'courier',
      navKey: 'nav.courier',
      lazy: () => import('./CourierPage.tsx'),
      visible: (session) => has(session, 'courier'),
    },
    { path: 'reception', navKey: 'nav.reception', lazy: () => import('./ReceptionPage.tsx'), visible: works },
    {
      path: 'tubes',
      navKey: 'nav.tubes',
      lazy: () => import('./TubePage.tsx'),
      visible: (session) => works(session) || requests(session),
    },
    { path: 'tubes/:barcode', lazy: () => import('./TubePage.tsx') },
    { path: 'patients/:patientId', lazy: () => import('./CumulativePage.tsx') },
    { path: 'bench', navKey: 'nav.bench', lazy: () => import('./BenchPage.tsx'), visible: works },
    { path: 'racks', navKey: 'nav.racks', lazy: () => import('./RackPage.tsx'), visible: works },
    {
      path: 'open-results',
      navKey: 'nav.openResults',
      lazy: () => import('./OpenResultsPage.tsx'),
      visible: works,
    },
    {
      path: 'instruments',
      navKey: 'nav.instruments',
      lazy: () => import('./InstrumentsPage.tsx'),
      visible: works,
    },
    {
      path: 'quality',
      navKey: 'nav.quality',
      lazy: () => import('./QualityPage.tsx'),
      visible: (session) => works(session) || has(session, 'quality'),
    },
    {
      path: 'turnaround',
      navKey: 'nav.turnaround',
      lazy: () => import('./TurnaroundPage.tsx'),
      visible: (session) => works(session) || has(session, 'quality'),
    },
    {
      path: 'print',
      navKey: 'nav.print',
      lazy: () => import('./PrintPage.tsx'),
      visible: (session) => requests(session) || works(session),
    },
    { path: 'rules', navKey: 'nav.rules', lazy: () => import('./RulesPage.tsx'), visible: works },
    {
      path: 'preprinted',
      navKey: 'nav.preprinted',
      lazy: () => import('./PreprintedPage.tsx'),
      visible: works,
    },
    { path: 'store', navKey: 'nav.store', lazy: () => import('./StorePage.tsx'), visible: works },
    { path: 'catalogue', navKey: 'nav.catalogue', lazy: () => import('./CataloguePage.tsx'), visible: works },
  ],
};
