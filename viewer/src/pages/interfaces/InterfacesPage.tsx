import { Badge, Tabs } from 'antd';
import { Suspense, lazy, type ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { may } from '../../shell/access.ts';
import { useSession } from '../../shell/session.tsx';
import { Loading } from '../../shell/states.tsx';
import { standing, type Alarms } from '../../shell/engineAlarms.ts';
import { useInterfaces } from './useInterfaces.ts';
import './interfaces.css';

const tabs: { key: string; permission?: string; Area: ComponentType }[] = [
  { key: 'messages', Area: lazy(() => import('./MessagesPage.tsx')) },
  { key: 'alarms', Area: lazy(() => import('./AlarmsArea.tsx')) },
  { key: 'receivers', permission: 'admin.device', Area: lazy(() => import('./ReceiversArea.tsx')) },
  { key: 'senders', permission: 'admin.device', Area: lazy(() => import('./SendersArea.tsx')) },
];

/** What the hub says to other systems and hears from them: messages, alarms, who receives and who sends. */
export default function InterfacesPage() {
  const { t } = useTranslation('interfaces');
  const { tab } = useParams();
  const navigate = useNavigate();
  const session = useSession();
  const alarms = useInterfaces<Alarms>('alarms');
  const mine = tabs.filter((each) => !each.permission || may(session, each.permission));
  const current = mine.find((each) => each.key === tab) ?? mine[0];
  if (!current) return null;
  return (
    <div className="hub-int-page">
      <Tabs
        size="small"
        activeKey={current.key}
        onChange={(key) => void navigate(`/interfaces/${key}`)}
        items={mine.map(({ key }) => ({
          key,
          label:
            key === 'alarms' ? (
              <Badge count={standing(alarms.data).length} size="small" offset={[10, 0]}>
                {t(`tabs.${key}`)}
              </Badge>
            ) : (
              t(`tabs.${key}`)
            ),
        }))}
      />
      <div className="hub-int-body">
        <Suspense fallback={<Loading />}>
          <current.Area />
        </Suspense>
      </div>
    </div>
  );
}
