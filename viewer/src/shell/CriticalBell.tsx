import { AlertOutlined } from '@ant-design/icons';
import { Badge, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useSession } from './session.tsx';
import { seesCritical, unanswered, useCritical } from './useCritical.ts';

export function CriticalBell() {
  const { t } = useTranslation('shell');
  const navigate = useNavigate();
  const session = useSession();
  const count = unanswered(useCritical().data).length;
  if (!seesCritical(session)) return null;
  return (
    <Badge count={count} size="small" offset={[-4, 4]}>
      <Button
        type="text"
        danger={count > 0}
        icon={<AlertOutlined />}
        aria-label={t('critical.bell', { n: count })}
        title={t('critical.bell', { n: count })}
        onClick={() => void navigate('/critical')}
      />
    </Badge>
  );
}
