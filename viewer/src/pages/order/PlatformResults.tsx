import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { EarlierResultFacts } from '../../shell/order/EarlierResult.tsx';
import { UnansweredPlatforms } from './UnansweredPlatforms.tsx';
import { useEarlierResults, type Asked } from './useEarlierResults.ts';

interface Props extends Asked {
  /** Prompts that are decided on beside this and need not stand twice. */
  except?: string[];
}

/**
 * What other platforms have of the chosen items, each under the platform's name; who gave no answer is told. Recognised
 * ones are decided on when the request is sent.
 */
export function PlatformResults({ except = [], ...asked }: Props) {
  const { t } = useTranslation('order');
  const platforms = useEarlierResults(asked)?.platforms;
  if (!platforms) return null;
  const items = platforms.items.filter((result) => !except.includes(result.promptId));
  return (
    <>
      {items.length > 0 && (
        <Alert
          type="info"
          style={{ marginBottom: 10 }}
          title={t('platform.title', { n: items.length })}
          description={items.map((result) => (
            <div key={result.promptId}>
              <b>{result.itemName}</b> {result.recognized ? result.label : t('platform.reference')}
              <EarlierResultFacts result={result} />
            </div>
          ))}
        />
      )}
      <UnansweredPlatforms platforms={platforms.failures} />
    </>
  );
}
