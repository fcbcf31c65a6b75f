import { Menu } from 'antd';
import { Suspense, useMemo, type ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { may } from '../../shell/access.ts';
import { lazyPane } from '../../shell/lazyPane.ts';
import { useSession } from '../../shell/session.tsx';
import { Empty, Loading } from '../../shell/states.tsx';

const areas: { key: string; permissions: string[]; load: () => Promise<{ default: ComponentType }> }[] = [
  { key: 'institutions', permissions: ['admin.institution'], load: () => import('./InstitutionsArea.tsx') },
  {
    key: 'centers',
    permissions: ['admin.institution', 'policy.edit'],
    load: () => import('./CentersArea.tsx'),
  },
  {
    key: 'routing',
    permissions: ['admin.institution', 'policy.edit'],
    load: () => import('./RoutingArea.tsx'),
  },
  { key: 'staff', permissions: ['admin.staff', 'security.grant'], load: () => import('./StaffArea.tsx') },
  { key: 'devices', permissions: ['admin.device'], load: () => import('./DevicesArea.tsx') },
  { key: 'tokens', permissions: ['admin.device'], load: () => import('./TokensArea.tsx') },
  { key: 'platforms', permissions: ['admin.device'], load: () => import('./PlatformsArea.tsx') },
  { key: 'algorithms', permissions: ['admin.device'], load: () => import('./AlgorithmsArea.tsx') },
  {
    key: 'items',
    permissions: ['admin.settings', 'policy.edit'],
    load: () => import('./ItemsArea.tsx'),
  },
  {
    key: 'templates',
    permissions: ['template.edit', 'report.write'],
    load: () => import('./TemplatesArea.tsx'),
  },
  {
    key: 'phrases',
    permissions: ['template.edit', 'report.write'],
    load: () => import('./PhrasesArea.tsx'),
  },
  { key: 'critical', permissions: ['policy.edit'], load: () => import('./CriticalRulesArea.tsx') },
  {
    key: 'policies',
    permissions: ['policy.edit', 'admin.settings'],
    load: () => import('./PoliciesArea.tsx'),
  },
  {
    key: 'calendar',
    permissions: ['policy.edit', 'admin.settings'],
    load: () => import('./CalendarArea.tsx'),
  },
  { key: 'roster', permissions: ['roster.edit'], load: () => import('./RosterArea.tsx') },
  { key: 'derivations', permissions: ['admin.settings'], load: () => import('./DerivationsArea.tsx') },
  { key: 'folders', permissions: ['admin.settings'], load: () => import('./FoldersArea.tsx') },
  { key: 'grants', permissions: ['access.review'], load: () => import('./GrantsArea.tsx') },
];

/** Everything that is set up rather than worked on. */
export default function AdminPage() {
  const { t } = useTranslation('admin');
  const session = useSession();
  const navigate = useNavigate();
  const { area } = useParams();
  const mine = useMemo(() => areas.filter((each) => may(session, ...each.permissions)), [session]);
  const current = mine.find((each) => each.key === area) ?? mine[0];
  if (!current) return <Empty text={t('none')} />;
  const Area = lazyPane(current.load);
  return (
    <div className="hub-admin">
      <Menu
        selectedKeys={[current.key]}
        items={mine.map((each) => ({ key: each.key, label: t(`areas.${each.key}`) }))}
        onClick={({ key }) => void navigate(`/admin/${key}`)}
      />
      <section className="hub-admin-area" aria-label={t(`areas.${current.key}`)}>
        <h1 className="hub-title">{t(`areas.${current.key}`)}</h1>
        <Suspense fallback={<Loading />}>
          <Area />
        </Suspense>
      </section>
    </div>
  );
}
