import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Unanswered } from './useEarlierResults.ts';

/** Other platforms that could not be asked: nothing is known of what they have, and nothing waits for them. */
export function UnansweredPlatforms({ platforms }: { platforms: Unanswered[] }) {
  const { t } = useTranslation('order');
  return platforms.map(({ platformName, reason }) => (
    <Alert
      key={platformName}
      type="warning"
      showIcon
      style={{ marginBottom: 10 }}
      title={t('platform.failed', { name: platformName, reason: t(`platform.reason.${reason}`) })}
    />
  ));
}
