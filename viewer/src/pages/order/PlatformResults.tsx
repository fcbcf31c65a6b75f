import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { EarlierResultFacts } from '../../shell/order/EarlierResult.tsx';
import { useEarlierResults, type Asked } from './useEarlierResults.ts';

/** What other platforms have of the chosen items, each under the platform's name; who gave no answer is told. */
export function PlatformResults(asked: Asked) {
  const { t } = useTranslation('order');
  const platforms = useEarlierResults(asked)?.platforms;
  if (!platforms) return null;
  return (
    <>
      {platforms.items.length > 0 && (
        <Alert
          type="info"
          style={{ marginBottom: 10 }}
          title={t('platform.title', { n: platforms.items.length })}
          description={platforms.items.map(({ id, platformName, institutionName, ...result }) => (
            <div key={id}>
              <b>{result.itemName}</b> {t('platform.from', { name: platformName })}{' '}
              {result.label ?? t('platform.unsigned')}
              <EarlierResultFacts
                result={{ ...result, promptId: id, ...(institutionName && { institutionName }) }}
              />
            </div>
          ))}
        />
      )}
      {platforms.failures.map(({ platformName, reason }) => (
        <Alert
          key={platformName}
          type="warning"
          showIcon
          style={{ marginBottom: 10 }}
          title={t('platform.failed', { name: platformName, reason: t(`platform.reason.${reason}`) })}
        />
      ))}
    </>
  );
}
