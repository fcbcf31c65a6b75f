import { Suspense } from 'react';
import { createBrowserRouter, Outlet, type RouteObject } from 'react-router';
import { centerKinds } from './api/types.ts';
import type { Lazy } from './centers/contract.ts';
import { modules } from './centers/index.ts';
import { Gate } from './shell/Gate.tsx';
import { Home } from './shell/Home.tsx';
import { lazyPane } from './shell/lazyPane.ts';
import { NotFound } from './shell/NotFound.tsx';
import { Shell } from './shell/Shell.tsx';
import { loadCasePage } from './shell/prepareCase.ts';
import { Loading } from './shell/states.tsx';
import { WorklistPage } from './shell/WorklistPage.tsx';

function page(load: Lazy): React.ReactNode {
  const Page = lazyPane(load);
  return <Page />;
}

/** Pages that belong to no centre. */
const own: RouteObject[] = [
  { index: true, element: <Home /> },
  { path: 'home', element: page(() => import('./pages/TownshipHome.tsx')) },
  { path: 'orders', element: page(() => import('./pages/OrdersPage.tsx')) },
  { path: 'orders/new', element: page(() => import('./pages/NewOrderPage.tsx')) },
  { path: 'orders/:orderId', element: page(loadCasePage) },
  { path: 'upload', element: page(() => import('./pages/UploadPage.tsx')) },
  { path: 'critical', element: page(() => import('./pages/CriticalPage.tsx')) },
  { path: 'notifiable', element: page(() => import('./pages/NotifiablePage.tsx')) },
  { path: 'referrals', element: page(() => import('./pages/ReferralsPage.tsx')) },
  { path: 'queue', element: page(() => import('./pages/QueuePage.tsx')) },
  { path: 'search', element: page(() => import('./pages/SearchPage.tsx')) },
  { path: 'admin/:area?', element: page(() => import('./pages/admin/AdminPage.tsx')) },
  { path: 'interfaces/messages/:number', element: page(() => import('./pages/interfaces/MessagePage.tsx')) },
  { path: 'interfaces/:tab?', element: page(() => import('./pages/interfaces/InterfacesPage.tsx')) },
  { path: 'audit', element: page(() => import('./pages/AuditPage.tsx')) },
  { path: 'account', element: page(() => import('./pages/AccountPage.tsx')) },
];

function centerRoutes(bare: boolean): RouteObject[] {
  const of = modules.flatMap((module) => [
    ...(module.Home && !bare ? [{ path: module.kind, element: page(module.Home) }] : []),
    ...(module.pages ?? [])
      .filter((each) => (each.bare ?? false) === bare)
      .map((each) => ({ path: `${module.kind}/${each.path}`, element: page(each.lazy) })),
  ]);
  if (bare) return of;
  const withHome = new Set<string>(modules.filter((m) => m.Home).map((m) => m.kind));
  const plain = centerKinds
    .filter((kind) => !withHome.has(kind))
    .map((kind) => ({ path: kind, element: <WorklistPage key={kind} center={kind} /> }));
  return [...plain, ...of];
}

export function createRoutes() {
  return createBrowserRouter([
    { path: '/login', element: page(() => import('./pages/LoginPage.tsx')) },
    {
      path: '/share',
      element: <Suspense fallback={<Loading />}>{page(() => import('./pages/SharedPage.tsx'))}</Suspense>,
    },
    {
      element: (
        <Gate>
          <Outlet />
        </Gate>
      ),
      children: [
        ...centerRoutes(true),
        {
          element: <Shell />,
          children: [...own, ...centerRoutes(false), { path: '*', element: <NotFound /> }],
        },
      ],
    },
  ]);
}
