import { ApiOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Badge, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { get } from '../api/client.ts';
import { standing, subjectOf, type Alarms } from './engineAlarms.ts';
import { useHubEvents } from './useEvents.ts';

/** Alarms of the interfaces for those who look after them: a number that lasts, and a notice when one begins. */
export function EngineBell() {
  const { t } = useTranslation('interfaces', { useSuspense: false });
  const { notification } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  const alarms = useQuery({
    queryKey: ['interfaces', 'alarms'],
    queryFn: ({ signal }) => get<Alarms>('/api/hl7/alarms', signal),
    refetchInterval: 60_000,
  });
  useHubEvents((event) => {
    if (!event.type.startsWith('hl7.')) return;
    void client.invalidateQueries({ queryKey: ['interfaces', 'alarms'] });
    if (event.type !== 'hl7.alarm') return;
    const { alarm, subject } = event.data as { alarm?: string; subject?: string };
    notification.warning({
      key: `hl7 ${alarm} ${subject}`,
      title: t('alarm.new', {
        kind: t(`alarm.kinds.${alarm ?? ''}`),
        subject: subjectOf(alarm ?? '', subject ?? '', t),
      }),
      actions: (
        <Button size="small" onClick={() => void navigate('/interfaces/alarms')}>
          {t('alarm.look')}
        </Button>
      ),
    });
  });
  const count = standing(alarms.data).length;
  if (count === 0) return null;
  return (
    <Badge count={count} size="small" offset={[-4, 4]}>
      <Button
        type="text"
        icon={<ApiOutlined />}
        aria-label={t('alarm.bell', { n: count })}
        title={t('alarm.bell', { n: count })}
        onClick={() => void navigate('/interfaces/alarms')}
      />
    </Badge>
  );
}
